package workspace

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/guarded"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// guarded is a session over a folder with one stack, and a plan that does something to resources of it.
func withGuards(t *testing.T, allow ...string) *session {
	t.Helper()
	return &session{
		Workspace: &Workspace{folder: &project.Folder{ConfigDir: t.TempDir()}, options: Options{AllowDelete: allow}},
		operation: result.Up,
		targets:   map[string]target{"dev": {}},
	}
}

func going(op result.Op, component, typ, name string, edit ...func(*result.Change)) result.Change {
	c := result.Change{
		Op:   op,
		URN:  "urn:pulumi:dev::guardrails::" + component + "$" + typ + "::" + name,
		Type: typ,
		Name: name,
	}
	for _, e := range edit {
		e(&c)
	}
	return c
}

// A guarded resource is deleted or replaced only when somebody named it; what hangs on one that goes, what comes and
// goes every day, and what stays in AWS is not asked about.
func TestAGuardedResourceGoesOnlyWhenItIsNamed(t *testing.T) {
	on := func(name string) func(*result.Change) { return func(c *result.Change) { c.HangsOn = name } }
	called := func(name string) func(*result.Change) {
		return func(c *result.Change) { c.Physical, c.ID = name, "id-"+name }
	}
	const (
		operation, mfa, user, grant, scp = "guardrails:iam:OperationRoles", "guardrails:iam:MFAGroup", "guardrails:iam:User", "guardrails:iam:AccessGrant", "guardrails:organizations:ServiceControlPolicies"
		set                              = "guardrails:sso:PermissionSet"
		membership, exclusive            = "aws:iam/userGroupMembership:UserGroupMembership", "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
	)
	for name, c := range map[string]struct {
		plan  []result.Change
		allow []string
		says  string
	}{
		"a role": {plan: []result.Change{going(result.Delete, operation, guarded.RoleType, "operation-role-x")},
			says: "would be deleted: its people lose this way in"},
		"a role replaced": {plan: []result.Change{going(result.Replace, operation, guarded.RoleType, "operation-role-x")},
			says: "would be replaced: its people"},
		"a role that is named": {plan: []result.Change{going(result.Delete, operation, guarded.RoleType, "operation-role-x")},
			allow: []string{"operation-role-x"}},
		"a role named by its URN": {plan: []result.Change{going(result.Delete, operation, guarded.RoleType, "r")},
			allow: []string{"urn:pulumi:dev::guardrails::" + operation + "$" + guarded.RoleType + "::r"}},
		"another is named": {plan: []result.Change{going(result.Delete, operation, guarded.RoleType, "operation-role-x")},
			allow: []string{"operation-role-y"}, says: "add --allow-delete operation-role-x"},
		"the guard of the MFA group": {plan: []result.Change{going(result.Delete, mfa, "aws:iam/groupPolicy:GroupPolicy",
			"mfa-guard")}, says: "act without MFA"},
		"self-service goes": {plan: []result.Change{going(result.Delete, mfa, "aws:iam/groupPolicy:GroupPolicy",
			"mfa-self-service")}},
		"a leaver": {plan: []result.Change{going(result.Delete, user, "aws:iam/user:User", "a-user",
			called("a")), going(result.Delete, user, membership, "a-membership", on("a"))}},
		"a user stays, the membership goes": {plan: []result.Change{going(result.Delete, user, membership, "a-membership", on("a"))},
			says: "acts without MFA"},
		"what hangs on the role": {plan: []result.Change{going(result.Delete, grant, guarded.RoleType, "g-role", called("g")),
			going(result.Delete, grant, exclusive, "g-inline-policies", on("g"))}},
		"the watch of a role that stays": {plan: []result.Change{going(result.Delete, grant, exclusive, "g-inline-policies",
			on("g"))}, says: "not seen and removed"},
		"what hangs on a permission set": {plan: []result.Change{
			going(result.Delete, set, "aws:ssoadmin/permissionSet:PermissionSet", "s", called("s")),
			going(
				result.Delete,
				set,
				"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
				"p",
				on("id-s"),
			),
			going(result.Delete, set, "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment", "b",
				on("id-s")),
		}, allow: []string{"s"}},
		"a grant": {plan: []result.Change{going(result.Delete, grant, guarded.RoleType, "g-role")}},
		"a policy of the organization": {plan: []result.Change{
			going(result.Delete, scp, "aws:organizations/policy:Policy", "p", called("p")), going(result.Delete, scp,
				"aws:organizations/policyAttachment:PolicyAttachment", "at", on("id-p")),
		}, allow: []string{"p"}},
		"its attachment alone": {plan: []result.Change{going(result.Delete, scp,
			"aws:organizations/policyAttachment:PolicyAttachment", "at", on("id-p"))}, says: "may do what the " +
			"policy denies"},
		"retained": {plan: []result.Change{going(result.Retain, "guardrails:ssm:SessionPreferences",
			"aws:ssm/document:Document", "d")}},
		"made and updated": {plan: []result.Change{going(result.Create, operation, guarded.RoleType, "a"),
			going(result.Update, operation, guarded.RoleType, "b")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := withGuards(t, c.allow...)
			err := s.guard("dev", &result.Report{Changes: c.plan})
			s.operation = result.Destroy // It was asked for by name, and has no --allow-delete.
			require.NoError(t, s.guard("dev", &result.Report{Changes: c.plan}))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, exit.Refused, exit.StatusOf(err))
		})
	}
}

// An argument that only restricts goes off a resource that stays only when somebody named the resource; one that others
// added is taken away without leave, and a boundary that somebody changed by hand is replaced without leave.
func TestABoundGoesOnlyWhenItIsNamed(t *testing.T) {
	const boundary = "permissionsBoundary"
	had := &apitype.StepEventStateMetadata{Inputs: map[string]any{boundary: "A"}}
	never := &apitype.StepEventStateMetadata{Inputs: map[string]any{}}
	another := &apitype.StepEventStateMetadata{Inputs: map[string]any{boundary: "B"}}
	bounds := 0
	check := func(c result.Change, standing *result.Standing, says string) {
		t.Helper()
		plan := &result.Report{
			Changes:  []result.Change{c},
			Standing: map[string]*result.Standing{c.URN: standing},
		}
		err := withGuards(t).guard("dev", plan)
		require.NoError(t, withGuards(t, c.Name).guard("dev", plan))
		if says == "" {
			require.NoError(t, err, c.URN)
			return
		}
		require.ErrorContains(t, err, says, c.URN)
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		bounds++
	}
	for _, typ := range awstype.Types() {
		for _, g := range typ.Properties {
			c := going(result.Update, g.Component, typ.Token, "one", func(c *result.Change) {
				c.Lost = []string{g.Property}
			})
			check(c, nil, "would lose its "+g.Property)
			check(c, &result.Standing{Before: had, Wanted: never}, "would lose its "+g.Property)
			check(c, &result.Standing{Before: never, Wanted: never}, "")
			c.Lost = nil
			check(c, &result.Standing{Before: had, Wanted: another}, "")
		}
		if strings.Contains(typ.Token, "BoundaryAttachment") {
			component := "guardrails:sso:PermissionSet"
			check(going(result.Delete, component, typ.Token, "one"), nil, "would be deleted")
			c := going(result.Replace, component, typ.Token, "one", func(c *result.Change) {
				c.Properties = []string{boundary}
			})
			check(c, nil, "would be replaced")
			check(c, &result.Standing{Before: had, Wanted: another}, "would be replaced")
			check(c, &result.Standing{Before: had, Wanted: had}, "")
		}
	}
	assert.Equal(t, 2*4+3, bounds)
}

// A real run deploys what is committed, unless it is told otherwise; where there is no repository nothing is refused.
func TestARealRunDeploysWhatIsCommitted(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is missing")
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"Pulumi.yaml": "name: tiny\nruntime: go\n", "Pulumi.dev.yaml": "config: {}\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	folder, err := project.Open(dir)
	require.NoError(t, err)
	w := New(folder, Options{})
	require.NoError(t, w.committed(t.Context(), []string{"dev"}), "no repository")
	git := func(args ...string) {
		out, combinedErr := exec.Command("git",
			append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...).
			CombinedOutput()
		require.NoError(t, combinedErr, string(out))
	}
	git("init", "-q")
	require.ErrorContains(
		t,
		w.committed(t.Context(), []string{"dev"}),
		`"Pulumi.dev.yaml" is not as it was committed; commit it, or add --allow-dirty`,
	)
	git("add", ".")
	git("commit", "-q", "-m", "one")
	require.NoError(t, w.committed(t.Context(), []string{"dev"}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.dev.yaml"), []byte("config: {a: b}\n"), 0o644))
	err = w.committed(t.Context(), []string{"dev"})
	require.Error(t, err)
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
}

// A real run without a backend, or without anything that encrypts the state's secrets, is refused with the line to add.
func TestARealRunWantsABackend(t *testing.T) {
	for _, name := range []string{"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		t.Setenv(name, "")
		require.NoError(t, os.Unsetenv(name))
	}
	t.Setenv("PULUMI_CREDENTIALS_PATH", t.TempDir())
	folder := func(copied, stack string) *project.Folder {
		dir := t.TempDir()
		require.NoError(
			t,
			os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: tiny\nruntime: go\n"+copied), 0o644),
		)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.dev.yaml"), []byte(stack), 0o644))
		f, err := project.Open(dir)
		require.NoError(t, err)
		return f
	}
	err := checkBackend(folder("", ""), []string{"dev"})
	require.ErrorContains(t, err, `add "backend: {url: s3://<bucket>}"`)
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
	s3 := "backend: {url: s3://state}\n"
	require.ErrorContains(
		t,
		checkBackend(folder(s3, "config: {}\n"), []string{"dev"}),
		`add "secretsprovider: awskms://`,
	)
	require.NoError(t, checkBackend(folder(s3, "secretsprovider: awskms://alias/x\n"), []string{"dev"}))
	require.NoError(t, checkBackend(folder("backend: {url: https://api.pulumi.com}\n", ""), []string{"dev"}))
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "")
	require.NoError(t, checkBackend(folder(s3, "config: {}\n"), []string{"dev"}), "an empty passphrase is one")
	t.Setenv("PULUMI_ACCESS_TOKEN", "x")
	require.NoError(t, checkBackend(folder("", ""), []string{"dev"}))
}

// Shells are shut from the attachment of the policy until the doors of the account are made, and not where the doors
// were there before or nothing was attached.
func TestShutTimesAreFromTheAttachmentToTheDoors(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 1, 1, 0, 0, second, 0, time.UTC) }
	targets := map[string]target{"management": {shuts: shutsOf("2", "3", "4", "5")}}
	door := []result.Change{{Op: result.Create, Type: guarded.RoleType}}
	management := &result.Report{
		Stack:   "management",
		Account: "1",
		Outcome: result.OutcomeDone,
		Ended:   at(9),
		MadeAt: map[string]time.Time{
			"urn:pulumi:m::p::t::organization-attachment-guardrails-os-access-only-ou-1": at(
				5,
			),
			"urn:pulumi:m::p::t::organization-policy-x": at(1),
		},
	}
	got := shutTimes([]*result.Report{
		management,
		{Stack: "new", Account: "2", Outcome: result.OutcomeDone, Ended: at(20), Changes: door},
		{Stack: "old", Account: "3", Outcome: result.OutcomeDone, Ended: at(21)},
		{Stack: "failed", Account: "4", Outcome: result.OutcomeFailed, Ended: at(22), Changes: door},
		{Stack: "before", Account: "5", Outcome: result.OutcomeDone, Ended: at(3), Changes: door},
		{Stack: "elsewhere", Account: "6", Outcome: result.OutcomeDone, Ended: at(20), Changes: door},
	}, targets)
	assert.Equal(
		t,
		[]result.Shut{
			{Account: "2", Stack: "new", From: at(5), Until: at(20)},
			{Account: "4", Stack: "failed", From: at(5)},
		},
		got,
	)
	management.MadeAt = nil
	assert.Empty(
		t,
		shutTimes(
			[]*result.Report{
				management,
				{Stack: "new", Account: "2", Outcome: result.OutcomeDone, Ended: at(20), Changes: door},
			},
			targets,
		),
	)
}

func shutsOf(accounts ...string) []stack.ShutShells {
	return []stack.ShutShells{{Policy: "guardrails-os-access-only", Target: "ou-1", Accounts: accounts}}
}
