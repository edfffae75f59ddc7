package search

import (
	"aws-access-guardrails/access/internal/engine"
)

// AskWay answers a question about the caller's side of assuming roles that the world does not have, whatever their
// trust.
func (c *Caller) AskWay(q Question, known []*engine.Statement) Answer {
	return c.Assignments(func(c *Caller) Answer {
		own := c.Principal.Identity
		return c.attempt(attempt{
			q:            q,
			allow:        own.Allow,
			unknowns:     own.Unknowns,
			layers:       c.Layers(own),
			besides:      []*engine.Statement{TrustDecided},
			avoid:        known,
			unknownTrust: true,
		})
	})
}
