package config

import (
	"maps"
	"slices"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// IdentityCenterPeople is what a stack knows of the people of IAM Identity Center of a stack of the folder.
type IdentityCenterPeople struct {
	// Stack is the name of the stack that has the instance.
	Stack string
	// Users are their ids by name.
	Users map[string]string
	// GrantsIn are the accounts in which a permission set is assigned from which people assume roles of grants, as the
	// file writes them: ids, or aliases.
	GrantsIn []string
}

// identityCenterOf are the people of IAM Identity Center whom the alias names; nil where that stack has no instance.
// An empty alias is this stack.
func (s *Stack) identityCenterOf(alias string) *IdentityCenterPeople {
	if alias == "" || alias == s.Account.Alias {
		if s.IdentityCenter == nil {
			return nil
		}
		own := &IdentityCenterPeople{Stack: s.Name, Users: s.IdentityCenter.Users}
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
		if other.named(alias) {
			return other.IdentityCenterPeople
		}
	}
	return nil
}

// identityCenterUser is the person of IAM Identity Center who is written as name or alias/name.
func (s *Stack) identityCenterUser(person string) (grant.IdentityCenterUser, bool) {
	alias, name := splitPerson(person)
	center := s.identityCenterOf(alias)
	if policy.IsARN(person) || center == nil || center.Users[name] == "" {
		return grant.IdentityCenterUser{}, false
	}
	return grant.IdentityCenterUser{ID: center.Users[name], Name: name}, true
}

// IdentityCenterUsers are the names of the people of IAM Identity Center whom the stack lists, sorted.
func (s Sibling) IdentityCenterUsers() []string {
	if s.IdentityCenterPeople == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.IdentityCenterPeople.Users))
}

// takesGrants reports whether a permission set from which people assume roles of grants is assigned in this account.
func (s *Stack) takesGrants(center *IdentityCenterPeople) bool {
	return slices.ContainsFunc(center.GrantsIn, func(account string) bool { return s.accountID(account) == s.Account.ID })
}

// peopleOfIdentityCenter reads what other stacks know of the people of a section "identityCenter".
func peopleOfIdentityCenter(n *strictyaml.Node, stack string) *IdentityCenterPeople {
	center := &IdentityCenterPeople{Stack: stack, Users: map[string]string{}}
	for _, e := range n.Under("users").Entries {
		center.Users[e.Name] = e.Value.Text
	}
	for _, set := range n.Under("permissionSets").Items {
		if set.Child("grants") != "true" {
			continue
		}
		for _, assignment := range set.Under("assignments").Items {
			center.GrantsIn = append(center.GrantsIn, assignment.Under("accounts").Texts()...)
		}
	}
	return center
}
