package prove

import (
	"slices"

	"aws-access-guardrails/access/internal/engine"
)

// textsOf are what statements say, each once, sorted.
func (c *comparer) textsOf(list []*engine.Statement) []string {
	out := make([]string, 0, len(list))
	for _, st := range list {
		out = append(out, c.text(st))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameStatements reports whether two lists say the same, in whatever order.
func (c *comparer) sameStatements(a, b []*engine.Statement) bool {
	inOrder := slices.EqualFunc(a, b, func(x, y *engine.Statement) bool { return x == y || c.text(x) == c.text(y) })
	return inOrder || slices.Equal(c.textsOf(a), c.textsOf(b))
}

func (c *comparer) sameLayer(a, b *engine.PolicyLayer) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	return c.sameStatements(a.Allow, b.Allow) && c.sameStatements(a.Deny, b.Deny) &&
		slices.Equal(slices.Sorted(slices.Values(a.Unknowns)), slices.Sorted(slices.Values(b.Unknowns)))
}

func (c *comparer) sameLayers(a, b []*engine.PolicyLayer) bool {
	return slices.EqualFunc(a, b, c.sameLayer) && (a == nil) == (b == nil)
}

// samePlace reports whether two states of an account have the same place in the organization, under the same
// policies.
func (c *comparer) samePlace(a, b *engine.CompiledAccount) bool {
	pair := [2]*engine.CompiledAccount{a, b}
	have, known := c.places[pair]
	if !known {
		have = c.sameLayers(a.Guardrails, b.Guardrails) && a.OrgID == b.OrgID && slices.Equal(a.OrgPaths, b.OrgPaths)
		c.places[pair] = have
	}
	return have
}

// samePrincipal reports whether everything that decides what a user or role may call is the same.
func (c *comparer) samePrincipal(a, b *engine.Principal) bool {
	return a.Arn == b.Arn && a.Id == b.Id && slices.Equal(a.Tags, b.Tags) && a.HasMFA == b.HasMFA &&
		a.ServiceLinked == b.ServiceLinked && c.samePlace(a.Account, b.Account) &&
		c.sameLayer(a.Identity, b.Identity) && c.sameLayer(a.Boundary, b.Boundary)
}
