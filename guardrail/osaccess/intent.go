package osaccess

import (
	"aws-access-guardrails/access/intent"
)

// AddIntent says who may assume the shared role.
func (a *Args) AddIntent(in *intent.Account) {
	if a.Standing() {
		in.DelegatedRoles = append(in.DelegatedRoles, a.trust().Intent("osAccess", a.RoleARN()))
	}
}
