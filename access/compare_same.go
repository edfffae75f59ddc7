package access

import (
	"fmt"
	"slices"
	"strings"
)

// Two statements say the same when their texts are the same: the order of lists and conditions is of no consequence, and neither is the Sid.

// text is the statement without its name, every list sorted.
func (st *statement) text() string {
	from := &st.from
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
		parts = append(parts, fmt.Sprintf("C%s %s%q", c.Operator, strings.ToLower(c.Key), slices.Compact(slices.Sorted(slices.Values(c.Values)))))
	}
	slices.Sort(parts)
	// Documents of the old version of the policy language have no variables, whatever they read like.
	if strings.Contains(fmt.Sprintf("%q%q%q", from.Resources, from.NotResources, from.Conditions), "${") && !st.hasVariable() {
		b.WriteString("literally")
	}
	return b.String() + strings.Join(parts, ";")
}

func (st *statement) hasVariable() bool {
	return slices.ContainsFunc(st.resources, func(p arnPattern) bool { return p.hasVariable() }) || slices.ContainsFunc(st.conditions, func(c condition) bool {
		return slices.ContainsFunc(c.texts, func(p pattern) bool { return p.hasVariable }) || slices.ContainsFunc(c.arns, func(p arnPattern) bool { return p.hasVariable() })
	})
}

func textsOf(list []*statement) []string {
	out := make([]string, 0, len(list))
	for _, st := range list {
		out = append(out, st.text())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sameStatements(a, b []*statement) bool { return slices.Equal(textsOf(a), textsOf(b)) }

func sameLayer(a, b *layer) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameStatements(a.allow, b.allow) && sameStatements(a.deny, b.deny) &&
		slices.Equal(slices.Sorted(slices.Values(a.unknowns)), slices.Sorted(slices.Values(b.unknowns)))
}

func sameLayers(a, b []*layer) bool {
	return slices.EqualFunc(a, b, sameLayer) && (a == nil) == (b == nil)
}

// samePrincipal reports whether everything that decides what a user or role may call is the same.
func samePrincipal(a, b *principal) bool {
	return a.arn == b.arn && a.id == b.id && slices.Equal(a.tags, b.tags) && a.hasMFA == b.hasMFA && a.serviceLinked == b.serviceLinked &&
		sameLayer(a.identity, b.identity) && sameLayer(a.boundary, b.boundary) && sameLayers(a.account.guardrails, b.account.guardrails) &&
		a.account.orgID == b.account.orgID && slices.Equal(a.account.orgPaths, b.account.orgPaths)
}
