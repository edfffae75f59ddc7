package scp

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
)

// Args are the guardrails of a whole organization: the section "organization" of the stack file. Exactly one stack of
// an organization carries it: that of the management account, or of an account to which the administration of
// policies is delegated.
//
// Roles are written as "role/Name" or "role/path/Name", which is the role of that name in every account, or as the
// ARN of one account's role. A role that is exempt from a guardrail is always protected by protectGuardrails as well,
// or the values are refused: an exemption that an administrator of an account can make for himself is none.
type Args struct {
	// Account is the account that the stack runs in.
	Account guardrail.Account
	// ID is the id of the organization (o-...). Required.
	ID string
	// Management is the id of the management account, to which no service control policy applies. Required.
	Management string
	// Tree is the root with its units and accounts. Required.
	Tree Unit
	// ProjectTag is the tag key that pairs roles with nodes ("tags.project"). Empty means DefaultProjectTag.
	ProjectTag string
	// EnvironmentTag is the key of the second tag that decides access ("tags.environment"). Empty means none.
	EnvironmentTag string
	// Deployer is the role that deploys the stacks of the accounts ("account.deployer"). Required where something is
	// protected.
	Deployer string
	// BreakGlass are the roles for emergencies ("account.breakGlass"). No guardrail binds them, and only they and
	// Deployer change them. At least one is required where something is denied.
	BreakGlass []string
	// JustInTimeAccounts are the ids of the accounts that use just-in-time node access. Its token role is exempt in
	// them alone; its roles and settings are protected in every account. Empty means that it is not used.
	JustInTimeAccounts []string
	// MFAGroups are the ARNs of the MFA groups of the accounts. Those under RolePath are protected wherever they are;
	// list at least the others.
	MFAGroups []string
	// The guardrails. Nil means that there is none.
	OSAccessOnly      *OSAccessOnly
	ConsolePasswords  *ConsolePasswords
	ProtectGuardrails *ProtectGuardrails
	MemberRoot        *MemberRoot
	// Policies are documents of the admin's own.
	Policies []OwnPolicy
	// Attached is the number of policies on a target (by id) that others manage, FullAWSAccess included. A target
	// that is missing has FullAWSAccess alone, or nothing where it is one of AllowList.
	Attached map[string]int
	// AllowList are the ids of the targets from which FullAWSAccess is detached, so that what stands below them can do
	// only what Policies there allow. Each carries a policy with an Allow. AllowListSheet says how it is detached.
	AllowList []string
	// Placement says in which policies statements stand (by Sid), where a guardrail is too large for one. A statement
	// stays where it is placed as long as it fits there, whatever is added beside it. Plan.Placement returns what to
	// write here.
	Placement map[string][]string
	// Quotas bound the documents and their number. A field of zero means today's value.
	Quotas policy.Quotas
}

// Unit is the root or a unit of the organization with what stands below it.
type Unit struct {
	// ID is r-... or ou-...; Name is for people.
	ID, Name string
	Units    []Unit
	// Accounts are account ids.
	Accounts []string
}

// OSAccessOnly closes every door to an operating system but for the guarded roles: those of OSAccess and grants, and
// the roles that are named here.
type OSAccessOnly struct {
	// Targets are ids of the root, of units or of accounts. Required.
	Targets []string
	// OperationRoles exempts operation roles, which bound their sessions themselves.
	OperationRoles bool
	// PermissionSets are names of permission sets of IAM Identity Center that are exempt. Who may assign them opens
	// shells.
	PermissionSets []string
	// Exempt are more roles that are exempt from all of it.
	Exempt []string
	// RemoteExecution is the second switch: commands that Systems Manager runs on nodes as root.
	RemoteExecution RemoteExecution
}

// RemoteExecution says what becomes of SendCommand, associations and maintenance windows. It is a switch of its own
// because patching, inventory and agents' updates come through the same door.
type RemoteExecution struct {
	// Mode is what happens. Empty means RemoteExecutionReport.
	Mode RemoteExecutionMode
	// QuickSetup exempts and protects the roles that Systems Manager Quick Setup makes (AWS-QuickSetup-*), and those
	// that make them.
	QuickSetup bool
	// Patching exempts and protects the roles of Quick Setup's patch policies alone.
	Patching bool
	// Exempt are more roles that may run commands.
	Exempt []string
}

// RemoteExecutionMode is off, report or deny.
type RemoteExecutionMode string

// The modes. RemoteExecutionReport denies nothing, and Notices say what RemoteExecutionDeny would.
const (
	RemoteExecutionOff    RemoteExecutionMode = "off"
	RemoteExecutionReport RemoteExecutionMode = "report"
	RemoteExecutionDeny   RemoteExecutionMode = "deny"
)

// ConsolePasswords lets IAM users have console passwords in the jump accounts and nowhere else. Users without a
// password stay possible everywhere, and so do their access keys, changing one's own password, and deleting passwords
// that are left over.
type ConsolePasswords struct {
	// Targets are ids of the root, of units or of accounts. Required.
	Targets []string
	// JumpAccounts are the ids of the accounts that people sign in to. The management account is refused: nothing
	// would bind it. Required.
	JumpAccounts []string
	// ExemptRoot lets the root user of every account set passwords. Off, break-glass roles are the way out.
	ExemptRoot bool
}

// ProtectGuardrails keeps administrators of accounts from changing what the guardrails rest on: the guarded roles and
// every other exempt role, policies, the MFA group, other people's credentials, authorization tags, session
// documents, and staying in the organization.
type ProtectGuardrails struct {
	// Targets are ids of the root, of units or of accounts. Required. Every target of a guardrail that exempts roles
	// must be one or stand below one.
	Targets []string
	// Bootstrap are the roles that make Deployer in a new account, such as role/OrganizationAccountAccessRole. They
	// can make nothing else that is protected, and change nothing.
	Bootstrap []string
	// CredentialAdmins are the roles that hand out and reset other people's passwords, access keys and MFA devices in
	// PeopleAccounts. They can become anybody there.
	CredentialAdmins []string
	// Taggers are the roles that may write the project tag on existing nodes, such as that of a pipeline.
	Taggers []string
	// StackSetAdmins are the roles of member accounts that write stack sets and configure Quick Setup, as a delegated
	// administrator does. Through the roles of those services they can become every role that AWS makes with them.
	// Refused where no such role is exempt.
	StackSetAdmins []string
	// PeopleAccounts are the ids of the accounts whose IAM users are people of the guardrails. Nil means
	// ConsolePasswords.JumpAccounts.
	PeopleAccounts []string
	// OwnOSUsers lets people pass their own OS user (UserArgs.RunAs), and nothing else, as a session tag to roles
	// under role/guardrails/operation/from-user/, which OperationRole.RunAs "fromUser" makes. Off, nobody but the
	// deployer passes a tag that decides access.
	OwnOSUsers bool
}

// MemberRoot denies everything to the root users of accounts but for central root sessions (sts:AssumeRoot), which
// need no root credentials.
type MemberRoot struct {
	// Targets are ids of the root, of units or of accounts. Required.
	Targets []string
}

// OwnPolicy is a service control policy that the admin wrote. It is held against the same rules as the guardrails'
// own: grammar, size, and that every role it exempts is protected.
type OwnPolicy struct {
	// Name of the policy, 1 to 128 characters, not beginning with "guardrails-". Required.
	Name string
	// Description is at most 512 characters. Optional.
	Description string
	// File is where the document was read from, for problems.
	File string
	// Document is the policy. Required.
	Document policy.Document
	// Targets are ids of the root, of units or of accounts. Required.
	Targets []string
}
