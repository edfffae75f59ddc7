package config

import (
	"cmp"

	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

// Stack is one stack file, decoded, with its defaults filled in. It is what an admin wrote and nothing that AWS
// knows. The component Args in it hold what their sections say; the methods return them complete.
type Stack struct {
	// Name is the stack's name, from the file name or from the engine.
	Name string
	// File is the file that was read, or "stack <name>" where the engine handed over values.
	File string
	// Folder is where the stack files are; paths in the file start there. Empty where there is no folder.
	Folder string
	// Environments are the Pulumi ESC environments that the file imports. Their values reach a deployment but no
	// reader of the file.
	Environments []string
	// AWS are the settings of the provider.
	AWS     AWS
	Account Account
	Tags    Tags
	// MFA is nil where the stack has neither the section nor users.
	MFA *group.Args
	// PasswordPolicy is nil where the account's password policy is left alone.
	PasswordPolicy *passwordpolicy.Args
	Users          []user.Args
	// Teams are the names of users of this stack by team, in the order of the file. Nil where there are none.
	Teams          map[string][]string
	OperationRoles []operation.Role
	DelegatedRoles []delegated.Args
	// Sessions is nil where the stack has neither the section nor operation roles.
	Sessions *preferences.Args
	// OSAccess is nil where there is no OS access besides operation roles. Grants open it.
	OSAccess *osaccess.Args
	Grants   []grant.Args
	// JustInTime is nil where just-in-time node access is not used.
	JustInTime *justintime.Args
	// IdentityCenter is nil but in the stack of the account that manages the instance.
	IdentityCenter *IdentityCenter
	// Organization is nil but in one stack of an organization.
	Organization *Organization
	// Siblings are the other stacks of the folder, by which people of their accounts are named.
	Siblings []Sibling
	Quotas   policy.Quotas
	// AWSManagedPolicies are names of AWS managed policies that AWS has and the list of this program does not.
	AWSManagedPolicies []string
	// TimeZone is the name of the zone in which times are said and shown; empty means that of the machine.
	TimeZone string
	// Protect makes the engine refuse every deletion of what the stack made.
	Protect bool
	// Adopt is what exists before the stack is deployed and becomes its own.
	Adopt  Adoption
	Expect []expect.Expectation
	Accept []Acceptance

	marks map[Path]mark
}

// stackKeys is the stack file: every other description hangs below it. A new noun adds a key here, in the order in
// which the reference shows it, and a file of its own.
var stackKeys = keys(
	"the guardrails of one account",
	key("account", func(s *Stack) *Account { return &s.Account }, accountKeys).
		required("write the account that the stack configures, such as {id: \"111122223333\"}").
		doc("The account that this stack configures.").
		example(map[string]any{"id": "111122223333", "alias": "jump"}),
	key("tags", func(s *Stack) *Tags { return &s.Tags }, tagsKeys).
		asSection().
		doc("The tags that decide access.").
		example(map[string]any{"project": "Project"}),
	key("mfa", func(s *Stack) **group.Args { return &s.MFA }, optionally(mfaKeys)).
		orNothing("the group is made with its defaults when the stack has users", "there is no user without it").
		doc("The group that enforces MFA. Every user of the stack is a member.").
		example(map[string]any{"firstPasswordChange": true}),
	key(
		"passwordPolicy",
		func(s *Stack) **passwordpolicy.Args { return &s.PasswordPolicy },
		optionally(passwordPolicyKeys),
	).
		orNothing("the account's password policy is left alone", "an account has one, which another stack may own").
		doc("The password policy of the account.").
		example(map[string]any{"minimumLength": 14}),
	key("users", func(s *Stack) *[]user.Args { return &s.Users }, listOf(userKeys)).
		orNothing("nobody signs in to this account", "people may all live in another account").
		doc("The people who sign in to this account. No password and no key is ever made: those are handed over by whoever runs the account.").
		example([]any{map[string]any{"name": "non-97-test-user1", "email": "test-user1@non-97.net"}}),
	key("teams", func(s *Stack) *map[string][]string { return &s.Teams }, teamsKind).
		orNothing("there are none", "people can be listed one by one").
		doc("Teams: a name each, with users of this stack. A team can be written wherever people are listed, as team in this stack and as alias/team in the others, and stands for "+
			"everybody in it, so that one edit moves a person everywhere. No user has the name of a team.").
		example(map[string]any{"shop": []string{"non-97-test-user1"}}),
	key("operationRoles", func(s *Stack) *[]operation.Role { return &s.OperationRoles }, listOf(operationRoleKeys)).
		orNothing("there are none", "not every account has nodes").
		doc("Roles that open shells on the nodes of one project as one OS user, and start and stop those nodes.").
		example([]any{map[string]any{"users": []string{"non-97-test-user1"}, "project": "Test Project 1", "runAs": "os-user1"}}),
	key("delegatedRoles", func(s *Stack) *[]delegated.Args { return &s.DelegatedRoles }, listOf(delegatedRoleKeys)).
		orNothing("there are none", "not every account delegates").
		doc("Roles with managed policies, for named people with fresh MFA.").
		example([]any{map[string]any{"name": "AdminRole", "users": []string{"machamp"}, "managedPolicies": []string{"AdministratorAccess"}}}),
	key("sessions", func(s *Stack) **preferences.Args { return &s.Sessions }, optionally(sessionsKeys)).
		orNothing("set with its defaults in the Region of aws:region when the stack has operation roles, left alone otherwise",
			"without it AWS opens shells as ssm-user with sudo, whatever the roles say").
		doc("Session Manager: the OS user of shells, limits and logs, per Region.").
		example(map[string]any{"regions": []string{"ap-northeast-1"}, "idleTimeout": "15m"}),
	key("osAccess", func(s *Stack) **osaccess.Args { return &s.OSAccess }, optionally(osAccessKeys)).
		orNothing("operation roles are the only way to a shell", "OS access reaches further than they do").
		doc("OS access: a template that grants open, for one person and for a while.").
		example(map[string]any{"rdp": true}),
	key("grants", func(s *Stack) *[]grant.Args { return &s.Grants }, listOf(grantKeys)).
		orNothing("nobody has been granted OS access", "grants come and go").
		doc("OS access for one person, from one instant until another. Each becomes a role of its own; the clock never decides what is made.").
		example([]any{map[string]any{"person": "jump/alice", "runAs": "alice", "from": "2026-12-01T09:00:00+09:00", "until": "2026-12-01T13:00:00+09:00", "ticket": "CHG1234"}}),
	key("timeZone", func(s *Stack) *string { return &s.TimeZone }, text(validateTimeZone)).
		orNothing("the zone of the machine", "people who work in several zones have one of their own each").
		doc("The zone in which the commands grant, revoke and grants read times without an offset, and show them: a name of the IANA time zone database. Times in this file have their offset.").
		example("Asia/Tokyo"),
	key("justInTime", func(s *Stack) **justintime.Args { return &s.JustInTime }, optionally(justInTimeKeys)).
		orNothing("just-in-time node access is not used", "switching the service on is work for its console").
		doc("Just-in-time node access of Systems Manager: who approves what, and what people need to ask and to approve.").
		example(map[string]any{"requesters": []string{"arn:aws:iam::444455556666:role/Developers"}}),
	key("identityCenter", func(s *Stack) **IdentityCenter { return &s.IdentityCenter }, optionally(identityCenterKeys)).
		orNothing("this stack says nothing about IAM Identity Center", "the stack of the account that manages the instance carries it").
		doc("IAM Identity Center: the attributes that become OS users and projects, and the permission sets.").
		example(map[string]any{"instance": "arn:aws:sso:::instance/ssoins-1234567890abcdef", "identityStore": "d-1234567890"}),
	key("organization", func(s *Stack) **Organization { return &s.Organization }, optionally(organizationKeys)).
		orNothing("this stack says nothing about the organization", "exactly one stack of an organization carries it").
		doc("The service control policies of the organization.").
		example(map[string]any{"id": "o-exampleorgid", "management": "123456789012", "tree": map[string]any{"id": "r-exam"}}),
	key("quotas", func(s *Stack) *policy.Quotas { return &s.Quotas }, quotaKeys).
		asSection().
		doc("AWS's limits on documents, where AWS has raised them for this account.").
		example(map[string]any{"trust": 4096}),
	key("awsManagedPolicies", func(s *Stack) *[]string { return &s.AWSManagedPolicies }, words(text(nil))).
		orNothing("AWS has the managed policies of this program's list", "the list is made from AWS's, and AWS adds to it").
		doc("Names of AWS managed policies that are newer than this program, with their path where they have one. A managed policy that is neither on the "+
			"list of the program nor here is refused, because AWS would refuse it half-way through a deployment.").
		example([]string{"job-function/NewFunction"}),
	key("protect", func(s *Stack) *bool { return &s.Protect }, boolean{}).
		orElse(false, "a protected resource cannot be removed by editing this file, which is how people leave").
		doc("Makes Pulumi refuse to delete anything that the stack made, until it is switched off again.").
		example(true),
	key("adopt", func(s *Stack) *Adoption { return &s.Adopt }, adoptKeys).
		asSection().
		doc("What exists in the account already and becomes this stack's: imported, then changed in place, nothing deleted. guardrails adopt writes it; once up "+
			"has run, it may stay or go.").
		example(map[string]any{"users": []string{"non-97-test-user1"}}),
	key("expect", func(s *Stack) *[]expect.Expectation { return &s.Expect }, listOf(expectationKind{expectationKeys})).
		orNothing("nothing beyond the standing proofs is expected", "the proofs hold without it").
		doc("What must be true of the stack; a deployment is refused when one of them is not.").
		example([]any{map[string]any{"it": "another project stays shut", "as": "non-97-test-user1", "via": "TestProject1-os-user1", "opens": "shell",
			"on": map[string]any{"instance": map[string]any{"Project": "Test Project 2"}}, "denied": true}}),
	key(
		"accept",
		func(s *Stack) *[]Acceptance { return &s.Accept },
		listOf(acceptanceKeys).distinct(func(a Acceptance) string { return a.ID }),
	).
		orNothing("a strict check fails on every waiver and assumption", "who weakens a proof should say why").
		doc("Waivers and assumptions that a strict check lets pass, each with its reason.").
		example([]any{map[string]any{"id": "mfa.enrolWithAccessKeys", "because": "the build users have no console password"}}),
)

// Position is where the value of the path stands in the file, or the nearest value around it; without a line where no
// file was read.
func (s *Stack) Position(path Path) Position {
	d := decoder{marks: s.marks}
	return d.mark(path).pos
}

// ComponentAccount is the account as the components want it.
func (s *Stack) ComponentAccount() guardrail.Account { return s.Account.Account }

// SignInName is what links call the account: its alias, or its id.
func (s *Stack) SignInName() string { return cmp.Or(s.Account.Alias, s.Account.ID) }

// ProjectTag is the key of the tag that pairs roles with nodes.
func (s *Stack) ProjectTag() string { return s.Tags.Project }

// World is the account as it will be when the stack is deployed, and nothing that others made in it.
func (s *Stack) World() world.Account {
	account := world.Account{ID: s.Account.ID, Alias: s.Account.Alias, Partition: s.Account.Partition}
	for _, noun := range s.nouns() {
		noun.args.AddTo(&account)
	}
	return account
}
