package components

import "aws-access-guardrails/access"

// AddIntent says who may assume the shared role.
func (a *OSAccessArgs) AddIntent(in *access.Intent) {
	if a.standing() {
		in.DelegatedRoles = append(in.DelegatedRoles, a.trust().intent("osAccess", a.RoleARN()))
	}
}

// AddIntent says who may assume the role of the grant. The key is where the grant is configured, such as "grants[0]".
func (a *AccessGrantArgs) AddIntent(key string, in *access.Intent) {
	role := a.trust().intent(key, a.RoleARN())
	role.From, role.Until = a.From, a.Until
	in.DelegatedRoles = append(in.DelegatedRoles, role)
}
