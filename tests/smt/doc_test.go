// Package smt holds the proofs of package access against a judge that shares no code with them: the SMT solver Z3, in
// a process of its own.
//
// A random world and a random claim about it are rendered as the JSON that AWS would store. The judge reads that JSON
// and nothing else of package access: it writes the question "is there a request that the documents allow and the
// claim rules out?" as formulas over strings, numbers and booleans, from the words of the IAM User Guide. Then
//
//   - a claim that holds must be unsatisfiable,
//   - a claim that does not hold must be satisfiable,
//   - and the request that the proof shows must be a model: with every key fixed to its value the formula is still satisfiable.
//
// What the generator covers: users and role sessions in every way of signing in, with inline, group and managed
// policies, permissions boundaries, session policies and two levels of service control policies; Action, NotAction,
// Resource, NotResource with wildcards and policy variables with and without defaults; every condition operator,
// IfExists and both quantifiers; keys of the principal, the session, the request, the resource and the network;
// numbers with fractions, signs and exponents, dates in every form, IPv4 and IPv6 networks.
//
// What it leaves out, because the solver has no theory for it or AWS does not say what it means: a condition with a
// set operator missing on a key of several values; case-insensitive comparison of two texts that both vary; letters
// outside of ASCII; a policy variable of the request next to a wildcard; text operators on dates and on numbers with
// a fraction; actions that AWS does not have; more than four values of one key; documents that are not known; resources of other accounts; trust
// policies of the roles of a world (trust_test.go judges those apart).
package smt
