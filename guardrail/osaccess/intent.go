package osaccess

import (
	"aws-access-guardrails/access/intent"
)

// AddIntent says who may assume the shared role.
func (a *Args) AddIntent(in *intent.Account) {
	if a.Standing() {
		role := a.trust().Intent("osAccess", a.RoleARN())
		role.Shells = Opening{a, a.Projects}.Shells()
		in.DelegatedRoles = append(in.DelegatedRoles, role)
	}
}

// Shells are the shells that a role of the template is for.
func (o Opening) Shells() intent.Shells {
	return intent.Shells{
		Key: "osAccess", Open: true, Projects: o.Projects, Documents: o.Documents,
		Desktops: o.RDP, Passwords: o.PasswordData,
	}
}
