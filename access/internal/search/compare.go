package search

import (
	"slices"

	"aws-access-guardrails/access/internal/engine"
)

// WithTrust adds the Denies of a trust policy that speak of the caller.
func (l LayerSet) WithTrust(role *engine.Principal, c *Caller) LayerSet {
	l.Deny = slices.Clone(l.Deny)
	for _, st := range role.Trust.Deny {
		if st.SpeaksOf(c.Env()) {
			l.Deny = append(l.Deny, st)
		}
	}
	return l
}
