// Package rests writes down what proofs rest on, whole, and stands for it by a digest: the key of the findings that are
// kept. What it adds to a key is more than one finding needs, so that a finding is at worst made again, and never
// recalled for another world (docs/decisions/0135).
package rests
