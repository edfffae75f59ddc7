package intent

// Organization is what the service control policies of an organization are for: the proofs hold what is
// attached against it. The accounts, the tree and the policies themselves are those of the world. Roles are patterns
// on aws:PrincipalArn, such as "arn:aws:iam::*:role/BreakGlass". The zero value of every field is the strict side:
// nobody is exempt.
type Organization struct {
	// Account is the id of the account that administers the policies: the management account, or one to which that is
	// delegated. Required.
	Account string
	// Management is the id of the management account. Required.
	Management string
	// Deployer is the ARN of the principal that deploys the policies; empty means that it is not known.
	Deployer string
	// Changers may change what is protected: the deployers of the accounts and the roles for emergencies.
	Changers []string
	// MemberDeployer is the deployer of every account and BreakGlass are the roles for emergencies there, as ends of
	// ARNs ("role/GuardrailDeployer"). Entries that are whole ARNs speak of their account alone.
	MemberDeployer string
	BreakGlass     []string
	// ProjectTag is the key of the tag that ties roles to nodes. Empty means "Project".
	ProjectTag string
	// EnvironmentTag is the key of a second tag that ties roles to nodes. Empty means none.
	EnvironmentTag string
	// Doors is nil when doors are not closed, and so with the other guardrails.
	Doors     *Doors
	Passwords *Passwords
	Protected *Protected
	// RootAccounts are the accounts whose root users can do nothing but in central root sessions.
	RootAccounts []string
}

// Doors says who may open an operating system.
type Doors struct {
	// Accounts are the ids of the accounts whose doors are closed.
	Accounts []string
	// Outside are the member accounts whose doors are not.
	Outside []string
	// Sessions may start and resume sessions; OtherDoors may use every other door, RemoteExecution may make Systems
	// Manager run commands.
	Sessions, OtherDoors, RemoteExecution []string
	// PermissionSets are those whose roles are among Sessions, by name.
	PermissionSets []ExemptPermissionSet
	// RemoteExecutionOpen says that remote execution is not denied at all.
	RemoteExecutionOpen bool
}

// ExemptPermissionSet is a permission set of IAM Identity Center that may start sessions.
type ExemptPermissionSet struct {
	Name string
	// Known says that it is known what the permission set does, OpensSessions that its own policies bound the
	// sessions that it opens.
	Known, OpensSessions bool
}

// Passwords says where IAM users have console passwords.
type Passwords struct {
	// Accounts are the ids of the accounts without console passwords, JumpAccounts of those with.
	Accounts, JumpAccounts []string
	// Exempt may set passwords everywhere.
	Exempt []string
	// RootExempt lets root users do so, too.
	RootExempt bool
}

// Protected says what administrators of accounts cannot change.
type Protected struct {
	// Accounts are the ids of the accounts in which it is protected.
	Accounts []string
	// Roles are the protected roles: all that some guardrail exempts, and those of the guardrails themselves.
	Roles []string
	// MadeBy are further roles that make and change protected ones.
	MadeBy []Makers
	// CredentialAdmins may change the credentials of the users of PeopleAccounts; Taggers may write the project tag
	// of nodes.
	CredentialAdmins, Taggers []string
	// StackSetAdmins may write stack sets and configure Quick Setup.
	StackSetAdmins []string
	// Outside are the member accounts in which nothing is protected.
	Outside []string
	// PeopleAccounts are the accounts whose users are people.
	PeopleAccounts []string
	// Groups are the ARNs of MFA groups besides those under the path /guardrails/, which are protected in every
	// account.
	Groups []string
	// OwnOSUserRoles are patterns of the ARNs of roles to which people may pass their own OS user as a session tag.
	// Empty means none.
	OwnOSUserRoles []string
	// JustInTime says that the approval policies and settings of just-in-time node access are protected, too.
	JustInTime bool
	// ServiceRoles are the roles with which Quick Setup changes approval policies and settings.
	ServiceRoles []string
}

// Makers are roles that may make certain protected roles, and nothing else that is protected.
type Makers struct {
	// By may make Roles.
	By, Roles []string
	// Change lets them also change, pass and delete those.
	Change bool
}

// NodeTags are the keys of the tags that tie roles to nodes.
func (in *Organization) NodeTags() []string {
	if in.EnvironmentTag == "" {
		return []string{in.ProjectTagKey()}
	}
	return []string{in.ProjectTagKey(), in.EnvironmentTag}
}

func (in *Organization) ProjectTagKey() string {
	if in.ProjectTag == "" {
		return "Project"
	}
	return in.ProjectTag
}
