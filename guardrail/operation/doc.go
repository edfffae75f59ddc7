// Package operation is the operation roles: shells, and start and stop, on the nodes of one project, each role as its
// own OS user.
package operation
