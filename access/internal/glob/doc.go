// Package glob is the algebra of patterns with * and ?: whether some text matches all of some patterns and none of
// others, and which.
package glob
