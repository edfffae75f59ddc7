package components

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// DelegatedRoleArgs configures a role that carries managed policies for named people: an element of the section "delegatedRoles" of the
// stack file.
type DelegatedRoleArgs struct {
	Account Account
	// Name of the role. Required.
	Name string
	// Users are the names of IAM users of this account who may assume the role.
	Users []string
	// PrincipalARNs are ARNs of IAM users of other accounts who may assume the role. Roles, roots and wildcards are refused.
	PrincipalARNs []string
	// ManagedPolicies are what the role may do: names of AWS managed policies ("AdministratorAccess", "job-function/Billing") or ARNs of
	// policies of AWS or of this account. Required.
	ManagedPolicies []string
	// MFAMaxAge is how long ago the MFA of the sign-in may be, in whole seconds, 1 minute to 36 hours. Zero means 1 hour.
	MFAMaxAge time.Duration
	// SessionName is how sessions of the role must be named. Empty means SessionNameUser.
	SessionName SessionName
	// MaxSessionDuration is the longest session of the role, 1 to 12 hours. Zero means 1 hour.
	MaxSessionDuration time.Duration
	// UserPaths gives the path of users of this account who are not at "/", by user name.
	UserPaths map[string]string
	// UserResources are the resources that make users of this account, by user name: see OperationRolesArgs.UserResources.
	UserResources map[string]pulumi.Resource
	// Quotas bound the documents. The zero value means policy.DefaultQuotas.
	Quotas policy.Quotas
}
