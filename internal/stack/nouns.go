package stack

import (
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/policy"
)

// What a noun has none of.
func noParts(*Stack) []part                         { return nil }
func noIntent(*Stack, *intent.Account)              {}
func noNotices(*Stack, time.Time) guardrail.Notices { return nil }
func noPrincipals(*Stack) []principalAt             { return nil }
func noRoles(*Stack) []Role                         { return nil }
func noPeople(*Stack) []string                      { return nil }

// nouns is the registry, in the order of the reference.
var nouns = []noun{
	{
		"mfa",
		func(s *Stack) []part { return single(s.MFAGroup(), "mfa", "userPaths") },
		func(s *Stack, in *intent.Account) {
			if a := s.MFAGroup(); a != nil {
				a.AddIntent(in)
			}
		},
		noNotices, noPrincipals, noRoles, noPeople,
	},
	{
		"passwordPolicy",
		func(s *Stack) []part { return single(s.Passwords(), "passwordPolicy") },
		noIntent, noNotices, noPrincipals, noRoles, noPeople,
	},
	{
		"managedPolicies",
		func(s *Stack) []part { return each(s.CustomerManagedPolicies(), elements("managedPolicies")) },
		noIntent, noNotices, noPrincipals, noRoles, noPeople,
	},
	{
		"users",
		func(s *Stack) []part { return each(s.UserArgs(), elements("users"), "groups", "contactTags") },
		func(s *Stack, in *intent.Account) {
			for _, a := range s.UserArgs() {
				a.AddIntent(in)
			}
		},
		noNotices,
		func(s *Stack) []principalAt {
			var all []principalAt
			for i, u := range s.UserArgs() {
				all = append(all, principalAt{u.ARN(), stackPath("users").Index(i)})
			}
			return all
		},
		noRoles, noPeople,
	},
	{
		"operationRoles",
		func(s *Stack) []part { return single(s.Operation(), "", "sessions") },
		func(s *Stack, in *intent.Account) {
			if a := s.Operation(); a != nil {
				a.AddIntent(in)
			}
		},
		operationNotices, operationPrincipals, operationRoles, operationPeople,
	},
	{
		"delegatedRoles",
		func(s *Stack) []part { return each(s.Delegated(), elements("delegatedRoles"), "userPaths") },
		func(s *Stack, in *intent.Account) {
			for i, a := range s.Delegated() {
				a.AddIntent(string(elements("delegatedRoles")(i)), in)
				if a.Partner == nil { // A partner is never meant to administer.
					in.Administrators = append(in.Administrators, a.RoleARN())
				}
			}
		},
		noNotices, delegatedPrincipals, delegatedRoles, delegatedPeople,
	},
	{
		"sessions",
		func(s *Stack) []part {
			if s.homeAlone { // aws:region says what is wrong with it.
				return single(s.Preferences(), "sessions", "regions")
			}
			return single(s.Preferences(), "sessions")
		},
		func(s *Stack, in *intent.Account) {
			if a := s.Preferences(); a != nil {
				a.AddIntent(in)
			}
		},
		noNotices, noPrincipals, noRoles, noPeople,
	},
	{
		"sessionDocuments",
		func(s *Stack) []part {
			return each(s.OwnSessionDocuments(), elements("sessionDocuments"), "sessions.regions")
		},
		sessionDocumentIntent, sessionDocumentNotices, noPrincipals, noRoles, noPeople,
	},
	{
		"osAccess",
		func(s *Stack) []part { return single(s.OSAccessTemplate(), "osAccess", "sessions.regions") },
		func(s *Stack, in *intent.Account) {
			if a := s.OSAccessTemplate(); a != nil {
				a.AddIntent(in)
			}
		},
		osAccessNotices, osAccessPrincipals, osAccessRoles, osAccessPeople,
	},
	{"grants", grantParts, grantIntent, grantNotices, grantPrincipals, noRoles, grantPeople},
	{
		"justInTime",
		func(s *Stack) []part { return single(s.JustInTimeAccess(), "justInTime") },
		noIntent,
		func(s *Stack, _ time.Time) guardrail.Notices {
			if a := s.JustInTimeAccess(); a != nil {
				return a.Notices().Under("justInTime")
			}
			return nil
		},
		noPrincipals, noRoles, noPeople,
	},
	// The intent of permission sets depends on the accounts that are judged together: see IdentityCenterIntent.
	{"identityCenter", identityCenterParts, noIntent, identityCenterNotices, noPrincipals, noRoles, noPeople},
	// Service control policies are no part of an account's world: see judge.World.
	{
		"organization",
		noParts, noIntent,
		func(s *Stack, now time.Time) guardrail.Notices {
			if a := s.ServiceControlPolicies(); a != nil {
				dead := func(d policy.Document) []string { return deadConditions(d, now) }
				return a.Notices(dead).Under("organization")
			}
			return nil
		},
		noPrincipals, noRoles, noPeople,
	},
}

// Nouns are the keys of the stack file that make something, in the order of the reference.
func Nouns() []string {
	keys := make([]string, len(nouns))
	for i, n := range nouns {
		keys[i] = n.key
	}
	return keys
}

// parts are the Args of every component of the stack, in the order of the registry.
func (s *Stack) parts() []part {
	var all []part
	for _, n := range nouns {
		all = append(all, n.parts(s)...)
	}
	return all
}

func operationNotices(s *Stack, _ time.Time) guardrail.Notices {
	if a := s.Operation(); a != nil {
		return a.Notices()
	}
	return nil
}

func operationPrincipals(s *Stack) []principalAt {
	var all []principalAt
	if a := s.Operation(); a != nil {
		for i, r := range a.Roles {
			all = append(all, principalAt{a.RoleARN(r), stackPath("operationRoles").Index(i)})
		}
	}
	return all
}

func operationRoles(s *Stack) []Role {
	a := s.Operation()
	if a == nil {
		return nil
	}
	var all []Role
	for i, resolved := range a.Roles {
		r, written := roleAt([]any{"operationRoles", i}, "users", "principalArns"), s.OperationRoles[i]
		r.list(written.Users, written.PrincipalARNs)
		r.ARN, r.MaxSession = a.RoleARN(resolved), resolved.MaxSessionDuration
		if !resolved.FromUser() {
			r.OSUser = resolved.RunAs
		}
		all = append(all, r)
	}
	return all
}

func operationPeople(s *Stack) []string {
	var arns []string
	if a := s.Operation(); a != nil {
		for _, r := range a.Roles {
			arns = append(arns, r.PrincipalARNs...)
		}
	}
	return arns
}

func delegatedPrincipals(s *Stack) []principalAt {
	var all []principalAt
	for i, a := range s.Delegated() {
		all = append(all, principalAt{a.RoleARN(), stackPath("delegatedRoles").Index(i)})
	}
	return all
}

func delegatedRoles(s *Stack) []Role {
	var all []Role
	for i, a := range s.Delegated() {
		r, written := roleAt([]any{"delegatedRoles", i}, "users", "principalArns"), s.DelegatedRoles[i]
		r.list(written.Users, written.PrincipalARNs)
		r.ARN, r.MaxSession = a.RoleARN(), a.MaxSessionDuration
		all = append(all, r)
	}
	return all
}

func delegatedPeople(s *Stack) []string {
	var arns []string
	for _, a := range s.Delegated() {
		arns = append(arns, a.PrincipalARNs...)
	}
	return arns
}

func osAccessNotices(s *Stack, _ time.Time) guardrail.Notices {
	if a := s.OSAccessTemplate(); a != nil {
		return a.Notices().Under("osAccess")
	}
	return nil
}

func osAccessPrincipals(s *Stack) []principalAt {
	if a := s.OSAccessTemplate(); a != nil && a.Standing() {
		return []principalAt{{a.RoleARN(), stackPath("osAccess")}}
	}
	return nil
}

func osAccessRoles(s *Stack) []Role {
	a := s.OSAccessTemplate()
	if a == nil {
		return nil
	}
	r := roleAt([]any{"osAccess"}, "standingUsers", "standingPrincipalArns")
	r.list(s.OSAccess.StandingUsers, s.OSAccess.StandingPrincipalARNs)
	r.ARN, r.OSUser, r.MaxSession = a.RoleARN(), a.RunAs, time.Hour
	return []Role{r}
}

func osAccessPeople(s *Stack) []string {
	if a := s.OSAccessTemplate(); a != nil {
		return a.StandingPrincipalARNs
	}
	return nil
}

// grantParts are the grants that open something: what opens nothing that is described is refused where the sections are
// held against each other.
func grantParts(s *Stack) []part {
	var all []part
	for i, g := range s.AccessGrants() {
		if g.RoleARN() != "" {
			all = append(all, part{section: grantSection(i), args: g})
		}
	}
	return all
}

func grantIntent(s *Stack, in *intent.Account) {
	for i, g := range s.AccessGrants() {
		g.AddIntent(string(grantSection(i)), in)
		if g.DelegatedRole != nil {
			in.Administrators = append(in.Administrators, g.RoleARN())
		}
	}
}

func grantPrincipals(s *Stack) []principalAt {
	var all []principalAt
	for i, g := range s.AccessGrants() {
		all = append(all, principalAt{g.RoleARN(), stackPath("grants").Index(i)})
	}
	return all
}

func grantNotices(s *Stack, now time.Time) guardrail.Notices {
	return grant.Notices(s.AccessGrants(), now)
}

func grantPeople(s *Stack) []string {
	var arns []string
	for _, g := range s.AccessGrants() {
		arns = append(arns, g.PrincipalARN)
	}
	return arns
}

func identityCenterParts(s *Stack) []part {
	return append(
		single(s.AccessControlAttributes(), "identityCenter"),
		each(s.PermissionSets(), permissionSetSection)...)
}

func identityCenterNotices(s *Stack, _ time.Time) guardrail.Notices {
	a := s.AccessControlAttributes()
	if a == nil {
		return nil
	}
	all := a.Notices().Under("identityCenter")
	for i, set := range s.PermissionSets() {
		all = append(all, set.Notices().Under(permissionSetSection(i))...)
	}
	return append(all, s.assignedElsewhere()...)
}

// deadConditions says what is dead in a document that an admin wrote, and what it shuts that was hardly meant: agents
// of nodes that run as roles that a Deny names. Which nodes do is not known here.
func deadConditions(d policy.Document, now time.Time) []string {
	var all []string
	for _, dead := range append(prove.DeadConditions(d), prove.Ended(d, now)...) {
		all = append(all, dead.Error())
	}
	for i, st := range d.Statements {
		for _, denial := range journey.AgentDeniedTo(st) {
			all = append(all, fmt.Sprintf(
				"%s denies %s, which the agent of a node calls, to %s: %s",
				policy.StatementName(st.Sid, i),
				strings.Join(denial.Calls, ", "),
				strings.Join(denial.Roles, ", "),
				denial.Then,
			))
		}
	}
	return all
}
