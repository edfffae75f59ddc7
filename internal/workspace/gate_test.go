package workspace

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// guarded is a session over a folder with one stack, and a plan that does something to resources of it.
func guarded(t *testing.T, allow ...string) *session {
	t.Helper()
	return &session{
		Workspace: &Workspace{folder: &Folder{configDir: t.TempDir()}, options: Options{AllowDelete: allow}},
		operation: Up,
		targets:   map[string]target{"dev": {}},
	}
}

func going(op Op, component, typ, name string, edit ...func(*Change)) Change {
	c := Change{
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
	on := func(name string) func(*Change) { return func(c *Change) { c.on = name } }
	called := func(name string) func(*Change) { return func(c *Change) { c.physical, c.ID = name, "id-"+name } }
	const (
		operation, mfa, user, grant, scp = "guardrails:iam:OperationRoles", "guardrails:iam:MFAGroup", "guardrails:iam:User", "guardrails:iam:AccessGrant", "guardrails:organizations:ServiceControlPolicies"
		membership, exclusive            = "aws:iam/userGroupMembership:UserGroupMembership", "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
	)
	for name, c := range map[string]struct {
		plan  []Change
		allow []string
		says  string
	}{
		"a role": {plan: []Change{going(Delete, operation, roleType, "operation-role-x")},
			says: "would be deleted: its people lose this way in"},
		"a role replaced": {plan: []Change{going(Replace, operation, roleType, "operation-role-x")},
			says: "would be replaced: its people"},
		"a role that is named": {plan: []Change{going(Delete, operation, roleType, "operation-role-x")},
			allow: []string{"operation-role-x"}},
		"a role named by its URN": {plan: []Change{going(Delete, operation, roleType, "r")},
			allow: []string{"urn:pulumi:dev::guardrails::" + operation + "$" + roleType + "::r"}},
		"another is named": {plan: []Change{going(Delete, operation, roleType, "operation-role-x")},
			allow: []string{"operation-role-y"}, says: "add --allow-delete operation-role-x"},
		"the guard of the MFA group": {plan: []Change{going(Delete, mfa, "aws:iam/groupPolicy:GroupPolicy",
			"mfa-guard")}, says: "act without MFA"},
		"self-service goes": {plan: []Change{going(Delete, mfa, "aws:iam/groupPolicy:GroupPolicy",
			"mfa-self-service")}},
		"a leaver": {plan: []Change{going(Delete, user, "aws:iam/user:User", "a-user",
			called("a")), going(Delete, user, membership, "a-membership", on("a"))}},
		"a user stays, the membership goes": {plan: []Change{going(Delete, user, membership, "a-membership", on("a"))},
			says: "acts without MFA"},
		"what hangs on the role": {plan: []Change{going(Delete, grant, roleType, "g-role", called("g")),
			going(Delete, grant, exclusive, "g-inline-policies", on("g"))}},
		"the watch of a role that stays": {plan: []Change{going(Delete, grant, exclusive, "g-inline-policies",
			on("g"))}, says: "not seen and removed"},
		"a grant": {plan: []Change{going(Delete, grant, roleType, "g-role")}},
		"a policy of the organization": {plan: []Change{
			going(Delete, scp, "aws:organizations/policy:Policy", "p", called("p")), going(Delete, scp,
				"aws:organizations/policyAttachment:PolicyAttachment", "at", on("id-p")),
		}, allow: []string{"p"}},
		"its attachment alone": {plan: []Change{going(Delete, scp,
			"aws:organizations/policyAttachment:PolicyAttachment", "at", on("id-p"))}, says: "may do what the " +
			"policy denies"},
		"retained": {plan: []Change{going(Retain, "guardrails:ssm:SessionPreferences",
			"aws:ssm/document:Document", "d")}},
		"made and updated": {plan: []Change{going(Create, operation, roleType, "a"),
			going(Update, operation, roleType, "b")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := guarded(t, c.allow...)
			err := s.guard("dev", &Report{Changes: c.plan})
			s.operation = Destroy // It was asked for by name, and has no --allow-delete.
			require.NoError(t, s.guard("dev", &Report{Changes: c.plan}))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, Refused, StatusOf(err))
		})
	}
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
	folder, err := Open(dir)
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
	assert.Equal(t, Refused, StatusOf(err))
}

// A real run without a backend, or without anything that encrypts the state's secrets, is refused with the line to add.
func TestARealRunWantsABackend(t *testing.T) {
	for _, name := range []string{"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		t.Setenv(name, "")
		require.NoError(t, os.Unsetenv(name))
	}
	t.Setenv("PULUMI_CREDENTIALS_PATH", t.TempDir())
	folder := func(project, stack string) *Folder {
		dir := t.TempDir()
		require.NoError(
			t,
			os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: tiny\nruntime: go\n"+project), 0o644),
		)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.dev.yaml"), []byte(stack), 0o644))
		f, err := Open(dir)
		require.NoError(t, err)
		return f
	}
	err := folder("", "").backend([]string{"dev"})
	require.ErrorContains(t, err, `add "backend: {url: s3://<bucket>}"`)
	assert.Equal(t, WrongUse, StatusOf(err))
	s3 := "backend: {url: s3://state}\n"
	require.ErrorContains(t, folder(s3, "config: {}\n").backend([]string{"dev"}), `add "secretsprovider: awskms://`)
	require.NoError(t, folder(s3, "secretsprovider: awskms://alias/x\n").backend([]string{"dev"}))
	require.NoError(t, folder("backend: {url: https://api.pulumi.com}\n", "").backend([]string{"dev"}))
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "")
	require.NoError(t, folder(s3, "config: {}\n").backend([]string{"dev"}), "an empty passphrase is one")
	t.Setenv("PULUMI_ACCESS_TOKEN", "x")
	require.NoError(t, folder("", "").backend([]string{"dev"}))
}

// Shells are shut from the attachment of the policy until the doors of the account are made, and not where the doors
// were there before or nothing was attached.
func TestShutTimesAreFromTheAttachmentToTheDoors(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 1, 1, 0, 0, second, 0, time.UTC) }
	targets := map[string]target{"management": {shuts: shutsOf("2", "3", "4", "5")}}
	door := []Change{{Op: Create, Type: roleType}}
	management := &Report{
		Stack:   "management",
		Account: "1",
		Outcome: OutcomeDone,
		Ended:   at(9),
		madeAt: map[string]time.Time{
			"urn:pulumi:m::p::t::organization-attachment-guardrails-os-access-only-ou-1": at(
				5,
			),
			"urn:pulumi:m::p::t::organization-policy-x": at(1),
		},
	}
	got := shutTimes([]*Report{
		management,
		{Stack: "new", Account: "2", Outcome: OutcomeDone, Ended: at(20), Changes: door},
		{Stack: "old", Account: "3", Outcome: OutcomeDone, Ended: at(21)},
		{Stack: "failed", Account: "4", Outcome: OutcomeFailed, Ended: at(22), Changes: door},
		{Stack: "before", Account: "5", Outcome: OutcomeDone, Ended: at(3), Changes: door},
		{Stack: "elsewhere", Account: "6", Outcome: OutcomeDone, Ended: at(20), Changes: door},
	}, targets)
	assert.Equal(
		t,
		[]Shut{{Account: "2", Stack: "new", From: at(5), Until: at(20)}, {Account: "4", Stack: "failed", From: at(5)}},
		got,
	)
	management.madeAt = nil
	assert.Empty(
		t,
		shutTimes(
			[]*Report{management, {Stack: "new", Account: "2", Outcome: OutcomeDone, Ended: at(20), Changes: door}},
			targets,
		),
	)
}

func shutsOf(accounts ...string) []stack.ShutShells {
	return []stack.ShutShells{{Policy: "guardrails-os-access-only", Target: "ou-1", Accounts: accounts}}
}
