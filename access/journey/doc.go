// Package journey goes the way of a person onto a node: sign-in, role, door, OS user. Walk asks the engine about each
// step.
package journey
