package stack

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
)

// MFAGroup is the group that enforces MFA, nil where there is none.
func (s *Stack) MFAGroup() *group.Args {
	if s.MFA == nil {
		return nil
	}
	a := *s.MFA
	a.Account, a.ProjectTag, a.Quotas = s.Account.Account, s.Tags.Project, s.Quotas
	a.EnvironmentTag = s.Tags.Environment
	paths := map[string]bool{}
	for _, path := range s.userPaths() {
		paths[path] = true
	}
	a.UserPaths = slices.Sorted(maps.Keys(paths))
	a.OSUsers = slices.ContainsFunc(s.Users, func(u user.Args) bool { return u.RunAs != "" })
	return &a
}

// Passwords is the password policy, nil where it is left alone.
func (s *Stack) Passwords() *passwordpolicy.Args {
	if s.PasswordPolicy == nil {
		return nil
	}
	a := *s.PasswordPolicy
	a.Account = s.Account.Account
	return &a
}

// UserArgs are the users, in the order of the file.
func (s *Stack) UserArgs() []*user.Args {
	out := make([]*user.Args, len(s.Users))
	for i, u := range s.Users {
		u.Account, u.ManagedPolicies = s.Account.Account, s.knownPolicies()
		if s.MFA != nil {
			u.ContactTags = s.MFA.SelfService.ContactTags
			u.Groups = []string{s.MFA.Name}
		}
		out[i] = &u
	}
	return out
}

// Operation is the operation roles, nil where there are none.
func (s *Stack) Operation() *operation.Args {
	if len(s.OperationRoles) == 0 {
		return nil
	}
	a := &operation.Args{
		Account:    s.Account.Account,
		ProjectTag: s.Tags.Project,

		EnvironmentTag: s.Tags.Environment, ProjectSeparator: s.Tags.ProjectSeparator,
		UserPaths: s.userPaths(),
		OSUsers:   s.osUsers(),
		Quotas:    s.Quotas,

		ManagedPolicies: s.knownPolicies(),
	}
	for _, written := range s.OperationRoles {
		r := written.Role
		r.Users, r.PrincipalARNs = s.principals(written.Users, r.PrincipalARNs)
		a.Roles = append(a.Roles, r)
	}
	if s.Sessions != nil {
		a.DefaultRunAs, a.KMSKeyID = s.Sessions.RunAs.DefaultUser, s.Sessions.KMSKeyID
		a.Regions = s.Sessions.Regions
	}
	return a
}

// Delegated are the delegated roles, in the order of the file.
func (s *Stack) Delegated() []*delegated.Args {
	out := make([]*delegated.Args, len(s.DelegatedRoles))
	for i, written := range s.DelegatedRoles {
		r := written.Args
		r.Account, r.UserPaths, r.Quotas, r.AWSManagedPolicies = s.Account.Account, s.userPaths(), s.Quotas, s.AWSManagedPolicies
		r.OwnPolicies = s.knownPolicies().Own
		r.Users, r.PrincipalARNs = s.principals(written.Users, r.PrincipalARNs)
		out[i] = &r
	}
	return out
}

// Preferences is Session Manager's preferences, nil where they are left alone.
func (s *Stack) Preferences() *preferences.Args {
	if s.Sessions == nil {
		return nil
	}
	a := *s.Sessions
	a.Account = s.Account.Account
	return &a
}

// Regions are the Regions that need a provider: the home Region first, then those of the preferences in their order.
func (s *Stack) Regions() []string {
	regions := []string{s.AWS.Region}
	if s.Sessions != nil {
		for _, r := range s.Sessions.Regions {
			if !slices.Contains(regions, r) {
				regions = append(regions, r)
			}
		}
	}
	return regions
}

// IsAuthorizationTag reports whether the tag decides access. Condition keys ignore case, so tags that differ by case
// decide too.
func (s *Stack) IsAuthorizationTag(key string) bool {
	return strings.EqualFold(key, s.Tags.Project) || s.Tags.Environment != "" && strings.EqualFold(key, s.Tags.Environment) ||
		strings.EqualFold(key, guardrail.RunAsTag)
}
