package guardrail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/passwordpolicy"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// refusal is one change to Args without a problem, and the problem that it makes, word for word.
type refusal[A any] struct {
	name   string
	change func(a A)
	want   string
}

type args interface{ Validate() error }

// refused runs the cases: every one of them makes its problem, and no other.
func refused[A args](t *testing.T, valid func() A, cases []refusal[A]) {
	t.Helper()
	require.NoError(t, valid().Validate(), "test bug: the fixture has a problem")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := valid()
			c.change(a)
			err := a.Validate()
			require.Error(t, err, "test bug, or a refusal that is gone")
			assert.Equal(t, c.want, err.Error())
		})
	}
}

// The account is wrong in the same words for every noun.
func TestAWrongAccountIsRefusedByEveryNoun(t *testing.T) {
	nouns := map[string]func(guardrail.Account) args{
		"MFAGroup":       func(a guardrail.Account) args { x := mfaGroup(); x.Account = a; return x },
		"User":           func(a guardrail.Account) args { x := userArgs(); x.Account = a; return x },
		"OperationRoles": func(a guardrail.Account) args { return &operation.Args{Account: a} },
		"DelegatedRole": func(a guardrail.Account) args {
			x := delegatedRole()
			x.Account, x.PrincipalARNs = a,
				nil
			return x
		},
		"SessionPreferences": func(a guardrail.Account) args { x := sessionPreferences(); x.Account = a; return x },
		"PasswordPolicy":     func(a guardrail.Account) args { x := passwordPolicy(); x.Account = a; return x },
	}
	for name, noun := range nouns {
		problems := problem.Of(noun(guardrail.Account{ID: "1234", Alias: "No", Partition: "aws"}).Validate())
		require.Len(t, problems, 2, name)
		assert.Equal(
			t,
			`account.id: "1234" is not an account id; write its twelve digits in quotes, such as "111122223333"`,
			problems[0].Error(),
			name,
		)
		assert.Equal(t, problem.Path("account.alias"), problems[1].Path, name)

		problems = problem.Of(noun(guardrail.Account{ID: accountID}).Validate())
		require.NotEmpty(t, problems, name)
		assert.Equal(
			t,
			`account.partition: "" is not a known partition; use the partition of the account's Region, such as aws`,
			problems[0].Error(),
			name,
		)
	}
}

// What is refused about the MFA group.
func TestRefusalsOfTheMFAGroup(t *testing.T) {
	type g = *group.Args
	refused(t, mfaGroup, []refusal[g]{
		{
			"a name that IAM does not take",
			func(a g) { a.Name = "people & machines" },
			`name: "people & machines" has the character ' ', which IAM does not take; use letters, digits and +=,.@_-`,
		},
		{
			"a path without slashes",
			func(a g) { a.Path = "team" },
			`path: "team" does not begin and end with a slash; write it as "/team/"`,
		},
		{"a pattern as user path", func(a g) { a.UserPaths = []string{"/", "/*/"} },
			`userPaths[1]: "/*/" is not a path; use names of letters, digits and +=,.@_- between single slashes`},
		{"the Run As tag as project tag", func(a g) { a.ProjectTag = "ssmSessionRunAs" },
			`tags.project: "ssmSessionRunAs" is the tag that names the OS user; use another key, such as Project`},
		{"a reserved project tag", func(a g) { a.ProjectTag = "AWS:project" },
			`tags.project: "AWS:project" begins with "aws:", which AWS keeps for itself; use another prefix`},
		{
			"a project tag that a variable cannot carry",
			func(a g) { a.ProjectTag = "Cost Center" },
			`tags.project: "Cost Center" has a character that a policy variable cannot carry; use letters, digits and _.:/=+-@ without spaces`,
		},
		{
			"an authorization tag for everybody to write",
			func(a g) { a.SelfService.ContactTags[1] = "project" },
			`selfService.contactTags[1]: "project" decides what its owner may do; leave it out; the stack file sets it`,
		},
		{
			"the OS user for everybody to write",
			func(a g) { a.SelfService.ContactTags[0] = "SSMSESSIONRUNAS" },
			`selfService.contactTags[0]: "SSMSESSIONRUNAS" decides what its owner may do; leave it out; the stack file sets it`,
		},
		{"a contact tag twice", func(a g) { a.SelfService.ContactTags = []string{"Email", "email"} },
			`selfService.contactTags[1]: "email" is listed twice; remove one; tag keys of users ignore case`},
		{
			"a pattern as contact tag",
			func(a g) { a.SelfService.ContactTags[0] = "*" },
			`selfService.contactTags[0]: "*" has the character '*', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
		{
			"the project as contact tag",
			func(a g) { a.ProjectTag = "email" },
			"tags.project: \"email\" is a contact tag, which its owner may be allowed to write; use another " +
				"key, such " +
				"as Project\n" +
				`selfService.contactTags[0]: "Email" decides what its owner may do; leave it out; the stack file sets it`,
		},
		{
			"an account id with a digit too few",
			func(a g) { a.RoleAccounts[0] = "44445555666" },
			`roleAccounts[0]: "44445555666" is not an account id; write its twelve digits in quotes, such as "111122223333"`,
		},
		{"every account", func(a g) { a.RoleAccounts[0] = "*" },
			`roleAccounts[0]: "*" is not an account id; write its twelve digits in quotes, such as "111122223333"`},
		{"the account itself", func(a g) { a.RoleAccounts[0] = accountID },
			`roleAccounts[0]: "111122223333" is this account, whose roles name their users themselves; leave it out`},
		{"an account twice", func(a g) { a.RoleAccounts = []string{otherAccount, otherAccount} },
			`roleAccounts[1]: "444455556666" is listed twice; remove one`},
	})
}

// AWS counts all inline policies of a group as one: a group that is too large is refused before AWS refuses half of it.
func TestAGroupThatIsTooLargeIsRefused(t *testing.T) {
	a := mfaGroup()
	a.RoleAccounts = nil
	for i := range 60 {
		a.RoleAccounts = append(a.RoleAccounts, strings.Repeat("4", 10)+string(rune('0'+i/10))+string(rune('0'+i%10)))
	}
	problems := problem.Of(a.Validate())
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].Error(), "AssumeGuardrailsRolesOfListedAccountsWithMFA")
	assert.Contains(t, problems[0].Error(), "5120")

	a.Quotas.GroupInline = 20000
	assert.NoError(t, a.Validate(), "quotas are settings")
}

// What is refused about a user.
func TestRefusalsOfAUser(t *testing.T) {
	type person = *user.Args
	refused(t, userArgs, []refusal[person]{
		{"no name", func(a person) { a.Name = "" }, `name: "" is empty; use letters, digits and +=,.@_-`},
		{"a path in the name", func(a person) { a.Name = "people/alice" },
			`name: "people/alice" has the character '/', which IAM does not take; use letters, digits and +=,.@_-`},
		{
			"a path that is none",
			func(a person) { a.Path = "people" },
			`path: "people" does not begin and end with a slash; write it as "/team/"`,
		},
		{
			"an address that no tag takes",
			func(a person) { a.Email = "alice<alice@example.com>" },
			`email: "alice<alice@example.com>" has the character '<', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
		{
			"a display name that no tag takes",
			func(a person) { a.DisplayName = "Alice!" },
			`displayName: "Alice!" has the character '!', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
		{
			"two words as OS user",
			func(a person) { a.RunAs = "alice example" },
			`runAs: "alice example" is not a login name; use a letter or _ and then up to 31 letters, digits, _, . and -, such as os-user1; or user@domain`,
		},
		{
			"root as OS user",
			func(a person) { a.RunAs = "root" },
			`runAs: "root" is the superuser, which Session Manager does not run as; write a login name without privileges`,
		},
		{
			"the user of the agent as OS user",
			func(a person) { a.RunAs = "ssm-user" },
			`runAs: "ssm-user" is the user of the Systems Manager agent, who has sudo; write a login name without privileges`,
		},
		{"the OS user as any tag", func(a person) { a.Tags["ssmsessionrunas"] = "bob" },
			`tags["ssmsessionrunas"]: "ssmsessionrunas" has a word of its own; write runAs instead`},
		{"a tag that has a word of its own", func(a person) { a.Tags["email"] = "x" },
			`tags["email"]: "email" has a word of its own; write email instead`},
		{"tags that differ by case", func(a person) { a.Tags["team"] = "blue" },
			`tags["team"]: "team" differs from Team by case alone; remove one; tag keys of users ignore case`},
		{
			"a reserved tag",
			func(a person) { a.Tags["aws:x"] = "y" },
			`tags["aws:x"]: "aws:x" begins with "aws:", which AWS keeps for itself; use another prefix`,
		},
		{"the OS user as contact tag", func(a person) { a.ContactTags = []string{"SSMSessionRunAs"} },
			`contactTags[0]: "SSMSessionRunAs" decides what its owner may do; leave it out; the stack file sets it`},
		{
			"no group",
			func(a person) { a.Groups = nil },
			`groups: is empty, so no group would hold the user to MFA; name the MFA group`,
		},
		{
			"a group twice",
			func(a person) { a.Groups = []string{"people", "People"} },
			`groups[1]: "People" is listed twice; remove one`,
		},
		{"more groups than IAM takes", func(a person) { a.Groups, a.Quotas.GroupsPerUser = []string{"a", "b", "c"}, 2 },
			`groups: 3 are more groups than the 2 of a user; remove some`},
		{"more tags than IAM takes", func(a person) { a.Quotas.TagsPerPrincipal = 2 },
			`tags: 4 are more tags than the 2 of a user, email and displayName included; remove some`},
	})
}

// What is refused about operation roles.
func TestRefusalsOfOperationRoles(t *testing.T) {
	type roles = *operation.Args
	entry := func(change func(r *operation.Role)) func(roles) {
		return func(a roles) { change(&a.Roles[0]) }
	}
	const nameUser = "; name an IAM user, such as arn:aws:iam::444455556666:user/alice"
	const portForwarding = "; leave it out, or accept that with allowUnlogged: true"
	principal := func(arn string) func(roles) {
		return entry(func(r *operation.Role) { r.PrincipalARNs = []string{arn} })
	}
	documents := func(names ...string) func(roles) {
		return entry(func(r *operation.Role) { r.Documents = names })
	}
	refused(t, operationRoles, []refusal[roles]{
		{
			"nobody",
			entry(func(r *operation.Role) { r.Users = nil }),
			`operationRoles[0].users: is empty, and so is principalArns: nobody could assume the role; name at least one person`,
		},
		{"a person twice", entry(func(r *operation.Role) { r.Users = []string{"alice", "Alice"} }),
			`operationRoles[0].users[1]: "Alice" is listed twice; remove one; user names ignore case`},
		{"everybody", principal("*"), `operationRoles[0].principalArns[0]: "*" is everybody` + nameUser},
		{
			"a role",
			principal("arn:aws:iam::444455556666:role/ops"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::444455556666:role/ops" is a role, and a role session carries no MFA, so it could never pass` + nameUser,
		},
		{
			"a role session",
			principal("arn:aws:sts::444455556666:assumed-role/ops/alice"),
			`operationRoles[0].principalArns[0]: "arn:aws:sts::444455556666:assumed-role/ops/alice" is a role, and a role session carries no MFA, so it could never pass` + nameUser,
		},
		{"a whole account", principal("arn:aws:iam::444455556666:root"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::444455556666:root" is a whole account` + nameUser},
		{"a group", principal("arn:aws:iam::444455556666:group/ops"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::444455556666:group/ops" is not an IAM user` + nameUser},
		{
			"all users",
			principal("arn:aws:iam::444455556666:user/*"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::444455556666:user/*" is a pattern, which a principal cannot be` + nameUser,
		},
		{
			"no ARN",
			principal("dave"),
			`operationRoles[0].principalArns[0]: "dave" is not an ARN; write arn:partition:service:region:account:resource, such as arn:aws:iam::111122223333:user/alice`,
		},
		{
			"a user of another partition",
			principal("arn:aws-cn:iam::444455556666:user/dave"),
			`operationRoles[0].principalArns[0]: "arn:aws-cn:iam::444455556666:user/dave" is of partition aws-cn, and no role of partition aws can trust it; name a user of the same partition`,
		},
		{
			"a user of no account",
			principal("arn:aws:iam::aws:user/dave"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::aws:user/dave" names no account` + nameUser,
		},
		{
			"a user in both lists",
			principal("arn:aws:iam::111122223333:user/people/carol"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::111122223333:user/people/carol" is listed in users too; remove one`,
		},
		{"an ARN twice", entry(func(r *operation.Role) {
			r.PrincipalARNs = []string{"arn:aws:iam::444455556666:user/dave", "arn:aws:iam::444455556666:user/dave"}
		}), `operationRoles[0].principalArns[1]: "arn:aws:iam::444455556666:user/dave" is listed twice; remove one`},
		{"a namesake of another account", entry(func(r *operation.Role) {
			r.Users, r.PrincipalARNs = []string{"alice"}, []string{"arn:aws:iam::444455556666:user/alice"}
		}), `operationRoles[0].principalArns[0]: "arn:aws:iam::444455556666:user/alice" has the name of arn:aws:iam::111122223333:user/alice, ` +
			`and sessions of a role are told apart by the name of their user alone; write a role of its own for one of the two`},
		{"two namesakes of other accounts", entry(func(r *operation.Role) {
			r.PrincipalARNs = []string{
				"arn:aws:iam::444455556666:user/dave",
				"arn:aws:iam::777788889999:user/people/dave",
			}
		}), `operationRoles[0].principalArns[1]: "arn:aws:iam::777788889999:user/people/dave" has the name of arn:aws:iam::444455556666:user/dave, ` +
			`and sessions of a role are told apart by the name of their user alone; write a role of its own for one of the two`},
		{
			"a user of the account at another path",
			principal("arn:aws:iam::111122223333:user/Carol"),
			`operationRoles[0].principalArns[0]: "arn:aws:iam::111122223333:user/Carol" cannot exist beside arn:aws:iam::111122223333:user/people/carol: ` +
				`an account has one user of a name, whatever its case and path; remove the one that is wrong`,
		},
		{"no project", entry(func(r *operation.Role) { r.Project = "" }),
			`operationRoles[0].project: "" is empty, and an empty tag equals every other empty one; name the project`},
		{"a project of spaces", entry(func(r *operation.Role) { r.Project = " Test Project 1" }),
			`operationRoles[0].project: " Test Project 1" begins or ends with a space; remove the space`},
		{
			"a project that no tag takes",
			entry(func(r *operation.Role) { r.Project = "R&D" }),
			`operationRoles[0].project: "R&D" has the character '&', which AWS does not take in tags; use letters, digits, spaces and _.:/=+-@`,
		},
		{
			"root",
			entry(func(r *operation.Role) { r.RunAs = "root" }),
			`operationRoles[0].runAs: "root" is the superuser, which Session Manager does not run as; write a login name without privileges`,
		},
		{
			"the user of the agent",
			entry(func(r *operation.Role) { r.RunAs = "ssm-user" }),
			`operationRoles[0].runAs: "ssm-user" is the user of the Systems Manager agent, who has sudo; write a login name without privileges`,
		},
		{
			"the user of the agent by default",
			func(a *operation.Args) { a.DefaultRunAs = "ssm-user" },
			`sessions.runAs.defaultUser: "ssm-user" is the user of the Systems Manager agent, who has sudo; write a login name without privileges`,
		},
		{
			"two words as OS user",
			entry(func(r *operation.Role) { r.RunAs = "alice example" }),
			`operationRoles[0].runAs: "alice example" is not a login name; use a letter or _ and then up to 31 letters, digits, _, . and -, such as os-user1; or user@domain`,
		},
		{
			"the OS user of the person, nearly",
			entry(func(r *operation.Role) { r.RunAs = "fromuser" }),
			`operationRoles[0].runAs: "fromuser" differs from fromUser by case only; write fromUser for the OS user of each person, or another login name`,
		},
		{
			"the OS user of the person beside a default",
			func(a roles) { a.Roles[0].RunAs, a.DefaultRunAs = "fromUser", "guest" },
			`operationRoles[0].runAs: "fromUser" stands beside sessions.runAs.defaultUser, which two people would then share as soon as one has no OS user of their own; ` +
				`empty sessions.runAs.defaultUser, or write the OS user of the role's shells`,
		},
		{
			"a person without an OS user",
			func(a roles) { a.Roles[0].RunAs, a.Roles[0].Users = "fromUser", []string{"alice", "dan"} },
			`operationRoles[0].users[1]: "dan" has no OS user, and shells of this role start as that of the person; add runAs to the user dan`,
		},
		{
			"a stranger's OS user",
			func(a roles) { a.Roles[1].RunAs = "fromUser" },
			`operationRoles[1].principalArns[0]: "arn:aws:iam::444455556666:user/dave" has no OS user, and shells of this role start as that of the person; ` +
				`add runAs to the person's entry in guardrails:users of a stack of this folder; of people whom no such stack makes it is not known`,
		},
		{"one OS user of two people", func(a roles) {
			a.Roles[0].RunAs, a.OSUsers["arn:aws:iam::111122223333:user/people/carol"] = "fromUser", "alice"
		}, `operationRoles[0].users[1]: "carol" has the OS user alice, which is that of arn:aws:iam::111122223333:user/alice too; give each of the two their own OS user`},
		{
			"no OS user",
			entry(func(r *operation.Role) { r.RunAs = "" }),
			`operationRoles[0].runAs: is missing and sessions.runAs.defaultUser is empty, so every shell of the role would fail; write the OS user of the role's shells, such as os-user1`,
		},
		{
			"a volume key by its id",
			func(a roles) { a.Roles[0].VolumeKeyARNs = []string{"1234abcd-12ab-34cd-56ef-1234567890ab"} },
			`operationRoles[0].volumeKeyArns[0]: "1234abcd-12ab-34cd-56ef-1234567890ab" is not the ARN of a KMS key; write the key's ARN, as "aws ec2 describe-volumes" prints it`,
		},
		{
			"a volume key by its alias",
			func(a roles) { a.Roles[0].VolumeKeyARNs = []string{"arn:aws:kms:us-east-1:111122223333:alias/volumes"} },
			`operationRoles[0].volumeKeyArns[0]: "arn:aws:kms:us-east-1:111122223333:alias/volumes" is an alias, and permissions cannot name a key by its alias; write a key id such as "1234abcd-12ab-34cd-56ef-1234567890ab", or its key ARN`,
		},
		{
			"every volume key",
			func(a roles) { a.Roles[0].VolumeKeyARNs = []string{"arn:aws:kms:us-east-1:111122223333:key/*"} },
			`operationRoles[0].volumeKeyArns[0]: "arn:aws:kms:us-east-1:111122223333:key/*" is not the ARN of a KMS key; write a key id such as "1234abcd-12ab-34cd-56ef-1234567890ab", or its key ARN`,
		},
		{
			"every document",
			documents("*"),
			`operationRoles[0].documents[0]: "*" is a pattern; name each document, such as AWS-StartPortForwardingSession`,
		},
		{
			"a family of documents",
			documents("AWS-Start*"),
			`operationRoles[0].documents[0]: "AWS-Start*" is a pattern; name each document, such as AWS-StartPortForwardingSession`,
		},
		{
			"a document of another account",
			documents("arn:aws:ssm:us-east-1:444455556666:document/Shell"),
			`operationRoles[0].documents[0]: "arn:aws:ssm:us-east-1:444455556666:document/Shell" is not the name of an SSM document; use 3 to 128 letters, digits, _, - and . , such as AWS-StartPortForwardingSession`,
		},
		{
			"a document twice",
			documents("Diagnostics", "Diagnostics"),
			`operationRoles[0].documents[1]: "Diagnostics" is listed twice; remove one`,
		},
		{
			"SSH",
			documents("AWS-StartSSHSession"),
			`operationRoles[0].documents[0]: "AWS-StartSSHSession" opens SSH, whose sessions are not logged and ignore Run As` + portForwarding,
		},
		{
			"other hosts",
			documents("AWS-StartPortForwardingSession", "AWS-StartPortForwardingSessionToRemoteHost"),
			`operationRoles[0].documents[1]: "AWS-StartPortForwardingSessionToRemoteHost" forwards to any host that the node reaches, whatever its project` + portForwarding,
		},
		{
			"commands",
			documents("AWS-StartInteractiveCommand"),
			`operationRoles[0].documents[0]: "AWS-StartInteractiveCommand" runs a command of the caller's choice outside of the account's preferences` + portForwarding,
		},
		{
			"commands without a terminal",
			documents("AWS-StartNonInteractiveCommand"),
			`operationRoles[0].documents[0]: "AWS-StartNonInteractiveCommand" runs a command of the caller's choice outside of the account's preferences` + portForwarding,
		},
		{
			"a document of AWS that nobody knows",
			documents("AWS-StartSomethingNew"),
			`operationRoles[0].documents[0]: "AWS-StartSomethingNew" is not a document of AWS whose sessions are known to stay with the node, Run As and the logs` + portForwarding,
		},
		{
			"a name over the limit",
			entry(func(r *operation.Role) { r.Name = strings.Repeat("r", 43) }),
			`operationRoles[0].name: "` + strings.Repeat(
				"r",
				43,
			) + `" is 65 characters long with its path /guardrails/operation/, and the console switches to at most 64; shorten the name or the path`,
		},
		{
			"a name that IAM does not take",
			entry(func(r *operation.Role) { r.Name = "ope role" }),
			`operationRoles[0].name: "ope role" has the character ' ', which IAM does not take; use letters, digits and +=,.@_-`,
		},
		{
			"a name twice",
			entry(func(r *operation.Role) { r.Name = "SECOND" }),
			`operationRoles[1].name: "second" is the name of operationRoles[0] too; write another name; role names ignore case`,
		},
		{"two entries for one thing", func(a roles) {
			a.Roles[1].Name, a.Roles[1].Project, a.Roles[1].RunAs = "", "TestProject1", "os-user1"
		}, `operationRoles[1].name: "TestProject1-os-user1" is derived from project and runAs and is the name of operationRoles[0] too; write a name, or add the people to that entry`},
		{"an age that AWS does not keep", entry(func(r *operation.Role) { r.MFAMaxAge = 37 * time.Hour }),
			`operationRoles[0].mfaMaxAge: "37h" is outside of what AWS keeps MFA for; use 1m to 36h`},
		{"an age that locks out", entry(func(r *operation.Role) { r.MFAMaxAge = time.Second }),
			`operationRoles[0].mfaMaxAge: "1s" is outside of what AWS keeps MFA for; use 1m to 36h`},
		{"half seconds", entry(func(r *operation.Role) { r.MFAMaxAge = time.Hour + time.Second/2 }),
			`operationRoles[0].mfaMaxAge: "1h0m0.5s" is not in whole seconds; use whole seconds`},
		{"a rule that does not exist", entry(func(r *operation.Role) { r.SessionName = "username" }),
			`operationRoles[0].sessionName: "username" is not a rule for session names; use userName or any`},
		{"a session that is too long", entry(func(r *operation.Role) { r.MaxSessionDuration = 13 * time.Hour }),
			`operationRoles[0].maxSessionDuration: "13h" is outside of what a role takes; use 1h to 12h`},
		{
			"a session of half seconds",
			entry(func(r *operation.Role) { r.MaxSessionDuration = time.Hour + time.Millisecond }),
			`operationRoles[0].maxSessionDuration: "1h0m0.001s" is not in whole seconds; use whole seconds`,
		},
		{
			"root by default",
			func(a roles) { a.DefaultRunAs = "root" },
			`sessions.runAs.defaultUser: "root" is the superuser, which Session Manager does not run as; write a login name without privileges`,
		},
		{
			"a Region that does not exist",
			func(a roles) { a.Regions = []string{"us-east-1", "us-erst-1"} },
			`sessions.regions[1]: "us-erst-1" is not a Region of any known partition; write a Region's code, such as ap-northeast-1`,
		},
		{
			"a key by its alias",
			func(a roles) { a.KMSKeyID = "alias/sessions" },
			`sessions.kmsKeyId: "alias/sessions" is an alias, and permissions cannot name a key by its alias; write a key id such as "1234abcd-12ab-34cd-56ef-1234567890ab", or its key ARN`,
		},
		{"a user at no path", func(a roles) { a.UserPaths["carol"] = "people" },
			`userPaths["carol"]: "people" does not begin and end with a slash; write it as "/team/"`},
		{
			"a person whom IAM would not take",
			entry(func(r *operation.Role) { r.Users = []string{"al ice"} }),
			`operationRoles[0].users[0]: "al ice" has the character ' ', which IAM does not take; use letters, digits and +=,.@_-`,
		},
	})
}

// What is let through, because somebody said so or because it is harmless.
func TestWhatOperationRolesLetThrough(t *testing.T) {
	for name, change := range map[string]func(r *operation.Role){
		"unlogged documents that are accepted": func(r *operation.Role) {
			r.AllowUnlogged = true
			r.Documents = []string{"AWS-StartSSHSession", "AWS-StartPortForwardingSessionToRemoteHost",
				"AWS-StartInteractiveCommand", "AWS-Other"}
		},
		"a document of the account":                  func(r *operation.Role) { r.Documents = []string{"Team-Diagnostics"} },
		"the shell's own document":                   func(r *operation.Role) { r.Documents = []string{guardrail.PreferencesDocument} },
		"a user of the account who is named by ARN":  func(r *operation.Role) { r.PrincipalARNs = []string{"arn:aws:iam::111122223333:user/erin"} },
		"a project in another script":                func(r *operation.Role) { r.Project = "計画一" },
		"MFA of a day and a half":                    func(r *operation.Role) { r.MFAMaxAge = 36 * time.Hour },
		"a name and path of exactly 64 characters":   func(r *operation.Role) { r.Name = strings.Repeat("r", 42) },
		"a project whose derived name would be long": func(r *operation.Role) { r.Project = strings.Repeat("Long Project ", 10) + "1" },
	} {
		a := operationRoles()
		change(&a.Roles[0])
		assert.NoError(t, a.Validate(), name)
	}
	a := operationRoles()
	a.Roles[0].RunAs, a.DefaultRunAs = "", "guest"
	assert.NoError(t, a.Validate(), "the default OS user stands in")
}

// A trust policy that AWS would refuse as too long is refused with the statement that is too long.
func TestATrustPolicyThatIsTooLongIsRefused(t *testing.T) {
	a := operationRoles()
	for i := range 50 {
		a.Roles[1].PrincipalARNs = append(
			a.Roles[1].PrincipalARNs,
			policy.AWS.UserARN(otherAccount, "/", "guest"+string(rune('a'+i/26))+string(rune('a'+i%26))),
		)
	}
	problems := problem.Of(a.Validate())
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("operationRoles[1]"), problems[0].Path)
	assert.Contains(t, problems[0].Error(), "trust policy of second")
	assert.Contains(t, problems[0].Error(), "NamedUsersWithRecentMFA")
	a.Quotas.Trust = 8192
	assert.NoError(t, a.Validate(), "quotas are settings")
}

// What is refused about a delegated role.
func TestRefusalsOfADelegatedRole(t *testing.T) {
	type role = *delegated.Args
	const write = "; write the name of an AWS managed policy, such as AdministratorAccess, or the ARN of a policy of " +
		"this account"
	policies := func(names ...string) func(role) { return func(a role) { a.ManagedPolicies = names } }
	refused(t, delegatedRole, []refusal[role]{
		{"no name", func(a role) { a.Name = "" }, `name: "" is empty; use letters, digits and +=,.@_-`},
		{
			"a name over the limit",
			func(a role) { a.Name = strings.Repeat("r", 43) },
			`name: "` + strings.Repeat(
				"r",
				43,
			) + `" is 65 characters long with its path /guardrails/delegated/, and the console switches to at most 64; shorten the name or the path`,
		},
		{"nobody", func(a role) { a.Users, a.PrincipalARNs = nil, nil },
			`users: is empty, and so is principalArns: nobody could assume the role; name at least one person`},
		{
			"a role as principal",
			func(a role) { a.PrincipalARNs[0] = "arn:aws:iam::444455556666:role/ops" },
			`principalArns[0]: "arn:aws:iam::444455556666:role/ops" is a role, and a role session carries no MFA, so it could never pass; name an IAM user, such as arn:aws:iam::444455556666:user/alice`,
		},
		{
			"no policy",
			policies(),
			`managedPolicies: is empty, so the role could do nothing; name at least one policy, such as AdministratorAccess`,
		},
		{
			"a pattern",
			policies("Administrator*"),
			`managedPolicies[0]: "Administrator*" is not a managed policy` + write,
		},
		{"an empty name", policies(""), `managedPolicies[0]: "" is not a managed policy` + write},
		{
			"a policy of another account",
			policies("arn:aws:iam::444455556666:policy/Extra"),
			`managedPolicies[0]: "arn:aws:iam::444455556666:policy/Extra" is a policy of another account, which a role cannot carry` + write,
		},
		{
			"a policy of another partition",
			policies("arn:aws-cn:iam::aws:policy/AdministratorAccess"),
			`managedPolicies[0]: "arn:aws-cn:iam::aws:policy/AdministratorAccess" is of partition aws-cn, and the account is of aws` + write,
		},
		{
			"a role as policy",
			policies("arn:aws:iam::111122223333:role/Extra"),
			`managedPolicies[0]: "arn:aws:iam::111122223333:role/Extra" is not a managed policy` + write,
		},
		{
			"a policy under both its names",
			policies("AdministratorAccess", "arn:aws:iam::aws:policy/AdministratorAccess"),
			`managedPolicies[1]: "arn:aws:iam::aws:policy/AdministratorAccess" is listed twice; remove one`,
		},
		{"more policies than IAM takes", func(a role) {
			a.ManagedPolicies, a.Quotas.AttachedPerRole = []string{
				"AdministratorAccess",
				"PowerUserAccess",
				"ReadOnlyAccess",
			}, 2
		},
			`managedPolicies: 3 are more policies than the 2 that a role takes; use fewer`},
		{
			"an age that AWS does not keep",
			func(a role) { a.MFAMaxAge = -time.Hour },
			`mfaMaxAge: "-1h" is outside of what AWS keeps MFA for; use 1m to 36h`,
		},
		{
			"a rule that does not exist",
			func(a role) { a.SessionName = "anything" },
			`sessionName: "anything" is not a rule for session names; use userName or any`,
		},
		{"a session that is too short", func(a role) { a.MaxSessionDuration = time.Minute },
			`maxSessionDuration: "1m" is outside of what a role takes; use 1h to 12h`},
	})
}

// What is refused about Session Manager preferences.
func TestRefusalsOfSessionPreferences(t *testing.T) {
	type sessions = *preferences.Args
	const nameKey = `; write a key id such as "1234abcd-12ab-34cd-56ef-1234567890ab", or its key ARN`
	off := false
	key := func(id string, regions ...string) func(sessions) {
		return func(a sessions) { a.KMSKeyID, a.Regions = id, regions }
	}
	refused(t, sessionPreferences, []refusal[sessions]{
		{
			"a policy for nodes that need nothing",
			func(a sessions) { a.NodePolicy, a.Logs, a.KMSKeyID = true, preferences.SessionLogs{}, "" },
			`nodePolicy: "true" would make a policy without statements, because there is neither a log nor a key; write logs or kmsKeyId, or remove it`,
		},
		{"no Region", func(a sessions) { a.Regions = nil },
			`regions: is empty, so no Region would have Run As or limits; list every Region where nodes run`},
		{
			"a Region that does not exist",
			func(a sessions) { a.Regions[0] = "eu-wset-1" },
			`regions[0]: "eu-wset-1" is not a Region of any known partition; write a Region's code, such as ap-northeast-1`,
		},
		{
			"a Region of another partition",
			func(a sessions) { a.Regions[0] = "cn-north-1" },
			`regions[0]: "cn-north-1" is a Region of partition aws-cn, and the account is of aws; list Regions of one partition`,
		},
		{
			"a Region twice",
			func(a sessions) { a.Regions = append(a.Regions, "us-east-1") },
			`regions[2]: "us-east-1" is listed twice; remove one`,
		},
		{
			"root by default",
			func(a sessions) { a.RunAs.DefaultUser = "root" },
			`runAs.defaultUser: "root" is the superuser, which Session Manager does not run as; write a login name without privileges`,
		},
		{"a default user that nobody becomes", func(a sessions) { a.RunAs.Enabled = &off },
			`runAs.defaultUser: "guest" has no effect, because runAs.enabled is false; enable runAs, or leave it out`},
		{"an idle time over the limit", func(a sessions) { a.IdleTimeout = 61 * time.Minute },
			`idleTimeout: "1h1m" is outside of what Session Manager takes; use 1m to 60m`},
		{
			"an idle time of seconds",
			func(a sessions) { a.IdleTimeout = 90 * time.Second },
			`idleTimeout: "1m30s" is not in whole minutes; use whole minutes`,
		},
		{"a duration over the limit", func(a sessions) { a.MaxDuration = 25 * time.Hour },
			`maxDuration: "25h" is outside of what Session Manager takes; use 1m to 24h`},
		{
			"a shell profile over the limit",
			func(a sessions) { a.Shell.Linux = strings.Repeat("x", 513) },
			`shell.linux: "` + strings.Repeat(
				"x",
				80,
			) + `"... is longer than the 512 characters that Session Manager takes; put it into a script on the nodes and run that`,
		},
		{
			"a shell profile that is no text",
			func(a sessions) { a.Shell.Windows = "\xff" },
			`shell.windows: "\xff" is not UTF-8; write plain text`,
		},
		{
			"no log group",
			func(a sessions) { a.Logs.CloudWatch.Group = "all groups" },
			`logs.cloudWatch.group: "all groups" is not the name of a log group; use up to 512 letters, digits and _/.#-, such as /guardrails/ssm-sessions`,
		},
		{
			"a pattern as log group",
			func(a sessions) { a.Logs.CloudWatch.Group = "*" },
			`logs.cloudWatch.group: "*" is not the name of a log group; use up to 512 letters, digits and _/.#-, such as /guardrails/ssm-sessions`,
		},
		{
			"no bucket",
			func(a sessions) { a.Logs.S3.Bucket = "Logs" },
			`logs.s3.bucket: "Logs" is not the name of a bucket; use 3 to 63 lower-case letters, digits, dots and hyphens`,
		},
		{"a prefix without a bucket", func(a sessions) { a.Logs.S3.Bucket = "" },
			`logs.s3.prefix: "ssm" has no effect without logs.s3.bucket; name the bucket, or leave it out`},
		{
			"a prefix that is a pattern",
			func(a sessions) { a.Logs.S3.Prefix = "ssm/*" },
			`logs.s3.prefix: "ssm/*" is not a key prefix; use names of letters, digits and !_.'()- with single slashes between them, such as sessions/prod`,
		},
		{
			"a key by its alias",
			key("alias/sessions", "us-east-1"),
			`kmsKeyId: "alias/sessions" is an alias, and permissions cannot name a key by its alias` + nameKey,
		},
		{
			"a key by the ARN of its alias",
			key("arn:aws:kms:us-east-1:111122223333:alias/sessions", "us-east-1"),
			`kmsKeyId: "arn:aws:kms:us-east-1:111122223333:alias/sessions" is an alias, and permissions cannot name a key by its alias` + nameKey,
		},
		{"no key", key("sessions", "us-east-1"), `kmsKeyId: "sessions" is not the id of a KMS key` + nameKey},
		{
			"every key",
			key("arn:aws:kms:us-east-1:111122223333:key/*", "us-east-1"),
			`kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/*" is not the ARN of a KMS key` + nameKey,
		},
		{"a key that is something else", key("arn:aws:iam::111122223333:user/alice", "us-east-1"),
			`kmsKeyId: "arn:aws:iam::111122223333:user/alice" is not the ARN of a KMS key` + nameKey},
		{
			"a key of one Region for two",
			key("1234abcd-12ab-34cd-56ef-1234567890ab", "us-east-1", "eu-west-1"),
			`kmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" is a key of one Region, and sessions.regions lists more; use a multi-Region key (mrk-...) that is replicated to each`,
		},
		{
			"the ARN of one Region for two",
			key(
				"arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
				"us-east-1",
				"eu-west-1",
			),
			`kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab" names one Region, and sessions.regions lists more; write the id of a multi-Region key (mrk-...) that is replicated to each`,
		},
		{
			"the ARN of another Region",
			key("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "eu-west-1"),
			`kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" is a key of us-east-1, and sessions.regions lists eu-west-1; use a key of that Region`,
		},
		{
			"a key of another partition",
			key("arn:aws-cn:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "us-east-1"),
			`kmsKeyId: "arn:aws-cn:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" is of another partition` + nameKey,
		},
	})
}

// What is refused about the password policy.
func TestRefusalsOfThePasswordPolicy(t *testing.T) {
	type passwords = *passwordpolicy.Args
	refused(t, passwordPolicy, []refusal[passwords]{
		{
			"too short",
			func(a passwords) { a.MinimumLength = 5 },
			`minimumLength: 5 is outside of what IAM takes; use 6 to 128 characters`,
		},
		{
			"too long",
			func(a passwords) { a.MinimumLength = 129 },
			`minimumLength: 129 is outside of what IAM takes; use 6 to 128 characters`,
		},
		{
			"too old",
			func(a passwords) { a.MaxAge = 1096 },
			`maxAge: 1096 is outside of what IAM takes; use 1 to 1095 days, or leave it out for passwords that never expire`,
		},
		{
			"a negative age",
			func(a passwords) { a.MaxAge = -1 },
			`maxAge: -1 is outside of what IAM takes; use 1 to 1095 days, or leave it out for passwords that never expire`,
		},
		{
			"too many passwords",
			func(a passwords) { a.ReusePrevention = 25 },
			`reusePrevention: 25 is outside of what IAM takes; use 1 to 24 passwords, or leave it out`,
		},
		{"an expiry that nothing reaches", func(a passwords) { a.MaxAge = 0 },
			`hardExpiry: true has no effect, because no password expires; set maxAge, or leave it out`},
	})
}

// Every problem comes at once, in the order in which the fields are declared and the entries are written.
func TestEveryProblemComesAtOnceInTheOrderOfTheFile(t *testing.T) {
	a := operationRoles()
	a.ProjectTag = "aws:x"
	a.Roles[1].RunAs = "root"
	a.Roles[1].Project = ""
	a.Roles[0].Documents = []string{"*", "AWS-StartSSHSession"}
	a.Roles[0].Users = nil
	var paths []problem.Path
	for _, problem := range problem.Of(a.Validate()) {
		paths = append(paths, problem.Path)
	}
	assert.Equal(t, []problem.Path{
		"tags.project", "operationRoles[0].users", "operationRoles[0].documents[0]", "operationRoles[0].documents[1]",
		"operationRoles[1].project", "operationRoles[1].runAs",
	}, paths)
}
