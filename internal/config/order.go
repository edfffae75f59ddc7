package config

import (
	"slices"

	"aws-access-guardrails/policy"
)

// PeopleFrom are the other stacks of the folder whose people this one names in trust policies, in the order of Siblings. AWS refuses a trust policy that
// names a user who does not exist, so those stacks are deployed first and destroyed last.
func (s *Stack) PeopleFrom() []string {
	var arns []string
	if a := s.Operation(); a != nil {
		for _, r := range a.Roles {
			arns = append(arns, r.PrincipalARNs...)
		}
	}
	for _, a := range s.Delegated() {
		arns = append(arns, a.PrincipalARNs...)
	}
	if a := s.OSAccessTemplate(); a != nil {
		arns = append(arns, a.StandingPrincipalARNs...)
	}
	for _, a := range s.AccessGrants() {
		arns = append(arns, a.PrincipalARN)
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
