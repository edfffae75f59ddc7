package scp

import (
	"slices"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// fullAWSAccess is the policy that AWS attaches to every root, unit and account. Source:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html.
var fullAWSAccess = world.ServiceControlPolicy{
	Name:     "FullAWSAccess",
	Document: policy.New(policy.Allow("", "*").On("*")),
}

// AddToOrganization gives the world the organization: the tree with FullAWSAccess wherever AllowList does not detach
// it,
// and the policies of the plan where they are attached, with the documents that NewServiceControlPolicies registers.
// Policies of others are
// not known and deny nothing here. It expects values that Validate accepts.
func (a *Args) AddToOrganization(w *world.World) {
	// Validate has reported what does not fit the quotas.
	plan, _ := a.Plan()
	w.Organization = &world.Organization{ID: a.ID, Management: a.Management, Root: plan.unit(&a.Tree, a.AllowList)}
}

func (p Plan) unit(u *Unit, allowList []string) world.Unit {
	out := world.Unit{ID: u.ID, Name: u.Name, Policies: p.attachedTo(u.ID, allowList)}
	for i := range u.Units {
		out.Units = append(out.Units, p.unit(&u.Units[i], allowList))
	}
	for _, id := range u.Accounts {
		out.Accounts = append(out.Accounts, world.OrganizationAccount{ID: id, Policies: p.attachedTo(id, allowList)})
	}
	return out
}

func (p Plan) attachedTo(target string, allowList []string) []world.ServiceControlPolicy {
	var policies []world.ServiceControlPolicy
	if !slices.Contains(allowList, target) {
		policies = append(policies, fullAWSAccess)
	}
	for _, planned := range p.Policies {
		if slices.Contains(planned.Targets, target) {
			policies = append(policies, world.ServiceControlPolicy{Name: planned.Name, Document: planned.Document})
		}
	}
	return policies
}
