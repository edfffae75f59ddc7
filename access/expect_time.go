package access

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// untimedError says that a decision depends on an instant that the question does not name.
type untimedError struct{ text string }

func (e *untimedError) Error() string { return e.text }

// expectFrom judges an expectation that depends on the time and names none from the instant of the engine on: it is met when it is at that instant and at every
// later one. False means that the instants at which the policies change cannot be told.
func (e *Engine) expectFrom(x Expectation) (ExpectationResult, bool) {
	instants, told := e.instants()
	if !told {
		return ExpectationResult{}, false
	}
	var worst ExpectationResult
	var assumptions []ProofAssumption
	for i, at := range instants {
		timed := x
		timed.At = at
		next, _ := e.expect(timed)
		if i == 0 || next.Verdict > worst.Verdict {
			worst = next
		}
		for _, a := range next.Assumptions {
			if !slices.Contains(assumptions, a) {
				assumptions = append(assumptions, a)
			}
		}
	}
	worst.Expectation = x
	switch worst.Verdict {
	case HoldsIf:
		worst.Assumptions = assumptions
		worst.Object = x.object()
	case Holds:
		worst.Object = x.object()
	case DoesNotHold:
		// The object says when.
	}
	return worst, true
}

// instants are the instant from which the engine looks on, and those after it at which a test of the time in the world changes: each bound, and the second after
// it, for tests that have the bound on either side. False means that a test is of another kind, such as a pattern.
func (e *Engine) instants() ([]time.Time, bool) {
	all, told := []time.Time{e.from}, true
	read := func(l *layer) {
		if l == nil {
			return
		}
		for _, st := range slices.Concat(l.deny, l.allow) {
			for i := range st.conditions {
				bounds, known := st.conditions[i].bounds()
				told = told && known
				for _, bound := range bounds {
					for _, at := range []time.Time{bound, bound.Add(time.Second)} {
						if at.After(e.from) {
							all = append(all, at)
						}
					}
				}
			}
		}
	}
	for _, p := range e.principals {
		read(p.identity)
		read(p.boundary)
		read(p.trust)
	}
	for _, a := range e.accounts {
		for _, level := range a.guardrails {
			read(level)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal), told
}

// bounds are the whole seconds around the instants that a condition names; false for a test of the time that is no comparison.
func (c *condition) bounds() ([]time.Time, bool) {
	if !c.key.kind.isTime() || c.compare == comparePresence {
		return nil, true
	}
	switch c.compare {
	case compareDate:
		var out []time.Time
		for _, at := range c.dates {
			out = append(out, at.UTC().Truncate(time.Second))
		}
		return out, true
	case compareNumber:
		var out []time.Time
		for _, text := range c.source.Values {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || math.Abs(n) > farthestSecond {
				continue
			}
			out = append(out, time.Unix(int64(math.Floor(n)), 0).UTC())
		}
		return out, true
	}
	return nil, false
}
