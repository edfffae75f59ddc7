// Package nodes has the claims about what is reached on nodes: the project, the doors, the documents, other people's
// sessions, and what the role of a node opens.
package nodes
