// Package claim has what every standing claim is made with: a Prover, which knows the world, who there is in an account
// and in which sessions they call, asks questions of all requests, and turns an answer into a finding.
//
// A claim is a function of a Prover and an intent. It asks whether some request exists that the claim forbids
// (Prover.AskAll, EveryCall, Trust), and writes what was found with Prover.Conclude. Its family is the package next to
// this one; its id, its sentence and its place in reports stand in the list of package claims.
package claim
