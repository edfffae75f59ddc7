package intent

import (
	"cmp"
	"time"

	"aws-access-guardrails/access/world"
)

// Account is what the proofs need to know about an account beside its documents: what its documents are for. A
// component says what it means to allow; the proofs hold the documents against it. The zero value of every field is
// the strict side.
type Account struct {
	// Account is the id of the account, which the world has. Required.
	Account string
	// ProjectTag is the key of the tag that ties roles to nodes. Empty means "Project".
	ProjectTag string
	// ProjectSeparator stands between the projects in the tag of a node that has several. Empty means that it has one.
	ProjectSeparator string
	// EnvironmentTag is the key of a second tag that ties roles with an environment to nodes. Empty means none.
	EnvironmentTag string
	// Members are the ARNs of the users whom the MFA guard holds: those in whose name it is claimed that nothing
	// works without MFA.
	Members []string
	// MFA are the switches of the guard.
	MFA MFA
	// OperationRoles and DelegatedRoles are the roles that people assume.
	OperationRoles []OperationRole
	DelegatedRoles []Role
	// Preferences are the Regions in which Session Manager's preferences are managed. Nil means that they are not
	// known.
	Regions []string
	// Administrators are the ARNs of users and roles that are meant to administer: roles with a delegated policy for
	// it, the deployer, break-glass roles. Nil means that nobody said, and then whoever can is listed and not held
	// against it.
	Administrators []string
	// Deployer is the ARN of the role or user that deploys the account's guardrails and must be able to undo them;
	// empty means not known.
	Deployer string
	// BreakGlass are the ARNs of roles for emergencies.
	BreakGlass []string
	// OwnOSUserRoles are patterns of the ARNs of roles, of this account and of others, to which members may pass
	// their own OS user as a session tag, and nothing else. Empty means none.
	OwnOSUserRoles []string
	// FreeDocuments are session documents that are meant to leave a part of a command to whoever starts a session.
	FreeDocuments []FreeDocument
	// RoleAccounts are the ids of other accounts whose roles under RolePath members may assume.
	RoleAccounts []string
	// RolePath is the path of the roles that RoleAccounts opens. Empty means "/guardrails/".
	RolePath string
}

// FreeDocument is a session document that leaves a part of a command to whoever starts a session.
type FreeDocument struct {
	// Name is the name of the document, and Key where that is configured, such as "sessionDocuments[0].free"; waivers
	// cite it.
	Name, Key string
}

// MFA are the switches of the MFA guard. Each widens what is possible without MFA, or what members may do for
// themselves.
type MFA struct {
	// FirstPasswordChange: a member may change their own password before MFA.
	FirstPasswordChange bool
	// EnrolWithAccessKeys: long-term keys may enrol a device.
	EnrolWithAccessKeys bool
	// AccessKeys: members manage their own access keys, with MFA.
	AccessKeys bool
	// ContactTags are the tag keys that members may write on themselves, with MFA.
	ContactTags []string
}

// Role is a role that people assume.
type Role struct {
	// Key is where the role is configured, such as "operationRoles[0]"; waivers cite it. Empty means nowhere.
	Key string
	// ARN is the ARN of the role.
	ARN string
	// Principals are the ARNs of the users who may assume it.
	Principals []string
	// MFAMaxAge is how long ago their MFA may be. Zero means that any age will do, which no component asks for.
	MFAMaxAge time.Duration
	// AnySessionName: sessions need not be named after the user.
	AnySessionName bool
	// IdentityCenter is the one person of IAM Identity Center who may assume it; Principals are empty then.
	IdentityCenter IdentityCenterUser
	// Partner is the third party that may assume it; Principals are empty then.
	Partner Partner
	// From and Until are the window outside of which the role is of no use: from the first instant until before the
	// second. Zero means always.
	From, Until time.Time
	// Shells are those that a role of OS access opens. The zero value is none.
	Shells Shells
	// Networks are those from which it may be assumed and used. The zero value is all.
	Networks Networks
}

// Networks are networks from which calls come.
type Networks struct {
	// Addresses are CIDR blocks of public addresses, VPCs and Endpoints the ids of VPCs and of VPC endpoints.
	Addresses, VPCs, Endpoints []string
}

// Any reports whether every network will do.
func (n Networks) Any() bool { return len(n.Addresses)+len(n.VPCs)+len(n.Endpoints) == 0 }

// Shells are the shells that a role opens which is no operation role.
type Shells struct {
	// Key is where the documents are configured, such as "osAccess"; waivers cite it. Empty means nowhere.
	Key string
	// Open says that the role opens shells at all.
	Open bool
	// Projects are the values of the project tag on the nodes; nil means every node of the account.
	Projects []string
	// Documents are the session documents that it may use besides the preferences document.
	Documents []string
	// Desktops says that it opens remote desktops of Windows nodes, Passwords that it reads the encrypted passwords of
	// their administrators.
	Desktops, Passwords bool
}

// IdentityCenterUser is a person of IAM Identity Center who assumes a role from a session of a permission set in the
// account of the role. The zero value is nobody.
type IdentityCenterUser struct {
	// ID is the id of the user in the identity store, Name the user name, after which the session is named.
	ID, Name string
}

// Partner is a third party that assumes a role from accounts of its own. The zero value is nobody.
type Partner struct {
	// Principals are the ARNs of its roles, users and accounts (":root"), ExternalID what they say.
	Principals []string
	ExternalID string
}

// OperationRole is a role that reaches the nodes of one project.
type OperationRole struct {
	Role
	// Project is the value of the project tag of the role and its nodes, Projects are the values where there are
	// several. Empty means none: the role reaches nothing.
	Project  string
	Projects []string
	// Environment is the value of the environment tag of the nodes that it reaches. Empty means any.
	Environment string
	// StartStop says that it starts and stops the instances of its projects, Reboot that it reboots them.
	StartStop bool
	Reboot    bool
	// RunAs is the OS user of its shells; empty means the default user of the preferences.
	RunAs string
	// OwnOSUser says that its shells start as the OS user of the person: the tag SSMSessionRunAs of the user, passed
	// as a session tag.
	OwnOSUser bool
	// NoShell says that it opens no shell: it may use Documents alone.
	NoShell bool
	// Documents are the session documents that it may use besides the preferences document.
	Documents []string
	// VolumeKeys are ARNs of the KMS keys on which it may have EC2 make grants, for the volumes of instances that it
	// starts.
	VolumeKeys []string
}

// OpeningRole is a role that opens sessions: an operation role, or one of OS access.
type OpeningRole struct {
	OperationRole
	// Everywhere says that it reaches every node of the account.
	Everywhere bool
	// Operates says that it starts and stops instances too.
	Operates bool
	// Desktops and Passwords are those of Shells.
	Desktops, Passwords bool
	// Waived is the key under which Documents are configured; waivers cite it.
	Waived string
}

// OpeningRoles are the roles that open sessions, operation roles first.
func (in *Account) OpeningRoles() []OpeningRole {
	all := make([]OpeningRole, 0, len(in.OperationRoles))
	for i := range in.OperationRoles {
		r := in.OperationRoles[i]
		all = append(all, OpeningRole{OperationRole: r, Operates: true, Waived: r.Key})
	}
	for i := range in.DelegatedRoles {
		if r := in.DelegatedRoles[i]; r.Shells.Open {
			all = append(all, r.Opening())
		}
	}
	return all
}

// Opening is a role of OS access as one that opens sessions.
func (r Role) Opening() OpeningRole {
	return OpeningRole{
		OperationRole: OperationRole{Role: r, Projects: r.Shells.Projects, Documents: r.Shells.Documents},
		Everywhere:    len(r.Shells.Projects) == 0,
		Desktops:      r.Shells.Desktops,
		Passwords:     r.Shells.Passwords,
		Waived:        r.Shells.Key,
	}
}

// AllProjects are the projects of the nodes that the role reaches.
func (r *OperationRole) AllProjects() []string {
	if r.Project != "" {
		return []string{r.Project}
	}
	return r.Projects
}

// SessionDocuments are all documents with which the role starts sessions, that of shells first.
func (r *OperationRole) SessionDocuments() []string {
	if r.NoShell {
		return r.Documents
	}
	return append([]string{world.PreferencesDocument}, r.Documents...)
}

func (in *Account) ProjectTagKey() string { return cmp.Or(in.ProjectTag, "Project") }

func (in *Account) AuthorizationTags() []string {
	keys := []string{in.ProjectTagKey(), world.RunAsTag}
	if in.EnvironmentTag != "" {
		keys = append(keys, in.EnvironmentTag)
	}
	return keys
}

// Roles are all the roles of the intent, operation roles first.
func (in *Account) Roles() []Role {
	var all []Role
	for i := range in.OperationRoles {
		all = append(all, in.OperationRoles[i].Role)
	}
	return append(all, in.DelegatedRoles...)
}
