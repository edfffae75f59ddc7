package stack

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/problem"
)

// organizationFolder is a folder of three stacks: people, machines, and the policies of the organization. Changes
// replace whole files.
func organizationFolder(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := map[string]string{
		"jump": `config:
  aws:region: us-east-1
  guardrails:account: {id: "111122223333", alias: jump}
  guardrails:users: [{name: alice}]
`,
		"work": `config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
`,
		"root": `config:
  aws:region: us-east-1
  guardrails:account: {id: "123456789012", organization: o-exampleorgid, deployer: role/Deployer, breakGlass: [role/BreakGlass]}
  guardrails:organization:
    id: o-exampleorgid
    management: "123456789012"
    tree:
      id: r-exam
      accounts: ["123456789012"]
      units: [{id: ou-exam-11111111, accounts: ["111122223333"]}, {id: ou-exam-22222222, accounts: ["444455556666"]}]
    osAccessOnly: {targets: [ou-exam-22222222]}
    consolePasswords: {jumpAccounts: [jump], targets: [r-exam]}
    protectGuardrails: {targets: [r-exam]}
`,
	}
	maps.Copy(files, changes)
	folder := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi."+name+".yaml"), []byte(text), 0o600))
	}
	return folder
}

func readRoot(t *testing.T, changes map[string]string) (*Stack, problem.List) {
	t.Helper()
	return ReadFile(filepath.Join(organizationFolder(t, changes), "Pulumi.root.yaml"))
}

// The account of a stack with users is one of people: leaving it out of the list, or leaving the list to its default,
// is refused.
func TestAnAccountWithUsersIsOneOfPeople(t *testing.T) {
	work := map[string]string{"work": `config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
  guardrails:users: [{name: bob}]
  guardrails:operationRoles: [{users: [bob], project: shop, runAs: bob}]
`}
	_, problems := readRoot(t, work)
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("guardrails:organization.protectGuardrails.peopleAccounts"), problems[0].Path)
	assert.Equal(t, problem.Refused, problems[0].Kind)
	assert.Contains(t, problems[0].Why, "leaves out 444455556666, whose stack work has users")
	assert.Contains(t, problems[0].Fix, `add "work"`)
	assert.Equal(t, 13, problems[0].Line, "the section that the key would stand in")

	folder := organizationFolder(t, work)
	file := filepath.Join(folder, "Pulumi.root.yaml")
	replace := func(old, new string) problem.List {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(organizationFolder(t, work), "Pulumi.root.yaml"))
		require.NoError(t, err)
		require.Contains(t, string(data), old)
		require.NoError(t, os.WriteFile(file, bytes.Replace(data, []byte(old), []byte(new), 1), 0o600))
		_, found := ReadFile(file)
		return found
	}
	assert.Empty(
		t,
		replace(
			"protectGuardrails: {targets: [r-exam]}",
			"protectGuardrails: {targets: [r-exam], peopleAccounts: [jump, work]}",
		),
	)
	problems = replace(
		"protectGuardrails: {targets: [r-exam]}",
		"protectGuardrails: {targets: [r-exam], peopleAccounts: [work]}",
	)
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].Fix, `add "jump"`)
}

// The MFA group of every stack is protected at the path that its file gives it; the path of the guardrails needs no
// mention.
func TestMFAGroupsAreProtectedWhereTheyAre(t *testing.T) {
	s, problems := readRoot(t, nil)
	require.Empty(t, problems)
	assert.Equal(
		t,
		[]string{"arn:aws:iam::111122223333:group/guardrails/guardrails-mfa"},
		s.ServiceControlPolicies().MFAGroups,
	)
	s, problems = readRoot(t, map[string]string{
		"jump": `config:
  aws:region: us-east-1
  guardrails:account: {id: "111122223333", alias: jump}
  guardrails:mfa: {name: everybody, path: /people/}
  guardrails:users: [{name: alice}]
`})
	require.Empty(t, problems)
	assert.Equal(t, []string{"arn:aws:iam::111122223333:group/people/everybody"}, s.ServiceControlPolicies().MFAGroups)
}

// Just-in-time node access of any stack of the folder exempts and protects the roles of the service.
func TestJustInTimeAccessOfASiblingReachesTheOrganization(t *testing.T) {
	s, problems := readRoot(t, nil)
	require.Empty(t, problems)
	assert.Empty(t, s.ServiceControlPolicies().JustInTimeAccounts)
	s, problems = readRoot(t, map[string]string{"work": `config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
  guardrails:sessions: {runAs: {defaultUser: operator}}
  guardrails:justInTime: {}
`})
	require.Empty(t, problems)
	assert.Equal(t, []string{"444455556666"}, s.ServiceControlPolicies().JustInTimeAccounts)
}

// A misspelt person with standing OS access is refused with the name that is near.
func TestAMisspeltStandingUserIsRefused(t *testing.T) {
	_, problems := ReadFile(filepath.Join(organizationFolder(t, map[string]string{"work": `config:
  aws:region: us-east-1
  guardrails:account: {id: "444455556666", alias: work}
  guardrails:sessions: {}
  guardrails:osAccess: {projects: [shop], runAs: oncall, standingUsers: [jump/alcie, jmup/alice, bob]}
`}), "Pulumi.work.yaml"))
	require.Len(t, problems, 3)
	for i, fix := range []string{`did you mean "jump/alice"?`, `did you mean "jump/alice"?`, "write alias/name for somebody of another stack"} {
		assert.Equal(t, problem.NotFound, problems[i].Kind)
		assert.Equal(t, problem.Path("guardrails:osAccess.standingUsers").Index(i), problems[i].Path)
		assert.Contains(t, problems[i].Fix, fix)
		assert.Equal(t, 5, problems[i].Line)
	}
}
