// Package judge holds a stack against everything that can be known before anything of it is deployed: its documents,
// the standing proofs, and the expectations of its file.
//
// It asks nobody, changes nothing, and says the same of the same stack. Verbs print what it found, and the program
// deploys nothing that it refuses.
package judge
