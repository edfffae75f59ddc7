package against

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// someDay is before the grants of the examples.
var someDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const (
	dev          = "dev"
	organization = "internal/against/testdata/organization"
	shipped      = "examples/organization"
)

// edit is a text that a file has once, and what it becomes.
type edit = testkit.Edit

// projectWith copies a project into a folder of its own: dev is the development stack alone.
func projectWith(t testing.TB, from string) string {
	t.Helper()
	if from == dev {
		return testkit.CopyFiles(t, "", []string{"Pulumi.yaml", "Pulumi.dev.yaml"})
	}
	return testkit.Copy(t, from)
}

func stacksOf(t testing.TB, dir string) []*stack.Stack {
	t.Helper()
	folder, err := project.Open(dir)
	require.NoError(t, err)
	stacks, err := folder.Read()
	require.NoError(t, err)
	return stacks
}

// reportOf compares a project before and after edits.
func reportOf(t testing.TB, from string, edits ...edit) *change.Report {
	t.Helper()
	dir := projectWith(t, from)
	testkit.EditFiles(t, dir, edits...)
	to := change.Of("the working tree", stacksOf(t, dir)...)
	is := listResources(to, "guardrails", stacksOf(t, dir))
	r, err := change.Compare(sideOf(t, from), to, someDay, changesOf(sidesMade[from], is))
	require.NoError(t, err)
	return r
}

// refusedOf is what keeps an edited project from being deployed.
func refusedOf(t testing.TB, from string, edits ...edit) error {
	t.Helper()
	dir := projectWith(t, from)
	testkit.EditFiles(t, dir, edits...)
	return refusalsOf(change.Of("the working tree", stacksOf(t, dir)...))
}

var (
	sidesLock sync.Mutex
	sides     = map[string]*change.Side{}
	sidesMade = map[string]resources{}
)

// sideOf is a project as it is shipped, judged once for all tests.
func sideOf(t testing.TB, from string) *change.Side {
	t.Helper()
	sidesLock.Lock()
	defer sidesLock.Unlock()
	if sides[from] == nil {
		stacks := stacksOf(t, projectWith(t, from))
		sides[from] = change.Of("before", stacks...)
		sidesMade[from] = listResources(sides[from], "guardrails", stacks)
	}
	return sides[from]
}

func textOf(t testing.TB, r *change.Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.WriteText(&out))
	return out.String()
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
		"a person takes a role": {dev,
			[]edit{{devFile, "- users: [non-97-test-user2]", "- users: [non-97-test-user2, non-97-test-user1]"}},
			[]string{"+ non-97-test-user1 gains the role TestProject2-os-user2, and with it shell as os-user2 on " +
				"nodes of Test Project 2"},
			[]string{"1 person can do more; no one loses"}},
		"a document is taken away": {dev, []edit{{devFile, "      documents: [AWS-StartPortForwardingSession]\n", ""}},
			[]string{"- non-97-test-user1 loses port on nodes of Test Project 1"},
			[]string{"a port of a node is forwarded: holds -> does not hold"}},
		"another OS user in the same role": {dev,
			[]edit{{devFile, "      runAs: os-user3\n", "      runAs: os-user4\n"}},
			[]string{"+ non-97-test-user1 gains shell as os-user4 on nodes of Test Project 2",
				"- non-97-test-user1 loses shell as os-user3 on nodes of Test Project 2",
				"+ 444455556666/non-97-test-user3 gains shell as os-user4", "- 444455556666/non-97-test-user3 loses " +
					"shell as os-user3"},
			[]string{`has the tag SSMSessionRunAs "os-user4", and had "os-user3"`}},
		"self-service goes": {organization, []edit{{jumpFile, "accessKeys: true", "accessKeys: false"}},
			[]string{"- alice, bob lose iam:CreateAccessKey, " +
				"iam:DeleteAccessKey"}, []string{"ManageOwnAccessKeysWithMFA: gone"}},
		"a switch waives a proof": {dev,
			[]edit{{devFile, "  guardrails:operationRoles:",
				"  guardrails:mfa: {enrolWithAccessKeys: true}\n  guardrails:operationRoles:"}},
			[]string{"+ non-97-test-user1, non-97-test-user2 gain iam:"},
			[]string{"no-enrolment-with-access-keys: holds -> waived by mfa.enrolWithAccessKeys",
				"DenyEnrolmentWithAccessKeys: gone"}},
		"the way out of the jump account": {organization,
			[]edit{{jumpFile, "    roleAccounts: [\"444455556666\"]\n", ""}},
			[]string{"- alice loses the role shop, and with it shell as shop on nodes of shop",
				"- alice loses the role billing", "- bob loses the role Reader", "- bob loses the role " +
					"grant-CHG1-bob"}, nil},
		"a delegated role carries more": {organization,
			[]edit{{workloadFile, "managedPolicies: [IAMReadOnlyAccess]",
				"managedPolicies: [IAMReadOnlyAccess, IAMFullAccess]"}},
			[]string{"+ whoever is in role Reader of workload (bob) gains iam:*"}, []string{"role Reader of workload " +
				"carries IAMFullAccess too"}},
		"a guardrail is detached": {organization,
			[]edit{{managementFile, "    memberRoot:\n      targets: [ou-exam-11111111]\n", ""}},
			[]string{"+ the root user of workload (444455556666) gains *: DenyRootUsersButForCentralSessions"},
			[]string{"- service control policy guardrails-member-root is detached from Workloads (ou-exam-11111111), " +
				"which covers workload (444455556666)",
				"organization-policy-guardrails-member-root is DELETED"}},
		"doors shut for operation roles": {organization,
			[]edit{{managementFile, "      operationRoles: true\n", "      operationRoles: false\n"}},
			[]string{"- alice loses shell as shop on nodes of shop",
				"- alice loses shell as billing on nodes of billing", "- whoever is in role shop or billing of " +
					"workload (alice), anybody else in workload (444455556666) lose"},
			[]string{"DenySessionsButForGuardedRoles"}},
		"a grant lasts longer": {organization, []edit{{workloadFile, "T13:00:00+09:00", "T14:00:00+09:00"}},
			[]string{"+ bob gains shell as bob on nodes of billing in " +
				"ap-northeast-1"}, []string{"from 2026-12-01T04:00:00Z until 2026-12-01T05:00:00Z"}},
		"sessions end later": {organization, []edit{{workloadFile, "maxDuration: 60m", "maxDuration: 90m"}}, nil,
			[]string{"has the longest shell 90m, and had 1h"}},
		"a person leaves": {organization,
			[]edit{{jumpFile, "    - {name: bob}\n", ""},
				{workloadFile, "name: Reader, users: [jump/bob]", "name: Reader, users: [jump/alice]"},
				{workloadFile, "person: jump/bob", "person: jump/alice"}},
			[]string{"- bob goes as a user of jump (111122223333), in guardrails-mfa", "- bob loses the role Reader",
				"+ alice gains the role Reader, which carries IAMReadOnlyAccess"},
			[]string{"iam.User bob-user is DELETED"}},
		"MFA may be older": {dev,
			[]edit{{devFile, "      runAs: os-user3\n", "      runAs: os-user3\n      mfaMaxAge: 24h\n"}},
			[]string{"+ non-97-test-user1 gains shell as os-user3"}, []string{"signs in with MFA that is 12h " +
				"to 24h old"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reportOf(t, c.from, c.edits...)
			text := textOf(t, r)
			testkit.Golden(t, strings.ReplaceAll(name, " ", "-")+".txt", text)
			assert.False(t, r.NoOne)
			assert.NotContains(t, text, "No one gains or loses,")
			for _, line := range c.people {
				assert.Contains(t, text, "\n    "+line)
			}
			assert.NotContains(t, text, "aws:iam/", "a type is called what up calls it")
			for _, said := range c.says {
				assert.Contains(t, text, said)
			}
		})
	}
}

// A role for one person is one line, and nothing else is said of anybody.
func TestARoleForOnePersonIsOneLine(t *testing.T) {
	r := reportOf(
		t,
		organization,
		edit{
			workloadFile,
			"  guardrails:delegatedRoles:",
			"    - {name: payroll, users: [jump/bob], project: Project 2, runAs: bob}\n  guardrails:delegatedRoles:",
		},
	)
	require.Len(t, r.People, 1)
	assert.Empty(t, r.Calls)
	assert.Empty(t, r.Open)
	assert.Equal(
		t,
		"bob gains the role payroll, and with it shell as bob on nodes of Project 2 in ap-northeast-1 and start, stop "+
			"on nodes of Project 2, "+
			"in workload (444455556666): signs in with MFA of the last 12h > takes payroll > shell as bob",
		r.People[0].Line,
	)
}

// In the organization of the examples too, a role for one person is one line, and a comment is nothing.
func TestTheExampleOrganizationIsReported(t *testing.T) {
	line := "    - name: billing-bob\n"
	dir := projectWith(t, shipped)
	stacks := stacksOf(t, dir)
	bare := func(name string, stacks []*stack.Stack) *change.Side {
		s := &change.Side{
			Name:        name,
			World:       judge.World(stacks...),
			Stacks:      map[string]string{},
			ProjectTags: map[string]string{},
		}
		for _, stack := range stacks {
			s.Stacks[stack.Account.ID] = stack.Name
		}
		return s
	}
	before := bare("before", stacks)
	testkit.EditFiles(
		t,
		dir,
		edit{
			workloadFile,
			line,
			"    - name: payroll-bob\n      users: [jump/bob]\n      project: Project 2\n      runAs: bob\n" + line,
		},
	)
	r, err := change.Compare(before, bare("after", stacksOf(t, dir)), someDay, nil)
	require.NoError(t, err)
	require.Len(t, r.People, 1)
	assert.Contains(
		t,
		r.People[0].Line,
		"bob gains the role payroll-bob, and with it shell as bob on nodes of Project 2",
	)
	assert.Empty(t, r.Calls)

	testkit.EditFiles(
		t,
		dir,
		edit{
			workloadFile,
			"    - name: payroll-bob\n      users: [jump/bob]\n      project: Project 2\n      runAs: bob\n" + line,
			line,
		},
		edit{workloadFile, "    - name: billing-bob\n", "    # Bob alone.\n    - name: billing-bob\n"},
	)
	r, err = change.Compare(before, bare("after", stacksOf(t, dir)), someDay, nil)
	require.NoError(t, err)
	assert.True(t, r.NoOne, textOf(t, r))
}

// What means the same is said to mean the same: comments, order, spelling, what is over, and what is put in other
// words.
func TestWhatMeansTheSameIsNoOnesGainOrLoss(t *testing.T) {
	for name, edits := range map[string][]edit{
		"nothing":   nil,
		"a comment": {{workloadFile, "# A role for each project.", "# One role for each project."}},
		"the order": {{workloadFile,
			"    - {name: shop, users: [jump/alice], project: shop, runAs: shop}\n    - {name: billing, users: " +
				"[jump/alice], project: billing, runAs: billing}\n",
			"    - {name: billing, users: [jump/alice], project: billing, runAs: billing}\n    - {name: shop, users: " +
				"[jump/alice], project: shop, runAs: shop}\n"}},
		"a default that is written": {{jumpFile, "    selfService:",
			"    firstPasswordChange: true\n    selfService:"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := reportOf(t, organization, edits...)
			assert.True(t, r.NoOne, textOf(t, r))
			assert.True(t, r.Silent(), textOf(t, r))
			assert.Equal(t, "No one gains or loses, from before to the working tree\n", textOf(t, r))
			assert.NoError(t, Differs(r))
		})
	}
}

// A grant that is over by the time from which the report looks on is no loss when it is removed.
func TestWhatIsOverIsNoLoss(t *testing.T) {
	dir := projectWith(t, organization)
	testkit.EditFiles(t, dir, edit{workloadFile, "T09:00:00+09:00", "T08:00:00+09:00"})
	late := someDay.AddDate(1, 0, 0)
	r, err := change.Compare(sideOf(t, organization), change.Of("after", stacksOf(t, dir)...), late, nil)
	require.NoError(t, err)
	assert.Empty(t, r.People)
	assert.Empty(t, r.Calls, textOf(t, r))
	assert.NotEmpty(t, r.Documents, "the documents differ all the same")
}

// A comment on a pull request shows people at once and the papers on demand, and no name of a person in it calls
// anybody.
func TestReportsForPullRequests(t *testing.T) {
	r := reportOf(t, organization, edit{managementFile, "    memberRoot:\n      targets: [ou-exam-11111111]\n", ""})
	var out bytes.Buffer
	require.NoError(t, r.WriteMarkdown(&out))
	testkit.Golden(t, "comment.md", out.String())
	assert.Contains(t, out.String(), "<details><summary>documents: ")
	assert.Equal(t, `a\*b\_c @<!-- -->bob &lt;x`, visible.Markdown("a*b_c @bob <x"))
}

// Machines get every list, never null.
func TestReportsForMachines(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, reportOf(t, dev).WriteJSON(&out))
	var read map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	assert.Equal(t, true, read["noOneGainsOrLoses"])
	for _, list := range []string{"people", "calls", "assignments", "guardrails", "proofs", "settings", "documents", "resources", "open", "notes"} {
		assert.Equal(t, []any{}, read[list], list)
	}
}

// A change that refuses the stack files is reported with its meaning, and with what refuses it.
func TestRefusedStackFilesAreReportedAndRefused(t *testing.T) {
	refused := refusedOf(t, organization, edit{jumpFile, "    roleAccounts: [\"444455556666\"]\n", ""})
	require.Error(t, refused)
	assert.Equal(t, exit.Refused, exit.StatusOf(refused))
	assert.NoError(t, refusedOf(t, dev))
	assert.Equal(
		t,
		exit.Refused,
		exit.StatusOf(
			Differs(reportOf(t, organization, edit{workloadFile, "maxDuration: 60m", "maxDuration: 90m"})),
		),
	)
}

// shownChange is an edit that the page shows, with what guardrails diff prints of it.
var shownChange = regexp.MustCompile("(?s)```diff\n(\\S+)\n(.*?)\n```\n\n```\n\\$ guardrails diff\n(.*?)\n```")

// What the page shows of an edit is what the command prints.
func TestThePageShowsWhatTheCommandPrints(t *testing.T) {
	const page = "../../docs/change-report.md"
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(data)
	found := shownChange.FindAllStringSubmatch(text, -1)
	require.Len(t, found, 3)
	for _, shown := range found {
		var old, now strings.Builder
		for line := range strings.Lines(shown[2] + "\n") {
			if line[0] != '+' {
				old.WriteString(line[1:])
			}
			if line[0] != '-' {
				now.WriteString(line[1:])
			}
		}
		change := edit{shown[1], old.String(), now.String()}
		r := reportOf(t, dev, change)
		assert.NoError(t, refusedOf(t, dev, change))
		r.From = "HEAD (1a2b3c4)"
		got := strings.TrimRight(textOf(t, r), "\n")
		if testkit.Updating() {
			text = strings.Replace(text, shown[0], strings.TrimSuffix(shown[0], shown[3]+"\n```")+got+"\n```", 1)
			continue
		}
		assert.Equal(t, shown[3], got)
	}
	if testkit.Updating() {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o644))
	}
}

// The report of the example organization, one role changed.
func BenchmarkReport(b *testing.B) {
	dir := projectWith(b, shipped)
	then := stacksOf(b, dir)
	testkit.EditFiles(
		b,
		dir,
		edit{
			workloadFile,
			"    - name: billing-bob\n      users: [jump/bob]\n",
			"    - name: billing-bob\n      users: [jump/bob, jump/carol]\n",
		},
	)
	now := stacksOf(b, dir)
	for b.Loop() {
		_, _, err := compareStacks("guardrails", "before", then, now, someDay)
		require.NoError(b, err)
	}
}

// What bounds a permission set, what a partner says and what a session document opens are settings of a report, and a
// report is never silent about them.
func TestReportsSayBoundariesPartnersAndDocuments(t *testing.T) {
	const file = "Pulumi.tools.yaml"
	for _, c := range []struct {
		edit edit
		says string
	}{
		{edit{file, "externalId: example-org-4711", "externalId: example-org-4712"},
			"role CostWatch of tools has the external id example-org-4712, and had example-org-4711"},
		{edit{file, "template: operation\n        permissionsBoundary: OnlyTokyo", "template: operation\n        permissionsBoundary: PowerUserAccess"},
			"of tools has the boundary arn:aws:iam::aws:policy/PowerUserAccess, and had arn:aws:iam::111122223333:policy/guardrails/OnlyTokyo"},
		{edit{file, "port: 5432", "port: 5433"}, "document BuildDatabase in ap-northeast-1 of tools has other content"},
		{edit{file, `"2001:db8::/32", vpce-0abcdef1234567890]`, `"2001:db8::/32"]`}, "DenyEverythingFromOtherNetworks"},
	} {
		assert.Contains(t, textOf(t, reportOf(t, "examples/tools", c.edit)), c.says)
	}
}
