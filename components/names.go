package components

// The type tokens of the components. They are part of every URN and change only with an alias and a "Breaking:" line.
const (
	MFAGroupToken           = "guardrails:iam:MFAGroup"
	UserToken               = "guardrails:iam:User"
	OperationRolesToken     = "guardrails:iam:OperationRoles"
	DelegatedRoleToken      = "guardrails:iam:DelegatedRole"
	ManagedPolicyToken      = "guardrails:iam:ManagedPolicy"
	PasswordPolicyToken     = "guardrails:iam:PasswordPolicy"
	SessionPreferencesToken = "guardrails:ssm:SessionPreferences"
	SessionDocumentToken    = "guardrails:ssm:SessionDocument"
)

// What children are, in their names.
const (
	childGroup            = "group"
	childGuard            = "guard"
	childSelfService      = "self-service"
	childRoleAccounts     = "role-accounts"
	childUser             = "user"
	childMembership       = "membership"
	childPolicy           = "policy"
	childRole             = "role"
	childInlinePolicy     = "inline-policy"
	childAttachment       = "attachment"
	childInlinePolicies   = "inline-policies"
	childAttachedPolicies = "attached-policies"
	childDocument         = "document"
	childPreferences      = "preferences"
	childPasswordPolicy   = "policy"
	childAttributes       = "configuration"
	childPermissionSet    = "permission-set"
	childAssignment       = "assignment"
	childBoundary         = "permissions-boundary"
)

// childName is "<component>-<what>[-<key>]": the key is a configured name, never an index, so that a child keeps its
// URN whatever is added or removed beside it.
func childName(component, what string, key ...string) string {
	name := component + "-" + what
	for _, k := range key {
		name += "-" + k
	}
	return name
}
