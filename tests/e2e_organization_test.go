package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
	"aws-access-guardrails/internal/workspace/result"
)

// newOrganization is a copy of the shipped organization with a sandbox of its own.
func newOrganization(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{cli: clitest.Need(t), dir: t.TempDir(), cache: filepath.Join(t.TempDir(), "guardrails")}
	entries, err := os.ReadDir(exampleOrganization)
	require.NoError(t, err)
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".yaml" {
			data, err := os.ReadFile(filepath.Join(exampleOrganization, entry.Name()))
			require.NoError(t, err)
			d.write(t, entry.Name(), string(data))
		}
	}
	return d
}

// stacksOf are the stacks of a summary in the order in which they ran.
func stacksOf(s *result.Summary) []string {
	var names []string
	for _, r := range s.Stacks {
		names = append(names, r.Stack)
	}
	return names
}

// The whole life of an organization in one sandbox: its policies first, people before the accounts that name them,
// nothing to do the second time, what is edited changed alone, and nothing left at the end but what is retained and
// named.
func TestTheOrganizationDeploysChangesAndGoes(t *testing.T) {
	t.Parallel()
	d := organizationDeployed.copy(t)
	up := shippedExample.summary(t, 5)
	assert.ElementsMatch(t, shippedExample.stacks[2:], stacksOf(up)[2:])
	assert.Equal(t, []string{"management", "jump"}, stacksOf(up)[:2])
	for _, r := range up.Stacks {
		assert.NotEmpty(t, r.ChangesBy(result.Create), r.Stack)
		assert.Empty(t, r.ChangesBy(result.Update, result.Replace, result.Delete), r.Stack)
	}
	assert.Empty(
		t,
		cmp.Diff(newOrganization(t).bytesOf(t), shippedExample.deploy(t, 5).bytesOf(t)),
		"the files of the folder are not written to",
	)

	again, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Preview)
	require.NoError(t, err)
	for _, r := range again.Stacks {
		assert.Empty(t, r.Changes, r.Stack)
	}

	t.Run("a permission set is a role in the account of its assignment", func(t *testing.T) {
		var names []string
		for _, role := range d.account(t, "444455556666").Roles {
			if strings.HasPrefix(role.Name, "AWSReservedSSO_") {
				names = append(names, role.PermissionSet+role.Path)
			}
		}
		assert.ElementsMatch(
			t,
			[]string{
				"ProjectOperator/aws-reserved/sso.amazonaws.com/ap-northeast-1/",
				"Viewer/aws-reserved/sso.amazonaws.com/ap-northeast-1/",
			},
			names,
		)
	})

	t.Run("edits change what was edited alone", func(t *testing.T) {
		approvals := d.account(t, "777788889999").Documents
		assert.Equal(
			t,
			[]string{
				"ap-northeast-1/SSM-JustInTimeAccessAutoApprovalPolicy",
				"ap-northeast-1/SSM-SessionManagerRunShell",
				"ap-northeast-1/payments",
			},
			keysOf(approvals),
		)
		assert.Equal(
			t,
			[]string{"ap-northeast-1/SSM-JustInTimeAccessDenyAccessOrgPolicy"},
			keysOf(d.account(t, "555555555555").Documents),
			"in the home Region alone",
		)
		d.edit(
			t,
			"Pulumi.identity.yaml",
			"      Project: ${path:enterprise.department}",
			"      Project: ${path:enterprise.department}\n      Team: ${path:enterprise.division}",
		)
		d.edit(
			t,
			"Pulumi.workload.yaml",
			`      until: "2030-12-01T13:00:00+09:00"`,
			`      until: "2030-12-01T12:00:00+09:00"`,
		)
		d.edit(t, "Pulumi.workload.yaml", `"2030-12-01T12:59:59+09:00"`, `"2030-12-01T11:59:59+09:00"`)
		d.edit(t, "Pulumi.payments.yaml", "projects: [payments-test]", "projects: [payments-test, payments-load]")
		summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up)
		require.NoError(t, err)
		edited := map[string][]result.Change{}
		for _, r := range summary.Stacks {
			for _, c := range r.Changes {
				assert.Equal(t, result.Update, c.Op, c.Name)
				edited[r.Stack] = append(edited[r.Stack], c)
			}
		}
		assert.Equal(t, []string{"identity", "payments", "workload"}, keysOf(edited))

		require.Len(t, edited["identity"], 1)
		assert.Equal(t, "attributes-configuration", edited["identity"][0].Name, "the list is changed in place")

		for _, c := range edited["workload"] {
			assert.True(t, strings.HasPrefix(c.Name, "grant-CHG1234-alice"), "another one than that grant: %s", c.Name)
		}
		role := d.account(t, "444455556666").Roles["grant-CHG1234-alice"]
		assert.Contains(t, role.Trust, "2030-12-01T03:00:00Z", "noon in Tokyo, in UTC")

		require.Len(t, edited["payments"], 1)
		assert.Equal(
			t,
			"just-in-time-approval-ap-northeast-1-SSM-JustInTimeAccessAutoApprovalPolicy",
			edited["payments"][0].Name,
		)
		policy := d.account(t, "777788889999").Documents["ap-northeast-1/SSM-JustInTimeAccessAutoApprovalPolicy"]
		assert.Equal(t, 2, policy.Default, "a new version, and in force")
		assert.Contains(t, policy.Content(), "payments-load")
	})

	t.Run("destroy leaves what is retained", func(t *testing.T) {
		down, err := d.workspace(t, workspace.Options{}).
			Run(t.Context(), result.Destroy, "jump", "identity", "payments", "workload", "management")
		require.NoError(t, err)
		require.Len(t, down.Stacks, 5)
		assert.Equal(
			t,
			[]string{"identity", "payments", "workload"},
			slices.Sorted(slices.Values(stacksOf(down)[:3])),
			"the doors go first",
		)
		assert.Equal(t, []string{"jump", "management"}, stacksOf(down)[3:], "then the people, and the policies last")
		retained := map[string][]string{}
		for _, r := range down.Stacks {
			for _, c := range r.ChangesBy(result.Retain) {
				retained[r.Stack] = append(retained[r.Stack], c.Name)
			}
		}
		assert.Equal(t, map[string][]string{
			"jump":     {"passwords-policy"},
			"identity": {"passwords-policy", "attributes-configuration"},
			"workload": {
				"sessions-preferences-ap-northeast-1",
				"sessions-preferences-us-east-1",
			},
			"payments": {"sessions-preferences-ap-northeast-1"},
		}, retained)
		d.aws(t, func(s *sandbox.Server) {
			center := s.Snapshot().IdentityCenter
			assert.True(t, center.Enabled, "attributes for access control are not switched off")
			assert.Len(t, center.Attributes, 3)
			assert.Empty(t, center.PermissionSets)
		})
		left := d.account(t, "444455556666")
		assert.ElementsMatch(
			t,
			[]string{"ap-northeast-1/SSM-SessionManagerRunShell", "us-east-1/SSM-SessionManagerRunShell"},
			keysOf(left.Documents),
		)
		assert.ElementsMatch(t, []string{"GuardrailDeployer", "BreakGlass"}, keysOf(left.Roles))
		assert.Empty(t, left.Policies)
		assert.Equal(
			t,
			[]string{"ap-northeast-1/SSM-SessionManagerRunShell"},
			keysOf(d.account(t, "777788889999").Documents),
		)
		assert.Empty(t, d.account(t, "777788889999").Policies)
		assert.Empty(t, d.account(t, "555555555555").Documents)
		assert.Empty(t, d.account(t, "111122223333").Users)
		assert.Empty(t, d.account(t, "111122223333").Groups)
		assert.ElementsMatch(t, []string{"GuardrailDeployer", "BreakGlass"}, keysOf(d.account(t, "555555555555").Roles))
		assert.Equal(t, []string{"FullAWSAccess"}, policiesOf(t, d))
	})
}

func keysOf[V any](m map[string]V) []string {
	keys := []string{}
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// policiesOf are the names of the service control policies of the organization.
func policiesOf(t *testing.T, d *deployment) []string {
	t.Helper()
	var names []string
	d.aws(t, func(s *sandbox.Server) {
		for _, p := range s.Snapshot().Organization.Policies {
			names = append(names, p.Name)
		}
	})
	slices.Sort(names)
	return names
}

// The way out is printed before the way in is shut: how to detach every policy without Pulumi.
func TestTheUndoSheetComesBeforeTheFirstPolicy(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newOrganization(t)
	r := d.guardrails(t, "up", "--sandbox")
	require.Equal(t, exit.Holds, r.status, r.stderr)
	sheet, first := strings.Index(
		r.stderr,
		"To undo the service control policies of o-exampleorgid without Pulumi",
	), strings.Index(
		r.stderr,
		"created organizations.",
	)
	require.NotEqual(t, -1, sheet)
	require.Positive(t, first)
	assert.Less(t, sheet, first)
	assert.Equal(
		t,
		strings.Count(r.stdout, "organization-attachment-"),
		strings.Count(r.stderr, "aws organizations detach-policy"),
		"a line for each attachment",
	)

	again := d.guardrails(t, "up", "management", "--sandbox")
	require.Equal(t, exit.Holds, again.status, again.stderr)
	assert.NotContains(t, again.stderr, "To undo", "where nothing changes there is nothing to undo")
}

// A grant is written, deployed, revoked and deployed again with four commands, and the file differs by the grant alone.
func TestGrantAndRevokeGoFromTheCommandLineToTheAccount(t *testing.T) {
	t.Parallel()
	d := newOrganization(t)
	before := d.read(t, "Pulumi.workload.yaml")

	dry := d.guardrails(
		t,
		"grant",
		"workload",
		"jump/bob",
		"--run-as",
		"bob",
		"--for",
		"2h",
		"--ticket",
		"CHG9",
		"--dry-run",
	)
	require.Equal(t, exit.Holds, dry.status, dry.stderr)
	assert.Contains(t, dry.stdout, "+     - person: jump/bob")
	assert.Equal(t, before, d.read(t, "Pulumi.workload.yaml"))

	type edited struct {
		Written, Removed bool
		Diff, Next       string
		Grant            struct{ Person, Ticket, Role, RunAs, From, Until string }
		EndShells        []string
	}
	inJSON := func(args ...string) (out edited) {
		r := d.guardrails(t, append(args, "--dry-run", "--json")...)
		require.Equal(t, exit.Holds, r.status, r.stderr)
		require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
		return out
	}
	told := inJSON(
		"grant",
		"workload",
		"jump/bob",
		"--run-as",
		"bob",
		"--from",
		"2036-12-01T09:00:00+09:00",
		"--for",
		"2h",
		"--ticket",
		"CHG9",
	)
	assert.Equal(t, "arn:aws:iam::444455556666:role/guardrails/osaccess/grant-CHG9-bob", told.Grant.Role)
	assert.Equal(
		t,
		[2]string{"2036-12-01T00:00:00Z", "2036-12-01T02:00:00Z"},
		[2]string{told.Grant.From, told.Grant.Until},
		"in UTC",
	)
	assert.Contains(t, told.Diff, "+     - person: jump/bob")
	assert.Equal(t, "guardrails up workload", strings.TrimSuffix(told.Next, " -C "+d.dir))
	assert.False(t, told.Written)
	assert.Equal(t, before, d.read(t, "Pulumi.workload.yaml"))

	granted := d.guardrails(t, "grant", "workload", "jump/bob", "--run-as", "bob", "--for", "2h", "--ticket", "CHG9")
	require.Equal(t, exit.Holds, granted.status, granted.stderr)
	assert.Contains(t, granted.stdout, "role/guardrails/osaccess/grant-CHG9-bob")
	assert.Contains(t, granted.stdout, "guardrails up workload")
	up := d.guardrails(t, "up", "jump", "workload", "--sandbox")
	require.Equal(t, exit.Holds, up.status, up.stderr)
	window := d.account(t, "444455556666").Roles["grant-CHG9-bob"].Trust
	require.NotEmpty(t, window)

	assert.Len(t, inJSON("revoke", "workload", "CHG9").EndShells, 2)
	revoked := d.guardrails(t, "revoke", "workload", "CHG9")
	require.Equal(t, exit.Holds, revoked.status, revoked.stderr)
	assert.Equal(t, 2, strings.Count(revoked.stdout, "aws ssm terminate-session"), "a line for each Region")
	up = d.guardrails(t, "up", "workload", "--sandbox")
	require.Equal(t, exit.Holds, up.status, up.stderr)
	assert.NotEqual(t, window, d.account(t, "444455556666").Roles["grant-CHG9-bob"].Trust)

	for _, c := range []struct {
		args   []string
		status exit.Status
		says   string
	}{
		{[]string{"revoke", "workload", "CHG9"}, exit.Refused, "is over since"},
		{[]string{"revoke", "workload", "CHG8"}, exit.WrongUse, `did you mean "CHG9"?`},
		{[]string{"revoke", "wokload", "CHG9"}, exit.WrongUse, "has no file"},
		{[]string{"grant", "workload", "jump/bbo", "--run-as", "bob", "--for", "2h", "--ticket", "CHG7"},
			exit.Refused, "add the user to Pulumi.jump.yaml"},
		{[]string{"grant", "workload", "jump/bob", "--run-as", "bob", "--for", "20h", "--ticket", "CHG7"},
			exit.Refused, "osAccess.grantMaxLength is 8h"},
		{[]string{"grant", "workload", "jump/bob", "--run-as", "bob", "--ticket", "CHG7"}, exit.WrongUse,
			"write --for 4h"},
		{[]string{"grant", "workload", "jump/bob", "--for", "1h", "--until", "2030-12-01T09:00:00Z", "--ticket",
			"CHG7"}, exit.WrongUse, "write one of them"},
		{[]string{"grant", "workload", "jump/bob", "--from", "2020-01-01T00:00:00Z", "--for", "1h", "--ticket", "CHG7"},
			exit.WrongUse, "(2020-01-01T01:00Z) already; write a later end"},
		{[]string{"grant", "workload", "jump/bob", "--from", "2030-12-01 nine", "--for", "1h", "--ticket", "CHG7"},
			exit.WrongUse, "is no time that is read here"},
		{[]string{"grant", "workload", "jump/bob", "--for", "1h"}, exit.WrongUse, "--ticket is missing"},
	} {
		content := d.read(t, "Pulumi.workload.yaml")
		r := d.guardrails(t, c.args...)
		assert.Equal(t, c.status, r.status, c.args)
		assert.Contains(t, r.stderr, c.says, c.args)
		assert.Equal(t, content, d.read(t, "Pulumi.workload.yaml"), c.args)
	}
}
