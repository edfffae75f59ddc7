// Package search looks for a request that makes a set of statements come out as wanted, for a class of callers: a
// symbolic execution of the evaluator, whose answer is open with a witness, shut, or uncertain.
//
// What a caller fixes is evaluated away first (partial evaluation: probe.go, resolve.go). What stays of a statement
// is a conjunction of literals, and the search (search.go) is a backtracking search over them: it mends one statement
// that must not apply after the other. Packages call and domain are its theory solvers, one for the action and the
// resource, one for each condition key. Package model makes a request and a caller of what was found. Every witness is
// decided again by the evaluator (witness.go), so that a mistake here can raise no false alarm; that none is missed
// rests on what call and domain say of themselves.
//
// Keys that stand as policy variables, and that nothing fixes, are tried by representatives (open.go); what was solved
// for one caller serves all that are written alike (alike.go).
package search
