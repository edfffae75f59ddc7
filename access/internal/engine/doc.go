// Package engine is the evaluator: documents compiled once, and decisions about requests. What it decides, and why,
// is public as package access.
//
// A World is compiled into principals with layers of statements (compile.go, statement.go, principal.go). A request is
// read as an Env, which knows the value of every key (env.go, session.go, request.go). A decision goes through the
// layers in the order that AWS documents (decide.go, rules.go). The texts of statements, with their wildcards and policy
// variables, are package pattern's.
package engine
