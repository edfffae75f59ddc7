package trust

import (
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// SourceNetworksOnly: nobody becomes the role, and no session of it calls anything, from another network. Calls that a
// service makes for a session come from the network of the service.
func SourceNetworksOnly(p *claim.Prover, in *intent.Account) {
	for _, r := range in.Roles() {
		if r.Networks.Any() || p.ToldOfAnother(r.ARN) {
			continue
		}
		var inside []policy.Statement
		from := func(operator policy.BaseOperator, key string, values []string) {
			if len(values) > 0 {
				inside = append(inside, policy.Allow("", "*").On("*").
					When(policy.Is(policy.Operator{Base: operator}, key, values...)))
			}
		}
		from(policy.OpIPAddress, "aws:SourceIp", r.Networks.Addresses)
		from(policy.OpStringEquals, "aws:SourceVpc", r.Networks.VPCs)
		from(policy.OpStringEquals, "aws:SourceVpce", r.Networks.Endpoints)
		into := p.Trust(r, search.Asking([]policy.Statement{policy.Allow("", search.Assuming...).On("*")}, inside...))
		byServices := policy.Allow("", "*").On("*").When(policy.Bool("aws:ViaAWSService", true))
		calls := p.EveryCall(search.Asking(search.Anything, append(inside, byServices)...),
			p.RoleSession(in, p.Engine.Principals[r.ARN]))
		f := p.Begin(in, r.ARN)
		if into.Open {
			calls = calls.And(into)
		} else {
			f.Classes += into.Classes
		}
		p.Conclude(f, calls, "the role does something, or is assumed, from another network")
	}
}
