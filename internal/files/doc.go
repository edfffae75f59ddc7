// Package files reads what a project's folder holds: stack files, the project file, and what they name.
//
// A file that is read is a regular file inside of its folder, also after links are followed, and has at most MaxSize
// bytes. Everything else is refused with an Error before a byte of it is read: a pipe or a device may never end, and
// a link out of the folder reads what nobody reviewed.
package files
