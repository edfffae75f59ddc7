package grant

import (
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail/osaccess"
)

// AddIntent says who may assume the role of the grant. The key is where the grant is configured, such as "grants[0]".
func (a *Args) AddIntent(key string, in *intent.Account) {
	if _, described := a.template(); !described {
		return
	}
	role := a.trust().Intent(key, a.RoleARN())
	role.From, role.Until = a.From, a.Until
	if entry, isOperation := a.OperationRole(); isOperation {
		entry = entry.With(a.Reaches())
		entry.RunAs = a.ShellsRunAs()
		in.OperationRoles = append(in.OperationRoles, a.OperationRoles.Intent(entry, role))
		return
	}
	if t := a.OSAccess; t != nil {
		role.Shells = osaccess.Opening{Args: t, Projects: a.Reaches()}.Shells()
	}
	in.DelegatedRoles = append(in.DelegatedRoles, role)
}
