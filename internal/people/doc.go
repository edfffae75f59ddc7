// Package people brings people into the stack files of a folder, moves them from team to team, and takes them out of
// every file that names them. It decides what is to be edited, and holds what the files would become against
// everything: the reader, the proofs, and that nothing is left of whoever leaves.
package people
