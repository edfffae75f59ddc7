package stack

import (
	"fmt"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// checkCounts refuses more of a kind than the account takes, before anything of it is looked at one by one: AWS would
// refuse the last of them after the others were made. It reports whether everything fits.
func (s *Stack) checkCounts(d *strictyaml.Decoder) bool {
	q := s.Quotas.WithDefaults()
	fits := true
	count := func(path problem.Path, n, most int, what, owner, key string) {
		if n <= most {
			return
		}
		fits = false
		d.Report(
			problem.Problem{
				Path:  path,
				Kind:  problem.Invalid,
				Value: problem.Written(fmt.Sprintf("%d %s", n, what)),
				Why:   fmt.Sprintf("are more than the %d of %s", most, owner),
				Fix:   "divide them, or raise guardrails:quotas." + key + " once AWS has",
			},
		)
	}
	count(stackPath("users"), len(s.Users), q.Users, "users", "an account", "users")
	if s.MFA != nil {
		count(stackPath("mfa"), 1, q.Groups, "group", "an account", "groups")
	}
	count(s.mostRoles(), s.roles(), q.Roles, "roles", "an account", "roles")
	if j := s.JustInTime; j != nil {
		// Preferences, automatic approvals and what is never approved are one document each.
		count(
			stackPath("justInTime.manualApprovals"),
			len(j.ManualApprovals)+3,
			q.Documents,
			"documents",
			"an account in one Region",
			"documents",
		)
	}
	if c := s.IdentityCenter; c != nil {
		count(
			stackPath("identityCenter.permissionSets"),
			len(c.PermissionSets),
			q.PermissionSets,
			"permission sets",
			"an instance",
			"permissionSets",
		)
	}
	if o := s.Organization; o != nil {
		count(
			stackPath("organization.policies"),
			len(o.Own),
			q.SCPs,
			"service control policies",
			"an organization",
			"scps",
		)
	}
	return fits
}

// roles is how many roles the stack makes.
func (s *Stack) roles() int {
	n := len(s.OperationRoles) + len(s.DelegatedRoles) + len(s.Grants)
	if s.OSAccess != nil && len(s.OSAccess.StandingUsers)+len(s.OSAccess.StandingPrincipalARNs) > 0 {
		n++
	}
	return n
}

// mostRoles is the section with the most roles.
func (s *Stack) mostRoles() problem.Path {
	section, most := problem.Path("operationRoles"), len(s.OperationRoles)
	if n := len(s.DelegatedRoles); n > most {
		section, most = "delegatedRoles", n
	}
	if len(s.Grants) > most {
		section = "grants"
	}
	return stackPath(section)
}
