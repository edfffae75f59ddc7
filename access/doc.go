// Package access decides, offline, who may do what in AWS.
//
// A World is plain data: accounts with their users, groups, roles and documents, nodes, and the organization above
// them; package world has its parts, and package details reads an account from what the AWS CLI prints. Compile turns a
// World into an Engine, once; the Engine then answers questions: Decide for one request, Explain for the same with
// every layer that was read.
//
// What is asked of an Engine beyond one request lives below: journey walks the way of a person who signs in, assumes a
// role, opens a door on a node and becomes an OS user; expect checks what an admin expects; prove speaks of all
// requests
// instead of one, for claims of anybody, and compares two worlds; claims has the standing claims of this product.
//
// The package is strict. A document with an operator, element or policy variable that it does not implement does not
// compile, and a request that leaves out what a statement reads is an error: it never guesses. It implements the
// policy language as the IAM User Guide describes it; where the guide leaves a question open, the answer is in the
// documentation of the function that had to decide.
//
// An Engine is immutable, safe for concurrent use, and never calls AWS, reads a file or looks at the clock.
package access
