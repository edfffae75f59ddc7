package engine

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/pattern"
)

// Two statements say the same when their texts are the same: the order of lists and conditions is of no consequence,
// and neither is the Sid.

// Text is the statement without its name, every list sorted.
func (st *Statement) Text() string {
	from := &st.From
	var b strings.Builder
	list := func(name string, values []string) {
		if values != nil {
			fmt.Fprintf(&b, "%s%q", name, slices.Compact(slices.Sorted(slices.Values(values))))
		}
	}
	b.WriteString(string(from.Effect))
	list("A", from.Actions)
	list("NA", from.NotActions)
	list("R", from.Resources)
	list("NR", from.NotResources)
	var parts []string
	for _, p := range from.Principals {
		parts = append(parts, fmt.Sprintf("P%s%q", p.Kind, slices.Sorted(slices.Values(p.Values))))
	}
	for _, p := range from.NotPrincipals {
		parts = append(parts, fmt.Sprintf("NP%s%q", p.Kind, slices.Sorted(slices.Values(p.Values))))
	}
	for _, c := range from.Conditions {
		parts = append(
			parts,
			fmt.Sprintf(
				"C%s %s%q",
				c.Operator,
				strings.ToLower(c.Key),
				slices.Compact(slices.Sorted(slices.Values(c.Values))),
			),
		)
	}
	slices.Sort(parts)
	// Documents of the old version of the policy language have no variables, whatever they read like.
	if strings.Contains(fmt.Sprintf("%q%q%q", from.Resources, from.NotResources, from.Conditions), "${") &&
		!st.hasVariable() {
		b.WriteString("literally")
	}
	return b.String() + strings.Join(parts, ";")
}

func (st *Statement) hasVariable() bool {
	return slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return p.HasVariable() }) ||
		slices.ContainsFunc(st.Conditions, func(c Condition) bool {
			return slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return p.HasVariable }) ||
				slices.ContainsFunc(c.Arns, func(p pattern.ARN) bool { return p.HasVariable() })
		})
}
