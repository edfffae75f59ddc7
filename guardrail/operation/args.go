package operation

import (
	"cmp"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// Args configures the roles that reach the nodes of one project as one OS user: the section "operationRoles" of the
// stack file.
type Args struct {
	Account guardrail.Account
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// ProjectSeparator is what stands between the projects in the tag of a node that has several
	// ("tags.projectSeparator"): one of guardrail.ProjectSeparators. Empty means that a node has one project.
	ProjectSeparator string
	// EnvironmentTag is the key of the second tag ("tags.environment"). Empty means that no role has an Environment.
	EnvironmentTag string
	// DefaultRunAs is the OS user of sessions whose role names none ("sessions.runAs.defaultUser"). Empty means that
	// such a session fails, and then every role must name one.
	DefaultRunAs string
	// Regions are the Regions where sessions may open ("sessions.regions"): those whose preferences are set, because
	// elsewhere AWS's defaults open shells as ssm-user with sudo. Empty means every Region, which is right only where
	// somebody else sets the preferences.
	Regions []string
	// KMSKeyID is the key that encrypts session data ("sessions.kmsKeyId"): a key id or a key ARN, never an alias.
	// Empty means none.
	KMSKeyID string
	// Roles are the entries, in the order of the stack file. Empty means that nothing is made, the shared policies
	// included.
	Roles []Role
	// UserPaths gives the path of users of this account who are not at "/", by user name: UserArgs.Path says what a
	// path may be.
	UserPaths map[string]string
	// OSUsers are the OS users of people by the ARN of their user, of this account and of others: UserArgs.RunAs.
	// Roles with RunAsFromUser want one for each of their people.
	OSUsers map[string]string
	// ManagedPolicies are those that PermissionsBoundary of a role can name.
	ManagedPolicies guardrail.ManagedPolicies
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// Role is one entry of the section "operationRoles".
type Role struct {
	// Name of the role. Empty means a name derived from Project and RunAs, such as "TestProject1-os-user1".
	Name string
	// Users are the names of IAM users of this account who may assume the role.
	Users []string
	// PrincipalARNs are ARNs of IAM users of other accounts who may assume the role. Roles, roots and wildcards are
	// refused.
	PrincipalARNs []string
	// Project is the value of the project tag, on the role and on the nodes that it reaches. Either this or Projects is
	// required.
	Project string
	// Projects are the values of the project tag on the nodes that the role reaches, in place of Project. An empty list
	// is refused.
	Projects []string
	// Environment is the value of EnvironmentTag, on the role and on the nodes that it reaches. Empty means any.
	Environment string
	// Reboot lets the role reboot the instances of its projects too.
	Reboot bool
	// RunAs is the OS user of the role's shells on Linux and macOS. Empty means OperationRolesArgs.DefaultRunAs;
	// RunAsFromUser that everybody's shells start as the OS user of his or her own, so that several people share one
	// role.
	RunAs string
	// SourceNetworks are the networks from which the role may be assumed and used. Empty means all.
	SourceNetworks guardrail.SourceNetworks
	// Shell lets the role open shells; nil means that it does. Without it the role may use Documents alone.
	Shell *bool
	// Documents are the names of the session documents that the role may use besides the shell: "AWS-..." are AWS's,
	// others the account's own.
	Documents []string
	// VolumeKeyARNs are ARNs of the customer managed KMS keys that encrypt volumes of the project's instances, of
	// this account or of others. Whoever starts such an instance makes a grant on the key for EC2; without it the
	// instance falls back to stopped. Empty means that no volume has such a key.
	VolumeKeyARNs []string
	// PermissionsBoundary is the name or ARN of a managed policy beyond which nothing that the role carries allows
	// anything. Empty means none.
	PermissionsBoundary string
	// AllowUnlogged accepts documents whose sessions leave the tag boundary, Run As or the logs.
	AllowUnlogged bool
	// MFAMaxAge is how long ago the MFA of the sign-in may be, in whole seconds, 1 minute to 36 hours. Zero means 12
	// hours.
	MFAMaxAge time.Duration
	// SessionName is how sessions of the role must be named. Empty means SessionNameUser.
	SessionName guardrail.SessionName
	// MaxSessionDuration is the longest session of the role, 1 to 12 hours. Zero means 1 hour.
	MaxSessionDuration time.Duration
	// GrantMaxLength is the longest window of a grant of the role, in whole seconds, up to 7 days. Zero means 12 hours.
	GrantMaxLength time.Duration
}

// ProjectList are the projects whose nodes the role reaches.
func (r Role) ProjectList() []string {
	if r.Projects == nil && r.Project != "" {
		return []string{r.Project}
	}
	return r.Projects
}

// With is the role with these projects of its own alone; a role with one Project stays as it is.
func (r Role) With(projects []string) Role {
	if r.Projects != nil {
		r.Projects = projects
	}
	return r
}

// RunAsFromUser as the OS user of a role stands for that of the user who assumes it. It has an upper-case letter, so
// no login is spelt like it.
const RunAsFromUser = "fromUser"

// AddIntent says who may assume which role, and what for.
func (a *Args) AddIntent(in *intent.Account) {
	for i, r := range a.Roles {
		in.OperationRoles = append(
			in.OperationRoles,
			a.Intent(r, a.trust(r).Intent(string(rolePath(i)), a.RoleARN(r))),
		)
	}
}

// Intent is what the role of an entry is for, for the people of who.
func (a *Args) Intent(r Role, who intent.Role) intent.OperationRole {
	role := intent.OperationRole{
		Role:       who,
		Projects:   r.ProjectList(),
		RunAs:      cmp.Or(r.RunAs, a.DefaultRunAs),
		Documents:  r.Documents,
		VolumeKeys: r.VolumeKeyARNs,
		StartStop:  true,
		Reboot:     r.Reboot,
		NoShell:    !r.OpensShells(),

		Environment: r.Environment,
	}
	if role.OwnOSUser = r.FromUser(); role.OwnOSUser {
		role.RunAs = ""
	}
	return role
}
