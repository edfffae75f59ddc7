package search

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
)

// NeverMet are the condition keys, as the statement writes them, of which no value and no absence meets all conditions
// that the statement has on them: whoever calls and whatever is called, the statement never applies. Keys that read one
// value meet: both keys of the clock, and aws:ResourceTag/x with the key of a service for the same tag. A key that is
// compared with a policy variable is left out, and so is one of which the search is not certain. The clock shows since or later; any time where that is zero.
func NeverMet(st *engine.Statement, since time.Time) []string {
	var never []string
	asked := map[string]bool{}
	b := binder{solved: NewSolved()}
	action := b.actionProbe(st)
	for i := range st.Conditions {
		name := variableOf(&st.Conditions[i], action, st.NotActions)
		if asked[name] {
			continue
		}
		asked[name] = true
		lits, fixed := onKey(st, name, action)
		if !fixed {
			continue
		}
		key := &st.Conditions[i].Key
		values := domain.OfAnyCaller(key)
		if !since.IsZero() && key.Kind.IsTime() && key.Kind != conditionkey.KeyTokenIssueTime {
			values.Earliest = since
		}
		if s := domain.Solve(conditionsOf(lits), values); !s.Found && !s.GaveUp {
			never = append(never, strings.Join(keysOf(lits), " and "))
		}
	}
	return never
}

// keysOf are the keys that tests read, as the statement writes them, each once.
func keysOf(lits []Literal) []string {
	var names []string
	for _, l := range lits {
		if !slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, l.cond.Key.Name) }) {
			names = append(names, l.cond.Key.Name)
		}
	}
	return names
}

// onKey are the conditions of a statement on a variable as tests that must pass; fixed is false when a value of one is
// only known with the request.
func onKey(st *engine.Statement, name string, action *Probe) (lits []Literal, fixed bool) {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if variableOf(c, action, st.NotActions) != name {
			continue
		}
		if slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return p.HasVariable }) ||
			slices.ContainsFunc(c.Arns, func(p pattern.ARN) bool { return p.HasVariable() }) {
			return nil, false
		}
		lits = append(lits, Literal{&Probe{kind: probeKey, cond: c, name: name}, true})
	}
	return lits, true
}
