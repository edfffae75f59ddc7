// Package against finds what stack files are held against (the files of a revision of git, or what is deployed) and
// asks package change what the difference means for people. It lists the resources of both sides as the program
// registers them, which package change knows nothing of.
package against
