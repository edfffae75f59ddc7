// Package existing holds an account that stands already, whoever made it, to the standing proofs, and to the stack file
// that describes it.
package existing
