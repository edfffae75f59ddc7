package engine

import (
	"slices"

	"aws-access-guardrails/access/internal/conditionkey"
)

func (p *Principal) ArnText() string  { return p.Arn }
func (p *Principal) Friendly() string { return p.Name }

// ResourceTags adds the keys of resource tags that the statements read.
func (l *PolicyLayer) ResourceTags(into []string) []string {
	for _, st := range slices.Concat(l.Deny, l.Allow) {
		for i := range st.Conditions {
			if k := &st.Conditions[i].Key; k.Kind == conditionkey.KeyResourceTag && !slices.Contains(into, k.Tag) {
				into = append(into, k.Tag)
			}
		}
	}
	return into
}
