// Package derive reads from an account what it seems to be meant for.
package derive

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/claims/internal/osusers"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Intent is what an account seems to be meant for, when nobody says: every user is held to MFA, a role with
// the project tag is an operation role and any other role that names users a delegated role, both for the users whom
// their trust policies name, and no switch is on. It is what an audit of a live account starts from; the preferences
// of Session Manager, which authorization details do not have, are taken as not known.
func Intent(a world.Account) intent.Account {
	// Whoever passes their own OS user chooses nothing, whatever the role.
	in := intent.Account{Account: a.ID, OwnOSUserRoles: []string{"*"}}
	for i := range a.Users {
		in.Members = append(in.Members, a.Users[i].ARN(&a))
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		project := engine.FindTag(r.Tags, in.ProjectTagKey())
		users := world.TrustedUsers(r.Trust)
		switch {
		case project.Present:
			in.OperationRoles = append(in.OperationRoles, intent.OperationRole{
				Role:      intent.Role{ARN: r.ARN(&a), Principals: users, MFAMaxAge: 12 * time.Hour},
				Project:   project.One,
				RunAs:     engine.FindTag(r.Tags, world.RunAsTag).One,
				OwnOSUser: wantsOwnOSUser(r.Trust),
				Reboot:    true,
			})
		case len(users) > 0:
			in.DelegatedRoles = append(
				in.DelegatedRoles,
				intent.Role{ARN: r.ARN(&a), Principals: users, MFAMaxAge: time.Hour},
			)
		}
	}
	for _, p := range a.Preferences {
		in.Regions = append(in.Regions, p.Region)
	}
	return in
}

// wantsOwnOSUser reports whether a trust policy takes session tags and compares the OS user among them with the
// caller's own.
func wantsOwnOSUser(d policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(st policy.Statement) bool {
		return st.Effect == policy.EffectAllow && slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool {
			return strings.EqualFold(c.Key, osusers.RequestedOSUser) &&
				slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, osusers.OwnOSUser) })
		})
	})
}
