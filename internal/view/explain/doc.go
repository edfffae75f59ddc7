// Package explain answers one question of a person: may somebody do something, and what in which policy decides it. It
// asks the evaluator, and writes its answer with every step for people and as JSON.
package explain
