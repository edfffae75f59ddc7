// Package escalation finds the shortest ways by which somebody who is no administrator becomes one: a breadth-first
// search backwards from the administrators, over the steps that the tables of this package list. It is right because
// each step is decided by the same search that the proofs use, and shortest because a round is finished before the
// next one begins.
package escalation
