package expect

import (
	"slices"
	"time"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
)

// expectFrom judges an expectation that depends on the time and names none from the instant of the engine on: it is
// met when it is at that instant and at every later one. False means that the instants at which the policies change
// cannot be told.
func expectFrom(e *engine.Engine, x expectation.Expectation) (ExpectationResult, bool) {
	instants, told := instants(e)
	if !told {
		return ExpectationResult{}, false
	}
	var worst ExpectationResult
	var assumptions []prove.ProofAssumption
	for i, moment := range instants {
		timed := x
		timed.At = moment
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
		worst.Object = objectOf(&x)
	case prove.Holds:
		worst.Object = objectOf(&x)
	case prove.DoesNotHold:
		// The object says when.
	}
	return worst, true
}

// instants are the instant from which the engine looks on, and those after it at which a test of the time in the
// world changes: each bound, and the second after it, for tests that have the bound on either side. False means that
// a test is of another kind, such as a pattern.
func instants(e *engine.Engine) ([]time.Time, bool) {
	var changes []time.Time
	told := true
	read := func(l *engine.PolicyLayer) {
		if l == nil {
			return
		}
		for _, st := range slices.Concat(l.Deny, l.Allow) {
			bounds, known := timeBounds(st)
			told = told && known
			for _, bound := range bounds {
				changes = append(changes, bound, bound.Add(time.Second))
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
	changes = slices.DeleteFunc(changes, func(instant time.Time) bool { return !instant.After(e.Since) })
	slices.SortFunc(changes, time.Time.Compare)
	return append([]time.Time{e.Since}, slices.CompactFunc(changes, time.Time.Equal)...), told
}

// timeBounds are the instants that the tests of a statement name; false when a test of the time names none.
func timeBounds(st *engine.Statement) (bounds []time.Time, told bool) {
	told = true
	for i := range st.Conditions {
		more, known := st.Conditions[i].Bounds()
		bounds, told = append(bounds, more...), told && known
	}
	return bounds, told
}
