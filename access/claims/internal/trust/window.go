package trust

import (
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// GrantsEndWithTheirWindow: outside of the window no call of a role is allowed, and nobody becomes the role.
func GrantsEndWithTheirWindow(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if r.From.IsZero() && r.Until.IsZero() {
			continue
		}
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		inside := policy.Allow("", "*").On("*").When(policy.From(r.From), policy.Before(r.Until))
		role := p.Engine.Principals[r.ARN]
		calls := p.EveryCall(search.Asking(search.Anything, inside), p.RoleSession(in, role))
		into := p.Trust(r, search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, inside))
		f := p.Begin(in, r.ARN)
		if !into.Shut() {
			calls = calls.And(into)
		} else {
			f.Classes += into.Classes
		}
		p.Conclude(f, calls, "the role does something, or is assumed, outside of its window")
	}
}
