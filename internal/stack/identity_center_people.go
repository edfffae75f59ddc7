package stack

import (
	"slices"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/policy"
)

// identityCenterOf are the people of IAM Identity Center whom the alias names; nil where that stack has no instance.
// An empty alias is this stack.
func (s *Stack) identityCenterOf(alias string) *stackfile.IdentityCenterPeople {
	if alias == "" || alias == s.Account.Alias {
		if s.IdentityCenter == nil {
			return nil
		}
		own := &stackfile.IdentityCenterPeople{Stack: s.Name, Users: s.IdentityCenter.Users}
		for _, set := range s.IdentityCenter.PermissionSets {
			for _, a := range set.Assignments {
				if set.Grants {
					own.GrantsIn = append(own.GrantsIn, a.Accounts...)
				}
			}
		}
		return own
	}
	for _, other := range s.Siblings {
		if other.Named(alias) {
			return other.IdentityCenterPeople
		}
	}
	return nil
}

// identityCenterUser is the person of IAM Identity Center who is written as name or alias/name.
func (s *Stack) identityCenterUser(person string) (grant.IdentityCenterUser, bool) {
	alias, name := sections.SplitPerson(person)
	center := s.identityCenterOf(alias)
	if policy.IsARN(person) || center == nil || center.Users[name] == "" {
		return grant.IdentityCenterUser{}, false
	}
	return grant.IdentityCenterUser{ID: center.Users[name], Name: name}, true
}

// takesGrants reports whether a permission set from which people assume roles of grants is assigned in this account.
func (s *Stack) takesGrants(center *stackfile.IdentityCenterPeople) bool {
	return slices.ContainsFunc(
		center.GrantsIn,
		func(account string) bool { return s.accountID(account) == s.Account.ID },
	)
}
