package search

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
)

// NeverMet are the condition keys, as the statement writes them, of which no value and no absence meets all conditions
// that the statement has on them: whoever calls and whatever is called, the statement never applies. A key that is
// compared with a policy variable is left out, and so is one of which the search is not certain.
func NeverMet(st *engine.Statement) []string {
	var never []string
	asked := map[string]bool{}
	for i := range st.Conditions {
		name := together(&st.Conditions[i].Key)
		if asked[name] {
			continue
		}
		asked[name] = true
		lits, fixed := onKey(st, name)
		if !fixed {
			continue
		}
		if s := solveKey(lits, ofAnyCaller(&st.Conditions[i].Key)); !s.ok && !s.gaveUp {
			never = append(never, st.Conditions[i].Key.Name)
		}
	}
	return never
}

// together is the name under which conditions meet that speak of one value: both keys of the clock do.
func together(k *conditionkey.Key) string {
	if k.Kind == conditionkey.KeyEpochTime {
		return timeVariable
	}
	return strings.ToLower(k.Name)
}

// onKey are the conditions of a statement on a key as tests that must pass; fixed is false when a value of one is only
// known with the request.
func onKey(st *engine.Statement, name string) (lits []Literal, fixed bool) {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if together(&c.Key) != name {
			continue
		}
		if slices.ContainsFunc(c.Texts, func(p engine.Pattern) bool { return p.HasVariable }) ||
			slices.ContainsFunc(c.Arns, func(p engine.ArnPattern) bool { return p.HasVariable() }) {
			return nil, false
		}
		lits = append(lits, Literal{&Probe{kind: probeKey, cond: c, name: name}, true})
	}
	return lits, true
}
