package osaccess

import (
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

// Args is what opens operating systems without an operation role: the section "osAccess" of the stack file. It is a
// template: grants open it, each with a role of its own and for a while. Only people in StandingUsers can use it at
// any time, and only for them a shared role is made.
type Args struct {
	Account guardrail.Account
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// ProjectSeparator is what stands between the projects in the tag of a node that has several
	// ("tags.projectSeparator"). Empty means that a node has one project.
	ProjectSeparator string
	// Sessions are the preferences of the account: sessions open only in their Regions, because elsewhere AWS's
	// defaults apply (a shell as ssm-user, with sudo and without end). Required.
	Sessions *preferences.Args
	// ReadOnly lets the roles read the account with AWS's managed policy ReadOnlyAccess, which reads data too: see
	// Notices.
	ReadOnly bool
	// RDP opens remote desktops of Windows nodes through Fleet Manager.
	RDP bool
	// PasswordData lets RDP users read the encrypted password of a Windows node's local administrator, on the nodes
	// that they reach. It takes the private key of the node's key pair to decrypt it.
	PasswordData bool
	// Projects are the values of the project tag on the nodes that can be reached. Nil means every node of the
	// account; an empty list is refused.
	Projects []string
	// Documents are the names of the session documents that can be used besides the shell: "AWS-..." are AWS's,
	// others the account's own.
	Documents []string
	// AllowUnlogged accepts documents whose sessions leave the tag boundary, Run As or the logs.
	AllowUnlogged bool
	// GrantMaxLength is the longest window of a grant, in whole seconds, up to 7 days. Zero means 12 hours.
	GrantMaxLength time.Duration
	// StandingUsers are the names of IAM users of this account who can use the shared role OSAccess at any time.
	// Empty means nobody, and then no role is made.
	StandingUsers []string
	// StandingPrincipalARNs are ARNs of IAM users of other accounts who can use the shared role at any time.
	StandingPrincipalARNs []string
	// RunAs is the OS user of shells of the shared role. Empty means sessions.runAs.defaultUser.
	RunAs string
	// MFAMaxAge is how long ago the MFA of the sign-in may be, for the shared role and for grants, in whole seconds,
	// 1 minute to 36 hours. Zero means 1 hour.
	MFAMaxAge time.Duration
	// SourceNetworks are the networks from which the shared role and the roles of grants may be assumed and used. Empty
	// means all.
	SourceNetworks guardrail.SourceNetworks
	// UserPaths gives the path of users of this account who are not at "/", by user name.
	UserPaths map[string]string
	// PermissionsBoundary is the name or ARN of a managed policy beyond which nothing that the shared role and the roles
	// of grants carry allows anything. Empty means none.
	PermissionsBoundary string
	// ManagedPolicies are those that PermissionsBoundary can name.
	ManagedPolicies guardrail.ManagedPolicies
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}
