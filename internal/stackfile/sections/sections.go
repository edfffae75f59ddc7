package sections

import (
	"strings"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/sessiondocument"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// All are the sections of one stack file: what an admin wrote and nothing else. Defaults that a key has by itself are
// filled in; those that depend on another section are not, and people are named as lists name them.
type All struct {
	Account Account
	Tags    Tags
	// MFA is nil where the file has no such section.
	MFA *group.Args
	// PasswordPolicy is nil where the account's password policy is left alone.
	PasswordPolicy *passwordpolicy.Args
	Users          []user.Args
	// Teams are the names of users of this stack by team, in the order of the file. Nil where there are none.
	Teams          map[string][]string
	OperationRoles []OperationRole
	DelegatedRoles []DelegatedRole
	// Sessions is nil where the file has no such section.
	Sessions *preferences.Args
	// SessionDocuments are the session documents that the stack makes.
	SessionDocuments []sessiondocument.Args
	// OSAccess is nil where there is no OS access besides operation roles. Grants open it.
	OSAccess *OSAccess
	Grants   []grant.Args
	// JustInTime is nil where just-in-time node access is not used.
	JustInTime *justintime.Args
	// IdentityCenter is nil but in the stack of the account that manages the instance.
	IdentityCenter *IdentityCenter
	// Organization is nil but in one stack of an organization.
	Organization *Organization
	Quotas       policy.Quotas
	// ManagedPolicies are the customer managed policies that the stack makes.
	ManagedPolicies []ManagedPolicy
	// AWSManagedPolicies are names of AWS managed policies that AWS has and the list of this program does not.
	AWSManagedPolicies []string
	// TimeZone is the name of the zone in which times are said and shown; empty means that of the machine.
	TimeZone string
	// Protect makes the engine refuse every deletion of what the stack made.
	Protect bool
	// Adopt is what exists before the stack is deployed and becomes its own.
	Adopt  Adoption
	Expect []expectation.Expectation
	Accept []Acceptance
}

// Keys are those below guardrails: every other description hangs below them. A new noun adds a key here, in the order
// in which the reference shows it, and a file of its own.
var Keys = strictyaml.Keys(
	"the guardrails of one account",
	strictyaml.Key("account", func(s *All) *Account { return &s.Account }, accountKeys).
		Required("write the account that the stack configures, such as {id: \"111122223333\"}").
		Doc("The account that this stack configures.").
		Example(map[string]any{"id": "111122223333", "alias": "jump"}),
	strictyaml.Key("tags", func(s *All) *Tags { return &s.Tags }, tagsKeys).
		AsSection().
		Doc("The tags that decide access.").
		Example(map[string]any{"project": "Project"}),
	strictyaml.Key("mfa", func(s *All) **group.Args { return &s.MFA }, strictyaml.Optionally(mfaKeys)).
		OrNothing("the group is made with its defaults when the stack has users", "there is no user without it").
		Doc("The group that enforces MFA. Every user of the stack is a member.").
		Example(map[string]any{"firstPasswordChange": true}),
	strictyaml.Key(
		"passwordPolicy",
		func(s *All) **passwordpolicy.Args { return &s.PasswordPolicy },
		strictyaml.Optionally(passwordPolicyKeys),
	).
		OrNothing("the account's password policy is left alone", "an account has one, which another stack may own").
		Doc("The password policy of the account.").
		Example(map[string]any{"minimumLength": 14}),
	strictyaml.Key(
		"managedPolicies",
		func(s *All) *[]ManagedPolicy { return &s.ManagedPolicies },
		strictyaml.ListOf(managedPolicyKeys).Distinct(func(p ManagedPolicy) string { return strings.ToLower(p.Name) }),
	).
		OrNothing("there are none", "AWS has policies for most work").
		Doc("Customer managed policies: what delegated roles carry, and what bounds users and roles "+
			"(permissionsBoundary). The proofs read their documents.").
		Example([]any{map[string]any{"name": "OnlyTokyo", "policyFile": "policies/only-tokyo.json"}}),
	strictyaml.Key("users", func(s *All) *[]user.Args { return &s.Users }, strictyaml.ListOf(userKeys)).
		OrNothing("nobody signs in to this account", "people may all live in another account").
		Doc("The people who sign in to this account. No password and no key is ever made: those are handed over by "+
			"whoever runs the account.").
		Example([]any{map[string]any{"name": "non-97-test-user1", "email": "test-user1@non-97.net"}}),
	strictyaml.Key("teams", func(s *All) *map[string][]string { return &s.Teams }, teamsKind).
		OrNothing("there are none", "people can be listed one by one").
		Doc("Teams: a name each, with users of this stack. A team can be written wherever people are listed, as "+
			"team in this stack and as alias/team in the others, and stands for "+
			"everybody in it, so that one edit moves a person everywhere. No user has the name of a team.").
		Example(map[string]any{"shop": []string{"non-97-test-user1"}}),
	strictyaml.Key("operationRoles", func(s *All) *[]OperationRole { return &s.OperationRoles }, strictyaml.ListOf(operationRoleKeys)).
		OrNothing("there are none", "not every account has nodes").
		Doc("Roles that open shells on the nodes of one project as one OS user, and start and stop those nodes.").
		Example([]any{map[string]any{"users": []string{"non-97-test-user1"}, "project": "Test Project 1", "runAs": "os-user1"}}),
	strictyaml.Key("delegatedRoles", func(s *All) *[]DelegatedRole { return &s.DelegatedRoles }, strictyaml.ListOf(delegatedRoleKeys)).
		OrNothing("there are none", "not every account delegates").
		Doc("Roles with managed policies, for named people with fresh MFA.").
		Example([]any{map[string]any{"name": "AdminRole", "users": []string{"machamp"}, "managedPolicies": []string{"AdministratorAccess"}}}),
	strictyaml.Key("sessions", func(s *All) **preferences.Args { return &s.Sessions }, strictyaml.Optionally(sessionsKeys)).
		OrNothing("set with its defaults in the Region of aws:region when the stack has operation roles, left alone otherwise",
			"without it AWS opens shells as ssm-user with sudo, whatever the roles say").
		Doc("Session Manager: the OS user of shells, limits and logs, per Region.").
		Example(map[string]any{"regions": []string{"ap-northeast-1"}, "idleTimeout": "15m"}),
	strictyaml.Key("sessionDocuments", func(s *All) *[]sessiondocument.Args { return &s.SessionDocuments },
		strictyaml.ListOf(sessionDocumentKeys).Distinct(func(a sessiondocument.Args) string { return a.Name })).
		OrNothing("there are none", "shells and the documents of AWS do for most work").
		Doc("Session documents of the account's own, in the Regions of sessions: one port of one host, or one "+
			"command. They open nothing until a role lists them in documents.").
		Example([]any{map[string]any{"name": "ShopDatabase", "portForwarding": map[string]any{"host": "db.example.internal", "port": 5432}}}),
	strictyaml.Key("osAccess", func(s *All) **OSAccess { return &s.OSAccess }, strictyaml.Optionally(osAccessKeys)).
		OrNothing("operation roles are the only way to a shell", "OS access reaches further than they do").
		Doc("OS access: a template that grants open, for one person and for a while.").
		Example(map[string]any{"rdp": true}),
	strictyaml.Key("grants", func(s *All) *[]grant.Args { return &s.Grants }, strictyaml.ListOf(grantKeys)).
		OrNothing("nobody has been granted OS access", "grants come and go").
		Doc("OS access for one person, from one instant until another. Each becomes a role of its own; the clock "+
			"never decides what is made.").
		Example([]any{map[string]any{"person": "jump/alice", "runAs": "alice", "from": "2030-12-01T09:00:00+09:00", "until": "2030-12-01T13:00:00+09:00", "ticket": "CHG1234"}}),
	strictyaml.Key("timeZone", func(s *All) *string { return &s.TimeZone }, strictyaml.Text(validateTimeZone)).
		OrNothing("the zone of the machine", "people who work in several zones have one of their own each").
		Doc("The zone in which the commands grant, revoke and grants read times without an offset, and show them: "+
			"a name of the IANA time zone database. Times in this file have their offset.").
		Example("Asia/Tokyo"),
	strictyaml.Key("justInTime", func(s *All) **justintime.Args { return &s.JustInTime }, strictyaml.Optionally(justInTimeKeys)).
		OrNothing("just-in-time node access is not used", "switching the service on is work for its console").
		Doc("Just-in-time node access of Systems Manager: who approves what, and what people need to ask and to "+
			"approve.").
		Example(map[string]any{"requesters": []string{"arn:aws:iam::444455556666:role/Developers"}}),
	strictyaml.Key("identityCenter", func(s *All) **IdentityCenter { return &s.IdentityCenter }, strictyaml.Optionally(identityCenterKeys)).
		OrNothing("this stack says nothing about IAM Identity Center", "the stack of the account that manages the instance carries it").
		Doc("IAM Identity Center: the attributes that become OS users and projects, and the permission sets.").
		Example(map[string]any{"instance": "arn:aws:sso:::instance/ssoins-1234567890abcdef", "identityStore": "d-1234567890"}),
	strictyaml.Key("organization", func(s *All) **Organization { return &s.Organization }, strictyaml.Optionally(organizationKeys)).
		OrNothing("this stack says nothing about the organization", "exactly one stack of an organization carries it").
		Doc("The service control policies of the organization.").
		Example(map[string]any{"id": "o-exampleorgid", "management": "123456789012", "tree": map[string]any{"id": "r-exam"}}),
	strictyaml.Key("quotas", func(s *All) *policy.Quotas { return &s.Quotas }, quotaKeys).
		AsSection().
		Doc("AWS's limits on documents, where AWS has raised them for this account.").
		Example(map[string]any{"trust": 4096}),
	strictyaml.Key("awsManagedPolicies", func(s *All) *[]string { return &s.AWSManagedPolicies }, strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("AWS has the managed policies of this program's list", "the list is made from AWS's, and AWS adds to it").
		Doc("Names of AWS managed policies that are newer than this program, with their path where they have one. "+
			"A managed policy that is neither on the "+
			"list of the program nor here is refused, because AWS would refuse it half-way through a deployment.").
		Example([]string{"job-function/NewFunction"}),
	strictyaml.Key("protect", func(s *All) *bool { return &s.Protect }, strictyaml.Boolean{}).
		OrElse(false, "a protected resource cannot be removed by editing this file, which is how people leave").
		Doc("Makes Pulumi refuse to delete anything that the stack made, until it is switched off again.").
		Example(true),
	strictyaml.Key("adopt", func(s *All) *Adoption { return &s.Adopt }, adoptKeys).
		AsSection().
		Doc("What exists in the account already and becomes this stack's: imported, then changed in place, nothing "+
			"deleted. guardrails adopt writes it; once up "+
			"has run, it may stay or go.").
		Example(map[string]any{"users": []string{"non-97-test-user1"}}),
	strictyaml.Key("expect", func(s *All) *[]expectation.Expectation { return &s.Expect }, strictyaml.ListOf(expectationKind{expectationKeys})).
		OrNothing("nothing beyond the standing proofs is expected", "the proofs hold without it").
		Doc("What must be true of the stack; a deployment is refused when one of them is not.").
		Example([]any{map[string]any{"it": "another project stays shut", "as": "non-97-test-user1", "via": "TestProject1-os-user1", "opens": "shell",
			"on": map[string]any{"instance": map[string]any{"Project": "Test Project 2"}}, "denied": true}}),
	strictyaml.Key(
		"accept",
		func(s *All) *[]Acceptance { return &s.Accept },
		strictyaml.ListOf(acceptanceKeys).Distinct(func(a Acceptance) string { return a.ID }),
	).
		OrNothing("a strict check fails on every waiver and assumption", "who weakens a proof should say why").
		Doc("Waivers and assumptions that a strict check lets pass, each with its reason.").
		Example([]any{map[string]any{"id": "mfa.enrolWithAccessKeys", "because": "the build users have no console password"}}),
)
