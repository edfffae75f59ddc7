package expect

import (
	"slices"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
)

// expectFrom judges an expectation that depends on the time and names none from the instant of the engine on: it is met when it is at that instant and at every
// later one. False means that the instants at which the policies change cannot be told.
func expectFrom(e *engine.Engine, x Expectation) (ExpectationResult, bool) {
	instants, told := instants(e)
	if !told {
		return ExpectationResult{}, false
	}
	var worst ExpectationResult
	var assumptions []prove.ProofAssumption
	for i, at := range instants {
		timed := x
		timed.At = at
		next, _ := checkAt(e, timed)
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
	case prove.HoldsIf:
		worst.Assumptions = assumptions
		worst.Object = x.object()
	case prove.Holds:
		worst.Object = x.object()
	case prove.DoesNotHold:
		// The object says when.
	}
	return worst, true
}

// instants are the instant from which the engine looks on, and those after it at which a test of the time in the world changes: each bound, and the second after
// it, for tests that have the bound on either side. False means that a test is of another kind, such as a pattern.
func instants(e *engine.Engine) ([]time.Time, bool) {
	all, told := []time.Time{e.Since}, true
	read := func(l *engine.PolicyLayer) {
		if l == nil {
			return
		}
		for _, st := range slices.Concat(l.Deny, l.Allow) {
			for i := range st.Conditions {
				bounds, known := st.Conditions[i].Bounds()
				told = told && known
				for _, bound := range bounds {
					for _, at := range []time.Time{bound, bound.Add(time.Second)} {
						if at.After(e.Since) {
							all = append(all, at)
						}
					}
				}
			}
		}
	}
	for _, p := range e.Principals {
		read(p.Identity)
		read(p.Boundary)
		read(p.Trust)
	}
	for _, a := range e.Accounts {
		for _, level := range a.Guardrails {
			read(level)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal), told
}
