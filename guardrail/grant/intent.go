package grant

import (
	"aws-access-guardrails/access/claims"
)

// AddIntent says who may assume the role of the grant. The key is where the grant is configured, such as "grants[0]".
func (a *Args) AddIntent(key string, in *claims.Intent) {
	role := a.trust().Intent(key, a.RoleARN())
	role.From, role.Until = a.From, a.Until
	in.DelegatedRoles = append(in.DelegatedRoles, role)
}
