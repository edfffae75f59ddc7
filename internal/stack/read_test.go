package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// minimal is a stack file with nothing but what is required.
const minimal = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
`

func readText(text string) (*Stack, problem.List) {
	return Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
}

func mustRead(t *testing.T, text string) *Stack {
	t.Helper()
	stack, problems := readText(text)
	require.NoError(t, problems.Err())
	return stack
}

// one requires that there is one problem, and returns it.
func one(t *testing.T, problems problem.List) *problem.Problem {
	t.Helper()
	require.Len(t, problems, 1, "%v", problems)
	return problems[0]
}

// What is absent takes its documented default, and nothing is made that was not asked for.
func TestAbsentSectionsTakeTheirDefaults(t *testing.T) {
	stack := mustRead(t, minimal)
	assert.Equal(t, "dev", stack.Name)
	assert.Equal(t, policy.AWS, stack.Account.Partition)
	assert.Equal(t, "Project", stack.Tags.Project)
	assert.Nil(t, stack.MFAGroup())
	assert.Nil(t, stack.Passwords())
	assert.Nil(t, stack.Operation())
	assert.Nil(t, stack.Preferences())
	assert.Equal(t, policy.DefaultQuotas(), stack.Quotas)
	assert.False(t, stack.Protect)
	assert.Equal(t, []string{"ap-northeast-1"}, stack.Regions())
}

// A stack with users has the group that holds them to MFA, whether or not the section is there.
func TestUsersBringTheMFAGroup(t *testing.T) {
	stack := mustRead(t, minimal+"  guardrails:users: [{name: alice}, {name: bob, path: /ops/}]\n")
	g := stack.MFAGroup()
	require.NotNil(t, g)
	assert.Equal(t, "guardrails-mfa", g.Name)
	assert.Equal(t, []string{"/", "/ops/"}, g.UserPaths)
	assert.True(t, g.FirstPasswordChange)
	assert.False(t, g.EnrolWithAccessKeys)
	assert.Equal(t, group.SelfService{AccessKeys: true, ContactTags: []string{"Email", "DisplayName"}}, g.SelfService)
	for _, user := range stack.UserArgs() {
		assert.Equal(t, []string{"guardrails-mfa"}, user.Groups)
		assert.Equal(t, g.SelfService.ContactTags, user.ContactTags)
	}
}

// A stack with operation roles sets Session Manager's preferences, or its runAs would mean nothing.
func TestOperationRolesBringThePreferences(t *testing.T) {
	stack := mustRead(t, minimal+`  guardrails:users: [{name: alice}]
  guardrails:operationRoles: [{users: [alice], project: P, runAs: os-user1}]
`)
	preferences := stack.Preferences()
	require.NotNil(t, preferences)
	assert.Equal(t, []string{"ap-northeast-1"}, preferences.Regions)
	assert.True(t, *preferences.RunAs.Enabled)
	assert.Empty(t, preferences.RunAs.DefaultUser)
	assert.Equal(t, 15*time.Minute, preferences.IdleTimeout)
	assert.Equal(t, time.Hour, preferences.MaxDuration)
	role := stack.OperationRoles[0]
	assert.Equal(t, 12*time.Hour, role.MFAMaxAge)
	assert.Equal(t, guardrail.SessionNameUser, role.SessionName)
	assert.Equal(t, []string{"P-os-user1"}, stack.OperationRoleNames())
}

// Anchors, aliases and merge keys mean what they mean to Pulumi: a key that is written wins over a merged one.
func TestAnchorsAndMergeKeysAreFollowed(t *testing.T) {
	stack := mustRead(t, minimal+`  guardrails:users: [{name: alice}]
  guardrails:operationRoles:
    - &shop
      users: &people [alice]
      project: Shop
      runAs: operator
    - <<: *shop
      runAs: auditor
    - {<<: [{project: Bank}, *shop], users: *people, runAs: teller}
`)
	require.Len(t, stack.OperationRoles, 3)
	assert.Equal(t, "Shop", stack.OperationRoles[1].Project)
	assert.Equal(t, "auditor", stack.OperationRoles[1].RunAs)
	assert.Equal(t, "Bank", stack.OperationRoles[2].Project)
	assert.Equal(t, []sections.PersonOrTeam{"alice"}, stack.OperationRoles[2].Users)
}

// A problem in a value that is used twice is shown where it is used.
func TestProblemsBehindAnAliasStandWhereItIsUsed(t *testing.T) {
	_, problems := readText(minimal + "  guardrails:tags: {project: &bad 12}\n  guardrails:users:\n    - name: *bad\n")
	require.Len(t, problems, 2)
	assert.Equal(t, problem.Position{File: "Pulumi.dev.yaml", Line: 4, Column: 30}, problems[0].Position)
	assert.Equal(t, problem.Position{File: "Pulumi.dev.yaml", Line: 6, Column: 13}, problems[1].Position)
}

// What would never end is refused, and so is what would take forever.
func TestEndlessFilesAreRefused(t *testing.T) {
	_, problems := readText(minimal + "  guardrails:users: &a [*a]\n")
	assert.Contains(t, one(t, problems).Why, "alias of a value that contains it")

	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for _, pair := range []string{"ab", "bc", "cd", "de", "ef", "fg"} {
		bomb += pair[1:] + ": &" + pair[1:] + " [" + strings.TrimSuffix(
			strings.Repeat("*"+pair[:1]+", ", 10),
			", ",
		) + "]\n"
	}
	_, problems = readText(bomb + minimal)
	assert.Error(t, problems.Err())

	_, problems = readText(
		minimal + "  guardrails:users: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "\n",
	)
	assert.Error(t, problems.Err())
}

// Files that are no stack files are refused with the line.
func TestWhatIsNoStackFileIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		says string
	}{
		"nothing":         {"", 1, "the file is empty"},
		"a comment":       {"# nothing here\n", 1, "the file is empty"},
		"no YAML":         {"config:\n  a: b: c\n", 2, "the file is no YAML"},
		"a list":          {"- a\n", 1, "the file is a list"},
		"no config":       {"encryptionsalt: v1:abc\n", 1, "config: is missing"},
		"an empty config": {"\nconfig:\n", 2, "config: is empty"},
		"config a list":   {"config: [a]\n", 1, "config: is a list"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := readText(c.text)
			p := one(t, problems)
			assert.Contains(t, p.Error(), c.says)
			assert.Equal(t, c.line, p.Line)
		})
	}
}

// Sections that lie beside config are where people forget to indent.
func TestSectionsBesideConfigAreNamed(t *testing.T) {
	_, problems := readText(minimal + "guardrails:users: []\n")
	p := one(t, problems)
	assert.Equal(t, problem.UnknownKey, p.Kind)
	assert.Equal(t, "move it below config", p.Fix)
}

// Pulumi's own keys pass, and so do keys of programs that share an environment with this one.
func TestForeignKeysPass(t *testing.T) {
	stack := mustRead(t, `secretsprovider: passphrase
encryptionsalt: v1:XdJx3mwHHrk=
environment: [shared, prod]
config:
  pulumi:disable-default-providers: ["*"]
  kubernetes:context: prod
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
`)
	assert.Equal(t, []string{"shared", "prod"}, stack.Environments)
}

// What `pulumi config set` writes is understood: quoted booleans, lists and objects as JSON text, keys without their
// namespace.
func TestWhatPulumiConfigSetWritesIsUnderstood(t *testing.T) {
	stack := mustRead(t, `config:
  aws:region: ap-northeast-1
  aws:maxRetries: "5"
  account: '{"id": "111122223333"}'
  guardrails:protect: "true"
  guardrails:users: '[{"name": "alice"}]'
`)
	assert.True(t, stack.Protect)
	assert.Equal(t, 5, *stack.AWS.MaxRetries)
	require.Len(t, stack.Users, 1)
	assert.Equal(t, "alice", stack.Users[0].Name)

	_, problems := readText(minimal + "  guardrails:users: '[{\"nam\": \"alice\"}]'\n")
	assert.Equal(t, problem.Path("guardrails:users[0].nam"), problems[0].Path)
	assert.Equal(t, 4, problems[0].Line)
}

// A byte order mark and carriage returns, which editors on Windows write, do no harm.
func TestFilesFromWindowsAreRead(t *testing.T) {
	mustRead(t, "\xef\xbb\xbf"+strings.ReplaceAll(minimal, "\n", "\r\n"))
}

// The project's values count where the stack has none of its own, and problems in them stand in the project file.
func TestTheProjectGivesValues(t *testing.T) {
	project := &stackfile.Source{File: "Pulumi.yaml", Data: []byte(`name: guardrails
runtime: go
config:
  aws:region: {value: eu-west-1}
  protect: {type: boolean, default: true}
  guardrails:account: {description: required}
  guardrails:tags: {value: {project: Cost}}
`)}
	stack, problems := Read(
		stackfile.Source{
			File: "Pulumi.dev.yaml",
			Data: []byte("config:\n  guardrails:account: {id: \"111122223333\"}\n  guardrails:tags: {}\n"),
		},
		project,
	)
	require.NoError(t, problems.Err())
	assert.Equal(t, "eu-west-1", stack.AWS.Region)
	assert.True(t, stack.Protect)
	assert.Equal(t, "Project", stack.Tags.Project)

	_, problems = Read(
		stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte("config:\n  guardrails:account: {id: 1}\n")},
		project,
	)
	assert.Equal(
		t,
		"Pulumi.dev.yaml: 1 problem\n  2:28 guardrails:account.id: 1 is a number; write it in quotes: \"1\"",
		problems.Error(),
	)

	project.Data = append(project.Data, "  guardrails:quotas: {value: {trust: 0}}\n"...)
	_, problems = Read(
		stackfile.Source{
			File: "Pulumi.dev.yaml",
			Data: []byte("config:\n  guardrails:account: {id: \"111122223333\"}\n"),
		},
		project,
	)
	p := one(t, problems)
	assert.Equal(t, problem.Position{File: "Pulumi.yaml", Line: 8, Column: 38}, p.Position)
}

// A stack file is found with the project beside it, or above it where the project says so, and never with a project
// that does not mean it.
func TestTheProjectOfAStackFileIsFound(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	file := write("stacks/Pulumi.prod.yaml", "config:\n  guardrails:account: {id: \"111122223333\"}\n")
	project := "name: guardrails\nruntime: go\nconfig:\n  aws:region: eu-west-1\n"

	write("Pulumi.yaml", project)
	_, problems := ReadFile(file)
	assert.Equal(t, problem.Path("aws:region"), one(t, problems).Path)

	write("Pulumi.yaml", project+"stackConfigDir: stacks\n")
	stack, problems := ReadFile(file)
	require.NoError(t, problems.Err())
	assert.Equal(t, "eu-west-1", stack.AWS.Region)
	assert.Equal(t, "prod", stack.Name)

	write("stacks/Pulumi.yaml", strings.Replace(project, "eu-west-1", "eu-west-2", 1))
	stack, problems = ReadFile(file)
	require.NoError(t, problems.Err())
	assert.Equal(t, "eu-west-2", stack.AWS.Region)

	_, problems = ReadFile(filepath.Join(dir, "Pulumi.none.yaml"))
	assert.Equal(t, problem.NotFound, one(t, problems).Kind)
}

// Credentials are taken encrypted and never in plain text, and are not repeated.
func TestCredentialsAreTakenEncrypted(t *testing.T) {
	mustRead(
		t,
		minimal+"  aws:accessKey: AKIAIOSFODNN7EXAMPLE\n  aws:secretKey: {secure: AAAB}\n  aws:assumeRole: {roleArn: "+
			"\"arn:aws:iam::111122223333:role/x\", externalId: {secure: AAAB}}\n",
	)
	_, problems := readText(minimal + "  aws:secretKey: wJalrXUtnFEMI\n  aws:profile: {secure: AAAB}\n")
	require.Len(t, problems, 2)
	assert.Equal(t, problem.Path("aws:secretKey"), problems[0].Path)
	assert.Equal(t, problem.Path("aws:profile"), problems[1].Path)
	assert.NotContains(t, problems.Error(), "wJalrXUtnFEMI")
}

// Positions are found for every path, also for those that proofs and expectations report.
func TestPositionsAreFoundForPathsBelowAndAround(t *testing.T) {
	stack := mustRead(t, minimal+"  guardrails:users:\n    - name: alice\n    - {name: bob}\n")
	assert.Equal(t, 6, stack.Position("guardrails:users[1].name").Line)
	assert.Equal(t, 6, stack.Position("guardrails:users[1].nothing.here").Line)
	assert.Equal(t, 4, stack.Position("guardrails:users[7]").Line)
	assert.Equal(t, 1, stack.Position("guardrails:grants").Line)
}
