package glob

import (
	"slices"
)

// maxChoices bounds how many choices of globs are tried; real policies need a few hundred.
const maxChoices = 5_000

// WitnessOf looks for a text that one glob of every group matches and none of none. The search tries one choice of
// globs after the other.
func WitnessOf(groups [][]Glob, none []Glob) (text string, found, decided bool) {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b []Glob) int { return len(a) - len(b) })
	decided = true
	tries := 0
	var choose func(index int, chosen []Glob) bool
	choose = func(index int, chosen []Glob) bool {
		if tries++; tries > maxChoices {
			decided = false
			return false
		}
		if index == len(groups) {
			var ok, sure bool
			text, ok, sure = GlobWitness(chosen, none)
			decided = decided && sure
			return ok
		}
		for _, g := range groups[index] {
			if slices.ContainsFunc(chosen, func(c Glob) bool { return Disjoint(c, g) }) {
				continue
			}
			if choose(index+1, append(slices.Clone(chosen), g)) {
				return true
			}
		}
		return false
	}
	if choose(0, nil) {
		return text, true, true
	}
	return "", false, decided
}
