package components

import (
	"aws-access-guardrails/access"
)

// The type tokens of the components. They are part of every URN and change only with an alias and a "Breaking:" line.
const (
	MFAGroupToken           = "guardrails:iam:MFAGroup"
	UserToken               = "guardrails:iam:User"
	OperationRolesToken     = "guardrails:iam:OperationRoles"
	DelegatedRoleToken      = "guardrails:iam:DelegatedRole"
	PasswordPolicyToken     = "guardrails:iam:PasswordPolicy"
	SessionPreferencesToken = "guardrails:ssm:SessionPreferences"
)

// The physical names of the policies, by which explanations and CloudTrail cite them.
const (
	// GuardPolicyName is the inline policy of the MFA group that carries the Denies and enrolment.
	GuardPolicyName = "mfa-guard"
	// SelfServicePolicyName is the inline policy of the MFA group with what members may do for themselves.
	SelfServicePolicyName = "self-service"
	// RoleAccountsPolicyName is the inline policy of the MFA group that opens the way into other accounts.
	RoleAccountsPolicyName = "role-accounts"
	// OperationGuardPolicyName is the managed policy of every operation role that carries the Denies.
	OperationGuardPolicyName = "guardrails-operation-guard"
	// OperationSessionsPolicyName is the managed policy of every operation role that opens sessions on nodes of its project.
	OperationSessionsPolicyName = "guardrails-operation-sessions"
	// OperationStartStopPolicyName is the managed policy of every operation role that starts and stops instances of its project.
	OperationStartStopPolicyName = "guardrails-operation-start-stop"
	// NodePolicyName is the managed policy with what nodes need for the logs and the key of sessions.
	NodePolicyName = "guardrails-session-node"
	// SessionDocumentsPolicyName is the inline policy of an operation role with the session documents of its entry.
	SessionDocumentsPolicyName = "session-documents"
	// VolumeKeysPolicyName is the inline policy of an operation role with the keys of the volumes of its instances.
	VolumeKeysPolicyName = "volume-keys"
)

// PreferencesDocument is the name of the SSM document that holds Session Manager's preferences, and that a session uses when none is
// named. Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html.
const PreferencesDocument = access.PreferencesDocument

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
	childPreferences      = "preferences"
	childPasswordPolicy   = "policy"
	childAttributes       = "configuration"
	childPermissionSet    = "permission-set"
	childAssignment       = "assignment"
)

// childName is "<component>-<what>[-<key>]": the key is a configured name, never an index, so that a child keeps its URN whatever is
// added or removed beside it.
func childName(component, what string, key ...string) string {
	name := component + "-" + what
	for _, k := range key {
		name += "-" + k
	}
	return name
}
