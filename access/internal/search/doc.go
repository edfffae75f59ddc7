// Package search looks for a request that makes a set of statements come out as wanted: a symbolic search over
// actions, resources, callers and values of condition keys. An answer is open with a witness, shut, or uncertain.
package search
