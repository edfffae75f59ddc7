package stacktest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/problem"
)

// Full is the path from the root of a stack file that has every section, Project that of its project file.
const (
	Full    = "internal/testkit/stacktest/testdata/Pulumi.full.yaml"
	Project = "internal/testkit/stacktest/testdata/Pulumi.yaml"
)

// Refusal is one change of the full stack file and what is said about it.
type Refusal struct {
	Name string
	// From is a text of the file that occurs once, To what it becomes.
	From, To string
	Path     problem.Path
	Kind     problem.Kind
	// Says are parts of the problem: what is wrong and what to write.
	Says []string
}

// Refusals are what both readers refuse: the verbs, which read the file, and the program, which is given values.
var Refusals = []Refusal{
	// Keys.
	{
		"an unknown key",
		"      email: alice@",
		"      mail: alice@",
		"guardrails:users[0].mail",
		problem.UnknownKey,
		[]string{"unknown key", `did you mean "email"?`},
	},
	{
		"an unknown key far from every other",
		"      email: alice@",
		"      manager: alice@",
		"guardrails:users[0].manager",
		problem.UnknownKey,
		[]string{`write one of "name", "path"`},
	},
	{
		"an unknown key three levels deep",
		"enrolWithAccessKeys: false\n",
		"enrolWithAccessKeys: false\n    enrolWithAcessKeys: false\n",
		"guardrails:mfa.enrolWithAcessKeys",
		problem.UnknownKey,
		[]string{`did you mean "enrolWithAccessKeys"?`},
	},
	{
		"a misspelt section",
		"  guardrails:protect: false",
		"  guardrails:user: []",
		"guardrails:user",
		problem.UnknownKey,
		[]string{`did you mean "guardrails:users"?`},
	},
	{
		"a misspelt namespace",
		"  guardrails:protect: false",
		"  guardrail:protect: false",
		"guardrail:protect",
		problem.UnknownKey,
		[]string{`did you mean "guardrails:protect"?`},
	},
	{
		"a section under a strange namespace",
		"  guardrails:protect: false",
		"  acme:protect: false",
		"acme:protect",
		problem.UnknownKey,
		[]string{`did you mean "guardrails:protect"?`},
	},
	{
		"a missing section",
		"  guardrails:account:\n    id: \"111122223333\"\n    alias: jump\n    organization: o-exampleorgid\n    " +
			"deployer: role/GuardrailDeployer\n    breakGlass: [role/BreakGlass]\n",
		"",
		"guardrails:account",
		problem.Missing,
		[]string{"is missing", "write the account"},
	},
	{
		"a missing key",
		"    id: \"111122223333\"\n",
		"",
		"guardrails:account.id",
		problem.Missing,
		[]string{"is missing", "twelve digits"},
	},
	{
		"a role without a name",
		"    - name: AdminRole\n      users",
		"    - users",
		"guardrails:delegatedRoles[0].name",
		problem.Missing,
		[]string{"is missing"},
	},

	// Types.
	{
		"an unquoted account id",
		`id: "111122223333"`,
		"id: 111122223333",
		"guardrails:account.id",
		problem.WrongType,
		[]string{"111122223333 is a number", `write it in quotes: "111122223333"`},
	},
	{
		"an unquoted account id in a list",
		`roleAccounts: ["444455556666"]`,
		"roleAccounts: [444455556666]",
		"guardrails:mfa.roleAccounts[0]",
		problem.WrongType,
		[]string{"is a number"},
	},
	{
		"text where a list belongs",
		"users: [alice, bob]",
		"users: alice",
		"guardrails:operationRoles[0].users",
		problem.WrongType,
		[]string{"is text", "[alice]"},
	},
	{
		"a list where text belongs",
		"project: Bank",
		"project: [Bank]",
		"guardrails:operationRoles[1].project",
		problem.WrongType,
		[]string{"is a list"},
	},
	{
		"a list where keys belong",
		"guardrails:tags: {project: Project}",
		"guardrails:tags: [Project]",
		"guardrails:tags",
		problem.WrongType,
		[]string{"is a list", "project"},
	},
	{
		"text where keys belong",
		"shell: {linux: exec /bin/bash -l, windows: date}",
		"shell: bash",
		"guardrails:sessions.shell",
		problem.WrongType,
		[]string{`"bash" is text`, "linux, windows"},
	},
	{
		"a quoted boolean",
		"enrolWithAccessKeys: false",
		`enrolWithAccessKeys: "no"`,
		"guardrails:mfa.enrolWithAccessKeys",
		problem.WrongType,
		[]string{"is text", "true or false"},
	},
	{
		"a boolean where text belongs",
		"displayName: Alice Example",
		"displayName: true",
		"guardrails:users[0].displayName",
		problem.WrongType,
		[]string{`write it in quotes: "true"`},
	},
	{
		"a quoted number",
		"minimumLength: 16",
		`minimumLength: "16"`,
		"guardrails:passwordPolicy.minimumLength",
		problem.WrongType,
		[]string{"is text", "without quotes"},
	},
	{
		"a number without its unit",
		"idleTimeout: 15m",
		"idleTimeout: 15",
		"guardrails:sessions.idleTimeout",
		problem.WrongType,
		[]string{"such as 15m"},
	},
	{
		"nothing where a person belongs",
		"    - name: bob\n",
		"    -\n",
		"guardrails:users[1]",
		problem.WrongType,
		[]string{"is empty"},
	},
	{
		"a time without offset",
		`at: "2030-12-01T09:00:00+09:00"`,
		`at: "2030-12-01T09:00:00"`,
		"guardrails:expect[0].at",
		problem.Invalid,
		[]string{"is not a time with an offset"},
	},

	// Values.
	{
		"an account id with a digit too few",
		`id: "111122223333"`,
		`id: "11112222333"`,
		"guardrails:account.id",
		problem.Invalid,
		[]string{"is not an account id"},
	},
	{
		"a Region that is none",
		"aws:region: ap-northeast-1",
		"aws:region: eu-wset-1",
		"aws:region",
		problem.Invalid,
		[]string{`"eu-wset-1" is not a Region`, `did you mean "eu-west-1"?`},
	},
	{
		"a number out of bounds",
		"minimumLength: 16",
		"minimumLength: 5",
		"guardrails:passwordPolicy.minimumLength",
		problem.Invalid,
		[]string{"5 is not a whole number from 6 to 128"},
	},
	{
		"a fraction",
		"reusePrevention: 24",
		"reusePrevention: 2.5",
		"guardrails:passwordPolicy.reusePrevention",
		problem.Invalid,
		[]string{"2.5 is not a whole number"},
	},
	{
		"a duration out of bounds",
		"idleTimeout: 15m",
		"idleTimeout: 61m",
		"guardrails:sessions.idleTimeout",
		problem.Invalid,
		[]string{"is not between 1m and 1h"},
	},
	{
		"a duration in parts of a minute",
		"idleTimeout: 15m",
		"idleTimeout: 90s",
		"guardrails:sessions.idleTimeout",
		problem.Invalid,
		[]string{"whole minutes"},
	},
	{
		"a duration that is none",
		"idleTimeout: 15m",
		"idleTimeout: soon",
		"guardrails:sessions.idleTimeout",
		problem.Invalid,
		[]string{"is not a duration"},
	},
	{
		"a word that is none of the words",
		"sessionName: any",
		"sessionName: username",
		"guardrails:delegatedRoles[0].sessionName",
		problem.Invalid,
		[]string{`did you mean "userName"?`},
	},
	{
		"an email address that is none",
		"email: alice@example.com",
		"email: alice",
		"guardrails:users[0].email",
		problem.Invalid,
		[]string{"is not an email address"},
	},
	{
		"a user name that IAM does not take",
		"    - name: bob\n",
		"    - name: bob\n    - name: bob smith\n",
		"guardrails:users[2].name",
		problem.Invalid,
		[]string{"' '"},
	},
	{
		"a tag value that IAM does not take",
		"tags: {Team: operations}",
		`tags: {Team: "ops?"}`,
		`guardrails:users[0].tags["Team"]`,
		problem.Invalid,
		[]string{"'?'"},
	},
	{
		"two tags that differ by case",
		"tags: {Team: operations}",
		"tags: {Team: operations, team: x}",
		`guardrails:users[0].tags["team"]`,
		problem.Duplicate,
		[]string{"by case only"},
	},
	{
		"a tag key of AWS's",
		"tags: {project: Project}",
		`tags: {project: "aws:project"}`,
		"guardrails:tags.project",
		problem.Invalid,
		[]string{`begins with "aws:"`},
	},
	{
		"a principal without its kind",
		"deployer: role/GuardrailDeployer",
		"deployer: GuardrailDeployer",
		"guardrails:account.deployer",
		problem.Invalid,
		[]string{`write "role/" or "user/"`},
	},
	{
		"a key that is an alias",
		"kmsKeyId: mrk-1234abcd12ab34cd56ef1234567890ab",
		"kmsKeyId: alias/sessions",
		"guardrails:sessions.kmsKeyId",
		problem.Invalid,
		[]string{"alias/sessions"},
	},
	{
		"hard expiry without an age",
		"    maxAge: 90\n    reusePrevention: 24\n    hardExpiry: false",
		"    hardExpiry: true",
		"guardrails:passwordPolicy.hardExpiry",
		problem.Invalid,
		[]string{"maxAge"},
	},

	// People.
	{
		"a user twice",
		"    - name: bob\n",
		"    - name: bob\n    - name: bob\n",
		"guardrails:users[2].name",
		problem.Duplicate,
		[]string{`"bob" is a user already`},
	},
	{
		"a user twice in another case",
		"    - name: bob\n",
		"    - name: bob\n    - name: Bob\n",
		"guardrails:users[2].name",
		problem.Duplicate,
		[]string{`"Bob" differs from "bob" by case only`},
	},
	{
		"a person who does not exist",
		"users: [alice, bob]",
		"users: [alicia]",
		"guardrails:operationRoles[0].users[0]",
		problem.NotFound,
		[]string{`"alicia" is no user of this stack`, `did you mean "alice"?`},
	},
	{
		"a person who does not exist in a delegated role",
		"    - name: AdminRole\n      users: [alice]",
		"    - name: AdminRole\n      users: [mallory]",
		"guardrails:delegatedRoles[0].users[0]",
		problem.NotFound,
		[]string{`"mallory" is no user of this stack`, "guardrails:users"},
	},
	{
		"a person in the wrong case",
		"users: [alice, bob]",
		"users: [Alice]",
		"guardrails:operationRoles[0].users[0]",
		problem.NotFound,
		[]string{`did you mean "alice"?`},
	},
	{
		"a person twice",
		"users: [alice, bob]",
		"users: [alice, bob, alice]",
		"guardrails:operationRoles[0].users[2]",
		problem.Duplicate,
		[]string{"is the same as [0]"},
	},
	{
		"an ARN among the names",
		"users: [alice, bob]",
		`users: ["arn:aws:iam::444455556666:user/carol"]`,
		"guardrails:operationRoles[0].users[0]",
		problem.Invalid,
		[]string{"move it to principalArns"},
	},
	{
		"a role without principals",
		"    - users: [bob]\n      project: Bank",
		"    - project: Bank",
		"guardrails:operationRoles[1].users",
		problem.Invalid,
		[]string{"nobody could assume the role"},
	},
	{
		"a role among the principals",
		"user/carol",
		"role/carol",
		"guardrails:operationRoles[0].principalArns[0]",
		problem.Invalid,
		[]string{"a role session carries no MFA"},
	},
	{
		"an account among the principals",
		"user/carol",
		"root",
		"guardrails:operationRoles[0].principalArns[0]",
		problem.Invalid,
		[]string{"root"},
	},
	{
		"a wildcard among the principals",
		"user/carol",
		"user/*",
		"guardrails:operationRoles[0].principalArns[0]",
		problem.Invalid,
		[]string{"user/*"},
	},
	{
		"a principal of another partition",
		"arn:aws:iam::444455556666:user/carol",
		"arn:aws-cn:iam::444455556666:user/carol",
		"guardrails:operationRoles[0].principalArns[0]",
		problem.Invalid,
		[]string{"aws-cn"},
	},

	// Roles.
	{
		"an empty project",
		"project: Bank",
		`project: ""`,
		"guardrails:operationRoles[1].project",
		problem.Invalid,
		[]string{"is empty", "name the project"},
	},
	{
		"an OS user that is root",
		"runAs: teller",
		"runAs: root",
		"guardrails:operationRoles[1].runAs",
		problem.Invalid,
		[]string{"superuser"},
	},
	{
		"an OS user that is an address",
		"runAs: teller",
		"runAs: alice@example.com",
		"guardrails:operationRoles[1].runAs",
		problem.Invalid,
		[]string{"is an address, or the login of a domain", "domainLogins"},
	},
	{
		"a role without an OS user where there is no default",
		"      runAs: teller\n",
		"",
		"guardrails:operationRoles[1].runAs",
		problem.Invalid,
		[]string{"is missing", "defaultUser is empty"},
	},
	{
		"Run As switched off under roles with OS users",
		"runAs: {enabled: true",
		"runAs: {enabled: false",
		"guardrails:sessions.runAs.enabled",
		problem.Refused,
		[]string{"ssm-user"},
	},
	{
		"a role name over the limit",
		"name: shop-operation",
		"name: " + strings.Repeat("a", 65),
		"guardrails:operationRoles[0].name",
		problem.Invalid,
		[]string{"65 characters", "64"},
	},
	{
		"a role that the console could not switch to",
		"name: AdminRole",
		"name: " + strings.Repeat("a", 50),
		"guardrails:delegatedRoles[0].name",
		problem.Invalid,
		[]string{"the console"},
	},
	{
		"a role name taken by another section",
		"name: AdminRole",
		"name: Bank-teller",
		"guardrails:delegatedRoles[0].name",
		problem.Duplicate,
		[]string{"guardrails:operationRoles[1]"},
	},
	{
		"a role name taken in another case",
		"name: AdminRole",
		"name: SHOP-operation",
		"guardrails:delegatedRoles[0].name",
		problem.Duplicate,
		[]string{"guardrails:operationRoles[0]"},
	},
	{
		"two roles whose names are derived alike",
		"    - users: [bob]\n      project: Bank",
		"    - users: [alice]\n      project: B ank\n      runAs: teller\n    - users: [bob]\n      project: Bank",
		"guardrails:operationRoles[2].name",
		problem.Invalid,
		[]string{"Bank-teller", "operationRoles[1]"},
	},
	{
		"a pattern among the documents",
		"documents: [AWS-StartPortForwardingSession]",
		`documents: ["*"]`,
		"guardrails:operationRoles[0].documents[0]",
		problem.Invalid,
		[]string{`"*" is a pattern`},
	},
	{
		"a document that leaves the node",
		"documents: [AWS-StartPortForwardingSession]",
		"documents: [AWS-StartPortForwardingSessionToRemoteHost]",
		"guardrails:operationRoles[0].documents[0]",
		problem.Invalid,
		[]string{"allowUnlogged"},
	},
	{
		"SSH",
		"documents: [AWS-StartPortForwardingSession]",
		"documents: [AWS-StartSSHSession]",
		"guardrails:operationRoles[0].documents[0]",
		problem.Invalid,
		[]string{"allowUnlogged"},
	},
	{
		"no policies",
		"managedPolicies: [AdministratorAccess]",
		"managedPolicies: []",
		"guardrails:delegatedRoles[0].managedPolicies",
		problem.Refused,
		[]string{"without permissions"},
	},
	{
		"an MFA age over the limit",
		"mfaMaxAge: 4h",
		"mfaMaxAge: 37h",
		"guardrails:operationRoles[0].mfaMaxAge",
		problem.Invalid,
		[]string{"is not between 1m and 36h"},
	},

	// Lists that would mean something else than they look.
	{
		"no Regions",
		"regions: [ap-northeast-1, us-east-1]",
		"regions: []",
		"guardrails:sessions.regions",
		problem.Refused,
		[]string{"AWS's defaults"},
	},
	{
		"a Region twice",
		"regions: [ap-northeast-1, us-east-1]",
		"regions: [us-east-1, us-east-1]",
		"guardrails:sessions.regions[1]",
		problem.Duplicate,
		[]string{"is the same as [0]"},
	},
	{
		"a Region of another partition",
		"regions: [ap-northeast-1, us-east-1]",
		"regions: [ap-northeast-1, us-east-1, cn-north-1]",
		"guardrails:sessions.regions[2]",
		problem.Invalid,
		[]string{"cn-north-1"},
	},

	// What is adopted.
	{
		"a Region to adopt that is not listed",
		"sessions: [us-east-1]",
		"sessions: [eu-west-1]",
		"guardrails:adopt.sessions[0]",
		problem.Invalid,
		[]string{"sessions.regions"},
	},
	{
		"a user to adopt who is not listed",
		"users: [bob]\n    roles",
		"users: [bib]\n    roles",
		"guardrails:adopt.users[0]",
		problem.Invalid,
		[]string{"is nothing that this stack has"},
	},
	{
		"a user to adopt twice",
		"users: [bob]\n    roles",
		"users: [bob, bob]\n    roles",
		"guardrails:adopt.users[1]",
		problem.Duplicate,
		[]string{"is the same as [0]"},
	},
	{
		"a role to adopt that is nowhere",
		"roles: [Bank-teller]",
		"roles: [Bank-robber]",
		"guardrails:adopt.roles[0]",
		problem.Invalid,
		[]string{"given or derived"},
	},
	{
		"a policy to adopt that is nowhere",
		"policies: [guardrails-operation-guard]",
		"policies: [AdministratorAccess]",
		"guardrails:adopt.policies[0]",
		problem.Invalid,
		[]string{"leave it out"},
	},

	// Expectations.
	{
		"an expectation that tries nothing",
		"      opens: shell\n      on: {instance: {Project: Shop}}\n",
		"",
		"guardrails:expect[0]",
		problem.Missing,
		[]string{"tries nothing"},
	},
	{
		"an expectation without an outcome",
		"      denied: true\n    - it: bob touches",
		"    - it: bob touches",
		"guardrails:expect[0]",
		problem.Invalid,
		[]string{"has 0 outcomes"},
	},
	{
		"an expectation with two outcomes",
		"osUser: teller",
		"osUser: teller\n      denied: true",
		"guardrails:expect[2]",
		problem.Invalid,
		[]string{"has 2 outcomes"},
	},
	{
		"an outcome that says what is not expected",
		"      denied: true\n    - it: bob touches",
		"      allowed: false\n    - it: bob touches",
		"guardrails:expect[0].allowed",
		problem.Invalid,
		[]string{"denied: true"},
	},
	{
		"a pattern of actions",
		"do: iam:DeactivateMFADevice",
		"do: \"iam:*\"",
		"guardrails:expect[1].do",
		problem.Invalid,
		[]string{"is not an action"},
	},
	{
		"a key with MFA",
		"session: console",
		"session: key",
		"guardrails:expect[0].mfa",
		problem.Invalid,
		[]string{"keyWithMfaCode"},
	},
	{
		"a door on a user",
		"on: {instance: {Project: Bank}}",
		"on: {user: alice}",
		"guardrails:expect[2].on",
		problem.Invalid,
		[]string{"names no node"},
	},
	{
		"a reason that is missing",
		"    - {id: mfa.enrolWithAccessKeys, because: the build users have no console password}",
		"    - {id: mfa.enrolWithAccessKeys}",
		"guardrails:accept[0].because",
		problem.Missing,
		nil,
	},

	// Settings of the provider.
	{
		"an unknown setting",
		"aws:profile: guardrails-dev",
		"aws:profle: guardrails-dev",
		"aws:profle",
		problem.UnknownKey,
		[]string{`did you mean "aws:profile"?`},
	},
	{
		"a setting that would do nothing",
		"aws:profile: guardrails-dev",
		"aws:forbiddenAccountIds: [\"999999999999\"]",
		"aws:forbiddenAccountIds",
		problem.Refused,
		[]string{"guardrails:account.id"},
	},
	{
		"a setting that would hide the account",
		"aws:profile: guardrails-dev",
		"aws:skipRequestingAccountId: true",
		"aws:skipRequestingAccountId",
		problem.Refused,
		[]string{"which account"},
	},
	{
		"a setting of another provider",
		"aws:profile: guardrails-dev",
		"aws-native:region: ap-northeast-1",
		"aws-native:region",
		problem.Refused,
		[]string{"aws: setting"},
	},
	{
		"an endpoint of a service that is never called",
		`{iam: "https://iam.example.com"`,
		`{ec2: "https://ec2.example.com"`,
		"aws:endpoints[0].ec2",
		problem.UnknownKey,
		[]string{"iam"},
	},
	{
		"a list of accounts without the stack's",
		"aws:profile: guardrails-dev",
		"aws:allowedAccountIds: [\"999999999999\"]",
		"aws:allowedAccountIds",
		problem.Refused,
		[]string{`leaves out "111122223333"`},
	},
	{
		"a default tag that decides access",
		"{tags: {ManagedBy: guardrails}}",
		"{tags: {project: Shop}}",
		`aws:defaultTags.tags["project"]`,
		problem.Refused,
		[]string{"decides access"},
	},
	{
		"an ignored tag that decides access",
		"keys: [CostCenter]",
		"keys: [ssmsessionrunas]",
		"aws:ignoreTags.keys[0]",
		problem.Refused,
		[]string{"decides access"},
	},
	{
		"ignored tags that begin like one that decides access",
		`keyPrefixes: ["finance:"]`,
		"keyPrefixes: [Proj]",
		"aws:ignoreTags.keyPrefixes[0]",
		problem.Refused,
		[]string{`"Project"`},
	},
	{
		"a credential in plain text",
		"aws:profile: guardrails-dev",
		"aws:secretKey: wJalrXUtnFEMI",
		"aws:secretKey",
		problem.Refused,
		[]string{"plain text", "--secret"},
	},
}

// FileOnly are refusals of what the engine does not hand over: it drops or replaces it before a program sees it.
var FileOnly = []Refusal{
	{
		"a second document",
		"because: the build users have no console password}",
		"because: the build users have no console password}\n---\nconfig: {}",
		"",
		problem.Refused,
		[]string{"second YAML document"},
	},
	{
		"a key given twice",
		"      displayName: Alice Example",
		"      displayName: Alice Example\n      displayName: Alice",
		"guardrails:users[0].displayName",
		problem.Duplicate,
		[]string{"is given twice"},
	},
	{
		"a section given twice",
		"  guardrails:protect: false",
		"  guardrails:protect: false\n  guardrails:protect: true",
		"guardrails:protect",
		problem.Duplicate,
		[]string{"is given twice"},
	},
	{
		"an unquoted time",
		`at: "2030-12-01T09:00:00+09:00"`,
		"at: 2030-12-01T09:00:00+09:00",
		"guardrails:expect[0].at",
		problem.WrongType,
		[]string{"is a date to YAML", `quoted time`},
	},
	{
		"an unknown key of the file",
		"config:\n  aws:region",
		"conifg: {}\nconfig:\n  aws:region",
		"conifg",
		problem.UnknownKey,
		[]string{`did you mean "config"?`},
	},
	{
		"an empty section",
		"  guardrails:protect: false",
		"  guardrails:protect:",
		"guardrails:protect",
		problem.WrongType,
		[]string{"is empty", "remove the key"},
	},
	{
		"a tag of YAML's",
		"displayName: Alice Example",
		"displayName: !alias Alice",
		"guardrails:users[0].displayName",
		problem.WrongType,
		[]string{"YAML tag !alias"},
	},
}

// Mutated is the full stack file with the change made.
func (r Refusal) Mutated(t testing.TB, full string) string {
	t.Helper()
	return testkit.Replace(t, full, r.From, r.To)
}

// Holds holds the problems against the refusal: this one and no other.
func (r Refusal) Holds(t testing.TB, problems problem.List) {
	t.Helper()
	require.Len(t, problems, 1, "%v", problems)
	assert.Equal(t, r.Path, problems[0].Path)
	assert.Equal(t, r.Kind, problems[0].Kind)
	for _, part := range r.Says {
		assert.Contains(t, problems[0].Error(), part)
	}
	assert.NotEmpty(t, problems[0].Why)
}

// Text is a file of the repository, given by its path from the root.
func Text(t testing.TB, file string) string {
	t.Helper()
	data, err := os.ReadFile(testkit.Path(t, file))
	require.NoError(t, err)
	return string(data)
}
