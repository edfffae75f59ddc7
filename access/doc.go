// Package access decides, offline, who may do what in AWS.
//
// A World is plain data: accounts with their users, groups, roles and documents, nodes, and the organization above
// them. Compile turns it into an Engine, once; the Engine then answers questions: Decide for one request, Explain for
// the same with every layer that was read, Journey for a person who signs in, assumes a role, opens a door on a node
// and becomes an OS user.
//
// Prove speaks of all requests instead of one: it makes the standing proofs of an account, from an Intent that says
// what its documents are for, and ends each in a Verdict: it holds, it holds under assumptions that are listed, a
// switch waives it, or it does not hold, and then a Witness shows a way that the evaluator allows. ProveOrganization
// does so for service control policies, over every principal that an account can have.
//
// The package is strict. A document with an operator, element or policy variable that it does not implement does not
// compile, and a request that leaves out what a statement reads is an error: it never guesses. It implements the
// policy language as the IAM User Guide describes it; where the guide leaves a question open, the answer is in the
// documentation of the function that had to decide.
//
// An Engine is immutable, safe for concurrent use, and never calls AWS, reads a file or looks at the clock.
package access
