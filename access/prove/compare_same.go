package prove

import (
	"slices"

	"aws-access-guardrails/access/internal/engine"
)

func textsOf(list []*engine.Statement) []string {
	out := make([]string, 0, len(list))
	for _, st := range list {
		out = append(out, st.Text())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sameStatements(a, b []*engine.Statement) bool { return slices.Equal(textsOf(a), textsOf(b)) }

func sameLayer(a, b *engine.PolicyLayer) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameStatements(a.Allow, b.Allow) && sameStatements(a.Deny, b.Deny) &&
		slices.Equal(slices.Sorted(slices.Values(a.Unknowns)), slices.Sorted(slices.Values(b.Unknowns)))
}

func sameLayers(a, b []*engine.PolicyLayer) bool {
	return slices.EqualFunc(a, b, sameLayer) && (a == nil) == (b == nil)
}

// samePrincipal reports whether everything that decides what a user or role may call is the same.
func samePrincipal(a, b *engine.Principal) bool {
	return a.Arn == b.Arn && a.Id == b.Id && slices.Equal(a.Tags, b.Tags) && a.HasMFA == b.HasMFA && a.ServiceLinked == b.ServiceLinked &&
		sameLayer(a.Identity, b.Identity) && sameLayer(a.Boundary, b.Boundary) && sameLayers(a.Account.Guardrails, b.Account.Guardrails) &&
		a.Account.OrgID == b.Account.OrgID &&
		slices.Equal(a.Account.OrgPaths, b.Account.OrgPaths)
}
