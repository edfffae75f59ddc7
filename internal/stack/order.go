package stack

import (
	"slices"

	"aws-access-guardrails/policy"
)

// PeopleFrom are the other stacks of the folder whose people this one names in trust policies, in the order of
// Siblings. AWS refuses a trust policy that names a user who does not exist, so those stacks are deployed first and
// destroyed last.
func (s *Stack) PeopleFrom() []string {
	var arns []string
	for _, n := range nouns {
		arns = append(arns, n.people(s)...)
	}
	accounts := map[string]bool{}
	for _, text := range arns {
		if arn, err := policy.ParseARN(text); err == nil {
			accounts[arn.Account] = true
		}
	}
	var from []string
	for _, other := range s.Siblings {
		if accounts[other.AccountID] && other.AccountID != s.Account.ID && !slices.Contains(from, other.Stack) {
			from = append(from, other.Stack)
		}
	}
	return from
}

// PreparedBy are the other stacks of the folder that have to be deployed before permission sets of this one and
// destroyed after them, in the order of Siblings. Where a permission set opens sessions, a shell would be that of
// ssm-user without the preferences of the account, who can do everything; where it names a customer managed policy,
// Identity Center makes no role in an account that lacks it.
func (s *Stack) PreparedBy() []string {
	accounts := map[string]bool{}
	for _, a := range s.PermissionSets() {
		_, bounded := a.CustomerManaged(a.PermissionsBoundary)
		if !a.Template.OpensSessions() && !bounded && len(a.CustomerManagedPolicies()) == 0 {
			continue
		}
		for _, id := range a.Accounts() {
			accounts[id] = true
		}
	}
	var in []string
	for _, other := range s.Siblings {
		if accounts[other.AccountID] && other.AccountID != s.Account.ID && !slices.Contains(in, other.Stack) {
			in = append(in, other.Stack)
		}
	}
	return in
}

// ShutShells is one attachment of a service control policy that shuts the shells of accounts but for the guarded doors.
type ShutShells struct {
	// Policy is the name of the policy, Target what it is attached to.
	Policy, Target string
	// Accounts are the ids of the accounts that it binds, in the order of the tree; never the management account,
	// which no policy binds.
	Accounts []string
}

// ShutsShells are the attachments of this stack that shut shells, in the order in which they are made; none without
// organization.osAccessOnly.
func (s *Stack) ShutsShells() []ShutShells {
	a := s.ServiceControlPolicies()
	if a == nil || a.OSAccessOnly == nil {
		return nil
	}
	plan, err := a.Plan()
	if err != nil {
		return nil // Refused when the stack was read.
	}
	var shut []ShutShells
	for _, p := range plan.Policies {
		if p.Guardrail != "osAccessOnly" {
			continue
		}
		for _, target := range p.Targets {
			accounts := slices.DeleteFunc(
				accountsUnder(&a.Tree, target, false),
				func(id string) bool { return id == a.Management },
			)
			shut = append(shut, ShutShells{Policy: p.Name, Target: target, Accounts: accounts})
		}
	}
	return shut
}
