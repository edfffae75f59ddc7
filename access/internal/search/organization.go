package search

import (
	"aws-access-guardrails/access/internal/engine"
)

// AskAttached answers a question for a class of callers to whom everything that can be attached is attached: only
// service control policies bind them, and on the resources of other accounts the policies of those.
func (c *Caller) AskAttached(q Question) Answer {
	a := c.Assignments(func(c *Caller) Answer {
		return c.attempt(attempt{
			q:       q,
			allow:   []*engine.Statement{Everything},
			besides: []*engine.Statement{c.Any.Shape},
			layers:  c.Layers(&engine.PolicyLayer{}),
			avoid:   []*engine.Statement{AlwaysAllowed},
		})
	})
	return a.And(c.askAttachedAbroad(q))
}
