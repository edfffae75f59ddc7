package change

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/workspace"
)

// someDay is before the grants of the examples.
var someDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const (
	dev          = "dev"
	organization = "../../examples/organization"
)

// edit is a text that a file has once, and what it becomes.
type edit struct{ file, old, new string }

// project copies a project into a folder of its own: dev is the development stack alone.
func project(t testing.TB, from string) string {
	t.Helper()
	dir := t.TempDir()
	if from != dev {
		require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
		return dir
	}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
		data, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return dir
}

func apply(t testing.TB, dir string, edits ...edit) {
	t.Helper()
	for _, e := range edits {
		path := filepath.Join(dir, e.file)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(data), e.old), "test bug: %s has %q another number of times", e.file, e.old)
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(data), e.old, e.new, 1)), 0o600))
	}
}

func stacksOf(t testing.TB, dir string) []*config.Stack {
	t.Helper()
	folder, err := workspace.Open(dir)
	require.NoError(t, err)
	stacks, err := folder.Read()
	require.NoError(t, err)
	return stacks
}

// reportOf compares a project before and after edits.
func reportOf(t testing.TB, from string, edits ...edit) *Report {
	t.Helper()
	dir := project(t, from)
	apply(t, dir, edits...)
	to := Of("the working tree", stacksOf(t, dir)...)
	to.list("guardrails", stacksOf(t, dir))
	r, err := Compare(sideOf(t, from), to, someDay)
	require.NoError(t, err)
	r.refused = to.refusals()
	return r
}

var (
	sidesLock sync.Mutex
	sides     = map[string]*Side{}
)

// sideOf is a project as it is shipped, judged once for all tests.
func sideOf(t testing.TB, from string) *Side {
	t.Helper()
	sidesLock.Lock()
	defer sidesLock.Unlock()
	if sides[from] == nil {
		stacks := stacksOf(t, project(t, from))
		sides[from] = Of("before", stacks...)
		sides[from].list("guardrails", stacks)
	}
	return sides[from]
}

func textOf(t testing.TB, r *Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.WriteText(&out))
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), got), "read the difference; if it is meant, UPDATE_GOLDEN=1")
}

const (
	devFile        = "Pulumi.dev.yaml"
	jumpFile       = "Pulumi.jump.yaml"
	workloadFile   = "Pulumi.workload.yaml"
	identityFile   = "Pulumi.identity.yaml"
	managementFile = "Pulumi.management.yaml"
)

// Each edit of a stack file with the whole report of it, and the lines that it must have in words beside.
func TestReportsOfEdits(t *testing.T) {
	for name, c := range map[string]struct {
		from  string
		edits []edit
		// people are the lines about people and calls, each by its beginning; says are texts that stand elsewhere.
		people, says []string
	}{
		"a person takes a role": {dev, []edit{{devFile, "- users: [non-97-test-user2]", "- users: [non-97-test-user2, non-97-test-user1]"}},
			[]string{"+ non-97-test-user1 gains the role TestProject2-os-user2, and with it shell as os-user2 on nodes of Test Project 2"},
			[]string{"1 person can do more; no one loses"}},
		"a person gets a role": {organization, []edit{{workloadFile, "    - name: billing-bob\n      users: [jump/bob]\n", "    - name: billing-bob\n      users: [jump/bob, jump/carol]\n"}},
			[]string{"+ carol gains the role billing-bob, and with it shell as bob on nodes of billing"}, nil},
		"a document is taken away": {dev, []edit{{devFile, "      documents: [AWS-StartPortForwardingSession]\n", ""}},
			[]string{"- non-97-test-user1 loses port on nodes of Test Project 1", "- whoever is in role TestProject1-os-user1 of dev loses ssm:StartSession"},
			[]string{"a port of a node is forwarded: holds -> does not hold"}},
		"another OS user in the same role": {dev, []edit{{devFile, "      runAs: os-user3\n", "      runAs: os-user4\n"}},
			[]string{"+ non-97-test-user1 gains shell as os-user4 on nodes of Test Project 2", "- non-97-test-user1 loses shell as os-user3 on nodes of Test Project 2",
				"+ 444455556666/non-97-test-user3 gains shell as os-user4", "- 444455556666/non-97-test-user3 loses shell as os-user3"},
			[]string{`has the tag SSMSessionRunAs "os-user4", and had "os-user3"`}},
		"self-service goes": {organization, []edit{{jumpFile, "      accessKeys: true", "      accessKeys: false"}},
			[]string{"- alice, bob, carol lose iam:CreateAccessKey, iam:DeleteAccessKey"}, []string{"ManageOwnAccessKeysWithMFA: gone"}},
		"a switch waives a proof": {dev, []edit{{devFile, "  guardrails:operationRoles:", "  guardrails:mfa: {enrolWithAccessKeys: true}\n  guardrails:operationRoles:"}},
			[]string{"+ non-97-test-user1, non-97-test-user2 gain iam:"},
			[]string{"no-enrolment-with-access-keys: holds -> waived by mfa.enrolWithAccessKeys", "DenyEnrolmentWithAccessKeys: gone"}},
		"the way out of the jump account": {organization, []edit{{jumpFile, `, "555555555555"`, ""}},
			[]string{"- alice loses the role IdentityReader, which carries SecurityAudit", "- carol loses the role IdentityAdmin, which carries AdministratorAccess"}, nil},
		"a delegated role carries more": {organization, []edit{{identityFile, "managedPolicies: [SecurityAudit]", "managedPolicies: [SecurityAudit, IAMFullAccess]"}},
			[]string{"+ whoever is in role IdentityReader of identity gains iam:*"}, []string{"role IdentityReader of identity carries IAMFullAccess too"}},
		"a guardrail is detached": {organization, []edit{{managementFile, "    memberRoot:\n      targets: [ou-exam-11111111]\n", ""}},
			[]string{"+ the root user of payments (777788889999), the root user of workload (444455556666) gain *: DenyRootUsersButForCentralSessions"},
			[]string{"- service control policy guardrails-member-root is detached from Workloads (ou-exam-11111111), which covers", "root-only-in-central-sessions is not proven any more",
				"organization-policy-guardrails-member-root is DELETED"}},
		"doors shut for operation roles": {organization, []edit{{managementFile, "      operationRoles: true\n", "      operationRoles: false\n"}},
			[]string{"- alice loses shell as alice on nodes of shop", "- bob loses shell as bob on nodes of billing", "- bob loses shell as bob on nodes of shop",
				"- anybody else in payments (777788889999), "}, []string{"DenySessionsButForGuardedRoles"}},
		"a grant lasts longer": {organization, []edit{{workloadFile, "      until: \"2026-12-01T13:00:00+09:00\"\n", "      until: \"2026-12-01T14:00:00+09:00\"\n"}},
			[]string{"+ alice gains shell as alice on nodes of billing in ap-northeast-1, us-east-1"}, []string{"from 2026-12-01T04:00:00Z until 2026-12-01T05:00:00Z"}},
		"sessions end later": {organization, []edit{{workloadFile, "    maxDuration: 60m\n", "    maxDuration: 90m\n"}}, nil,
			[]string{"has the longest shell 90m, and had 1h"}},
		"MFA may be older": {dev, []edit{{devFile, "      runAs: os-user3\n", "      runAs: os-user3\n      mfaMaxAge: 24h\n"}},
			[]string{"+ non-97-test-user1 gains shell as os-user3"}, []string{"signs in with MFA that is 12h to 24h old"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reportOf(t, c.from, c.edits...)
			text := textOf(t, r)
			if c.from == dev {
				golden(t, strings.ReplaceAll(name, " ", "-")+".txt", text)
			}
			assert.False(t, r.NoOne)
			assert.NotContains(t, text, "No one gains or loses,")
			for _, line := range c.people {
				assert.Contains(t, text, "\n    "+line)
			}
			for _, said := range c.says {
				assert.Contains(t, text, said)
			}
		})
	}
}

// A role for one person is one line, and nothing else is said of anybody.
func TestARoleForOnePersonIsOneLine(t *testing.T) {
	r := reportOf(t, organization, edit{workloadFile, "    - name: billing-bob\n", "    - name: payroll-bob\n      users: [jump/bob]\n      project: payroll\n      runAs: bob\n    - name: billing-bob\n"})
	require.Len(t, r.People, 1)
	assert.Empty(t, r.Calls)
	assert.Empty(t, r.Open)
	assert.Equal(t, "bob gains the role payroll-bob, and with it shell as bob on nodes of payroll in ap-northeast-1, us-east-1 and start, stop on nodes of payroll, "+
		"in workload (444455556666): signs in with MFA of the last 12h > takes payroll-bob > shell as bob", r.People[0].Line)
}

// What means the same is said to mean the same: comments, order, spelling, what is over, and what is put in other words.
func TestWhatMeansTheSameIsNoOnesGainOrLoss(t *testing.T) {
	for name, edits := range map[string][]edit{
		"nothing":   nil,
		"a comment": {{workloadFile, "# One role for each person and project", "# One role for every person and project"}},
		"the order": {{workloadFile, "    - name: shop-alice\n      users: [jump/alice]\n      project: shop\n      runAs: alice\n    - name: shop-bob\n      users: [jump/bob]\n      project: shop\n      runAs: bob\n",
			"    - name: shop-bob\n      users: [jump/bob]\n      project: shop\n      runAs: bob\n    - name: shop-alice\n      users: [jump/alice]\n      project: shop\n      runAs: alice\n"}},
		"a default that is written": {{jumpFile, "    selfService:\n", "    firstPasswordChange: true\n    selfService:\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, organization, edits...)
			assert.True(t, r.NoOne, textOf(t, r))
			assert.True(t, r.Silent(), textOf(t, r))
			assert.Equal(t, "No one gains or loses, from before to the working tree\n", textOf(t, r))
			assert.NoError(t, r.Differs())
		})
	}
}

// A grant that is over by the time from which the report looks on is no loss when it is removed.
func TestWhatIsOverIsNoLoss(t *testing.T) {
	dir := project(t, organization)
	apply(t, dir, edit{workloadFile, `      from: "2026-12-01T09:00:00+09:00"`, `      from: "2026-12-01T08:00:00+09:00"`})
	late := someDay.AddDate(1, 0, 0)
	r, err := Compare(sideOf(t, organization), Of("after", stacksOf(t, dir)...), late)
	require.NoError(t, err)
	assert.Empty(t, r.People)
	assert.Empty(t, r.Calls, textOf(t, r))
	assert.NotEmpty(t, r.Documents, "the documents differ all the same")
}

// A comment on a pull request shows people at once and the papers on demand, and no name of a person in it calls anybody.
func TestReportsForPullRequests(t *testing.T) {
	r := reportOf(t, organization, edit{managementFile, "    memberRoot:\n      targets: [ou-exam-11111111]\n", ""})
	var out bytes.Buffer
	require.NoError(t, r.WriteMarkdown(&out))
	assert.Contains(t, out.String(), "<details><summary>documents: ")
	assert.Equal(t, `a\*b\_c @`+"\u200b"+`bob &lt;x`, escape("a*b_c @bob <x"))
}

// Machines get every list, never null.
func TestReportsForMachines(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, reportOf(t, dev).WriteJSON(&out))
	var read map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	assert.Equal(t, true, read["noOneGainsOrLoses"])
	for _, list := range []string{"people", "calls", "guardrails", "proofs", "settings", "documents", "resources", "open", "notes"} {
		assert.Equal(t, []any{}, read[list], list)
	}
}

// A change that refuses the stack files is reported with its meaning, and with what refuses it.
func TestRefusedStackFilesAreReportedAndRefused(t *testing.T) {
	r := reportOf(t, organization, edit{jumpFile, `, "555555555555"`, ""})
	require.Error(t, r.refused)
	assert.Equal(t, workspace.Refused, workspace.StatusOf(r.refused))
	assert.NoError(t, reportOf(t, dev).refused)
	assert.Equal(t, workspace.Refused, workspace.StatusOf(reportOf(t, organization, edit{workloadFile, "    maxDuration: 60m\n", "    maxDuration: 90m\n"}).Differs()))
}

// The report of the example organization, one role changed.
func BenchmarkReport(b *testing.B) {
	dir := project(b, organization)
	then := stacksOf(b, dir)
	apply(b, dir, edit{workloadFile, "    - name: billing-bob\n      users: [jump/bob]\n", "    - name: billing-bob\n      users: [jump/bob, jump/carol]\n"})
	now := stacksOf(b, dir)
	for b.Loop() {
		_, err := compareStacks("guardrails", "before", then, now, someDay)
		require.NoError(b, err)
	}
}
