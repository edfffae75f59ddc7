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
		assuming := []policy.Statement{policy.Allow("", search.Assuming...).On("*")}
		into := p.Trust(r, search.Asking(assuming, inside(r.Networks)...))
		calls := p.EveryCall(CallsFromElsewhere(r.Networks), p.RoleSession(in, p.Engine.Principals[r.ARN]))
		f := p.Begin(in, r.ARN)
		if !into.Shut() {
			calls = calls.And(into)
		} else {
			f.Classes += into.Classes
		}
		p.Conclude(f, calls, "the role does something, or is assumed, from another network")
	}
}

// CallsFromElsewhere asks for calls from every other network. Those that a service makes for a session come from the
// network of the service, and are left out.
func CallsFromElsewhere(networks intent.Networks) search.Question {
	byServices := policy.Allow("", "*").On("*").When(policy.Bool("aws:ViaAWSService", true))
	return search.Asking(search.Anything, append(inside(networks), byServices)...)
}

// inside are all calls from networks.
func inside(networks intent.Networks) []policy.Statement {
	var all []policy.Statement
	from := func(operator policy.BaseOperator, key string, values []string) {
		if len(values) > 0 {
			all = append(all, policy.Allow("", "*").On("*").
				When(policy.Is(policy.Operator{Base: operator}, key, values...)))
		}
	}
	from(policy.OpIPAddress, "aws:SourceIp", networks.Addresses)
	from(policy.OpStringEquals, "aws:SourceVpc", networks.VPCs)
	from(policy.OpStringEquals, "aws:SourceVpce", networks.Endpoints)
	return all
}
