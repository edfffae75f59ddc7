package delegated

import (
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// AddIntent says who may assume the role. The key is where the role is configured, such as "delegatedRoles[0]".
func (a *Args) AddIntent(key string, in *intent.Account) {
	in.DelegatedRoles = append(in.DelegatedRoles, a.trust().Intent(key, a.RoleARN()))
}

// Args configures a role that carries managed policies for named people: an element of the section "delegatedRoles"
// of the stack file.
type Args struct {
	Account guardrail.Account
	// Name of the role. Required.
	Name string
	// Users are the names of IAM users of this account who may assume the role.
	Users []string
	// PrincipalARNs are ARNs of IAM users of other accounts who may assume the role. Roles, roots and wildcards are
	// refused.
	PrincipalARNs []string
	// Partner is a third party that assumes the role in place of people; nil means none. A role has people or a partner.
	Partner *guardrail.Partner
	// SourceNetworks are the networks from which the role may be assumed and used. Empty means all.
	SourceNetworks guardrail.SourceNetworks
	// ManagedPolicies are what the role may do: names of AWS managed policies ("AdministratorAccess",
	// "job-function/Billing") or ARNs of policies of AWS or of this account. Required.
	ManagedPolicies []string
	// MFAMaxAge is how long ago the MFA of the sign-in may be, in whole seconds, 1 minute to 36 hours. Zero means 1
	// hour.
	MFAMaxAge time.Duration
	// SessionName is how sessions of the role must be named. Empty means SessionNameUser.
	SessionName guardrail.SessionName
	// MaxSessionDuration is the longest session of the role, 1 to 12 hours. Zero means 1 hour.
	MaxSessionDuration time.Duration
	// GrantMaxLength is the longest window of a grant of the role, in whole seconds, up to 7 days. Zero means 12 hours.
	GrantMaxLength time.Duration
	// UserPaths gives the path of users of this account who are not at "/", by user name: UserArgs.Path says what a
	// path may be.
	UserPaths map[string]string
	// PermissionsBoundary is the name or ARN of a managed policy, as in ManagedPolicies, beyond which nothing that the
	// role carries allows anything. Empty means none.
	PermissionsBoundary string
	// AWSManagedPolicies are names, with their paths, of AWS managed policies that AWS has and
	// catalogue.ManagedPolicyNames does not. Optional.
	AWSManagedPolicies []string
	// OwnPolicies are the names of the customer managed policies that the stack makes (managedpolicy.Args). Optional.
	OwnPolicies []string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}
