package glob

import (
	"slices"
)

// maxChoices bounds how many choices of globs are tried; real policies need a few hundred.
const maxChoices = 5_000

// Budget is what long searches that belong together have cost: states, each with one glob. Nil has no limit.
type Budget struct{ spent int }

// maxTogether is the limit of a budget, about half a second of work. Whatever is spent, a search may have leastStates
// with few globs, and leastTogether states and globs with many, which cost nothing: real policies need a few hundred.
const (
	maxTogether   = 1_000_000
	leastTogether = 50_000
	leastStates   = 1_000
)

// Spent reports whether the limit is reached.
func (b *Budget) Spent() bool { return b != nil && b.spent >= maxTogether }

// least is how many states cost nothing in a search with so many globs.
func least(globs int) int { return min(leastStates, leastTogether/max(1, globs)) }

// states is how many a search with so many globs may have.
func (b *Budget) states(globs int) int {
	if b == nil {
		return maxGlobStates
	}
	return min(maxGlobStates, max(least(globs), (maxTogether-b.spent)/max(1, globs)))
}

func (b *Budget) spend(states, globs int) {
	if b != nil && states >= least(globs) {
		b.spent += states * globs
	}
}

// WitnessOf looks for a text that one glob of every group matches and none of none. The search tries one choice of
// globs after the other.
func WitnessOf(budget *Budget, groups [][]Glob, none []Glob) (text string, found, decided bool) {
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
			var states int
			globs := len(chosen) + len(none)
			text, ok, sure, states = GlobWitnessWithin(chosen, none, budget.states(globs))
			budget.spend(states, globs)
			if decided = decided && sure; !sure && budget.Spent() {
				tries = maxChoices
			}
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
