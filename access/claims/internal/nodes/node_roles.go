package nodes

import (
	"slices"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/people"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// nodeServices are the services that hand the credentials of a role to a machine: to an instance by its profile, to a
// managed node by its activation.
//
// Source: Amazon EC2 User Guide, IAM roles for Amazon EC2; AWS Systems Manager User Guide, Create the IAM service
// role required for hybrid activations.
var nodeServices = []string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn", "ssm.amazonaws.com"}

// NodeRoles are the roles of the account that machines have: those of the nodes of the world, and those that the
// services above may assume.
func NodeRoles(p *claim.Prover, in *intent.Account) []*engine.Principal {
	account, _ := p.Engine.AccountOf(in.Account)
	var roles []*engine.Principal
	for i := range account.Roles {
		role := p.Engine.Principals[account.Roles[i].ARN(account)]
		ofNode := slices.ContainsFunc(account.Nodes, func(n world.Node) bool { return n.Profile == role.Arn })
		trusting := slices.ContainsFunc(role.Trust.Allow, func(st *engine.Statement) bool {
			return !st.NotPrincipals && st.MatchesAction("sts:AssumeRole") &&
				slices.ContainsFunc(st.Principals, func(t engine.Trusted) bool {
					return t.Kind == policy.PrincipalService && slices.Contains(nodeServices, t.Text)
				})
		})
		if (ofNode || trusting) && !role.ServiceLinked {
			roles = append(roles, role)
		}
	}
	return roles
}

// NodeRolesOpenNoDoor: a shell on a node is also the role of the node. What that role may do, everybody may do who
// has a shell there, whatever its own role says, under a name that is nobody's.
func NodeRolesOpenNoDoor(p *claim.Prover, in *intent.Account) {
	q := search.Asking(slices.Concat([]policy.Statement{
		policy.Allow("", append(slices.Clone(OtherDoors), "ssm:ResumeSession", "ssm:StartSession")...).On("*"),
		policy.Allow("", search.Assuming...).On("*"),
		policy.Allow("", people.AccessWrites...).On("*"),
		policy.Allow("", people.CredentialWrites...).On("*"),
	}, people.TagWrites(p, in)))
	for _, role := range NodeRoles(p, in) {
		if p.ToldOfAnother(role.Arn) {
			continue
		}
		p.Conclude(
			p.Begin(in, role.Arn),
			p.EveryCall(q, engine.AssumedRole(role.Arn, "i-0123456789abcdef0")),
			"whoever has a shell on a node with this role can do more with it",
		)
	}
}
