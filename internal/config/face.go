package config

import "aws-access-guardrails/internal/strictyaml"

// What is wrong with a stack file, and where, in the types of the decoder that found it.
type (
	// Path is the place of a value as the admin wrote it.
	Path = strictyaml.Path
	// Position is where a value stands in a file.
	Position = strictyaml.Position
	// Kind says what is wrong with a value.
	Kind = strictyaml.Kind
	// Problem is one thing wrong with a stack file.
	Problem = strictyaml.Problem
	// Problems are all problems of one stack.
	Problems = strictyaml.Problems
)

// The kinds of problems.
const (
	UnknownKey = strictyaml.UnknownKey
	Missing    = strictyaml.Missing
	WrongType  = strictyaml.WrongType
	Invalid    = strictyaml.Invalid
	Duplicate  = strictyaml.Duplicate
	NotFound   = strictyaml.NotFound
	Refused    = strictyaml.Refused
	Unproven   = strictyaml.Unproven
)

// DidYouMean is what to say to somebody who wrote word where one of the candidates was wanted: the nearest one, or
// all of them where they are few.
func DidYouMean(word string, candidates []string) string {
	return strictyaml.DidYouMean(word, candidates)
}
