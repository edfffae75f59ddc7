package osaccess

import (
	"aws-access-guardrails/access/claims"
)

// AddIntent says who may assume the shared role.
func (a *Args) AddIntent(in *claims.Intent) {
	if a.Standing() {
		in.DelegatedRoles = append(in.DelegatedRoles, a.trust().Intent("osAccess", a.RoleARN()))
	}
}
