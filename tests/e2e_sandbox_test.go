package tests

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

const (
	devAccount  = "111122223333"
	prodAccount = "777788889999"
)

// Every shipped stack deploys, a second look plans no change, and not a byte of the project's files is touched.
func TestShippedStacksDeployAndStay(t *testing.T) {
	t.Parallel()
	d := bothDeployed.copy(t)
	before := d.bytesOf(t)
	assert.Empty(t, cmp.Diff(before, shippedProject.deploy(t, 2).bytesOf(t)))
	planned, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Preview)
	require.NoError(t, err)
	again, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up)
	require.NoError(t, err)
	require.Len(t, again.Stacks, 2)
	for i, stack := range shippedProject.stacks {
		r := shippedProject.report(t, stack)
		assert.NotEmpty(t, r.ChangesBy(result.Create), stack)
		assert.Empty(t, r.ChangesBy(result.Update, result.Replace, result.Delete), stack)
		assert.Contains(t, r.Outputs, "roleArns", stack)

		assert.Equal(t, stack, planned.Stacks[i].Stack)
		assert.Empty(t, planned.Stacks[i].Changes, stack)
		assert.Equal(t, planned.Stacks[i].Same, len(r.ChangesBy(result.Create)), stack)

		assert.Equal(t, stack, again.Stacks[i].Stack)
		assert.Empty(t, again.Stacks[i].Changes, stack)
		assert.Equal(t, planned.Stacks[i].Same, again.Stacks[i].Same, "preview and up count alike")
	}
	assert.Empty(t, cmp.Diff(before, d.bytesOf(t)))
}

// The laboratory, with what no other shipped stack sets, is deployed too, reads back as it was deployed, and stays.
// Every run holds what it registers (TestEverySettingOfTheLaboratoryIsDeployed).
func TestTheLaboratoryDeploysAndStays(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := labDeployed.copy(t)
	for _, stack := range shippedLab.stacks {
		r := shippedLab.report(t, stack)
		assert.NotEmpty(t, r.ChangesBy(result.Create), stack)
		assert.Empty(t, r.ChangesBy(result.Update, result.Replace, result.Delete), stack)
	}
	again, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Preview)
	require.NoError(t, err)
	require.Len(t, again.Stacks, len(shippedLab.stacks))
	for _, r := range again.Stacks {
		assert.Empty(t, r.Changes, r.Stack)
	}
	require.Empty(t, d.run(t, result.Drift, "lab").Drift)
	// What allows everything stays attached beside a list until somebody detaches it, and that alone differs.
	_, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "root")
	require.ErrorContains(t, err, "root: 1 resource differs in AWS from what the stack file deploys; up leaves it")
	// It is shipped with everything protected, which nothing deletes before the stack file says otherwise.
	d.edit(t, "Pulumi.lab.yaml", "guardrails:protect: false", "guardrails:protect: true")
	d.run(t, result.Up, "lab")
	deployed := d.world(t)
	_, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Destroy, "lab")
	require.ErrorContains(t, err, "protect")
	assert.Empty(t, cmp.Diff(deployed, d.world(t)))
	d.edit(t, "Pulumi.lab.yaml", "guardrails:protect: true", "guardrails:protect: false")
	d.run(t, result.Up, "lab")
	d.run(t, result.Destroy, "lab")
	assert.Empty(t, d.account(t, "444455556666").Users)
}

// A file of the sandbox's accounts that was cut is refused with a line that puts the sandbox back to what it was
// before the last command that changed it.
// Every run holds that the file and the way out are named (TestABrokenSandboxNamesTheFileAndTheWayOut).
func TestACutSandboxIsPutBackByTheLineThatItPrints(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newDeployment(t)
	d.expectNothing(t, "Pulumi.dev.yaml")
	d.run(t, result.Up, "dev")
	before := d.world(t)
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"    - name: non-97-test-user2\n",
		"    - name: non-97-test-user2\n    - name: non-97-test-user4\n",
	)
	d.run(t, result.Up, "dev")
	after := d.world(t)
	state, err := d.sandboxState()
	require.NoError(t, err)
	data, err := os.ReadFile(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(state, data[:len(data)/2], 0o600))
	for _, operation := range []result.Operation{result.Preview, result.Up, result.Drift, result.Destroy} {
		_, err = d.workspace(t, workspace.Options{}).Run(t.Context(), operation, "dev")
		require.ErrorContains(
			t,
			err,
			state+": the sandbox of this folder is broken: the end of the file is missing",
			operation,
		)
		assert.Equal(t, exit.Failed, exit.StatusOf(err))
	}
	line := regexp.MustCompile(`; (tar -cf .*) puts back what it was before`).FindStringSubmatch(err.Error())
	require.NotNil(t, line, err)
	out, err := exec.CommandContext(t.Context(), "sh", "-c", line[1]).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, before, d.world(t))
	d.run(t, result.Up, "dev")
	assert.Equal(t, after, d.world(t))
	assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
}

// What was proven is what is deployed: the principals of a stack's world, their documents, boundaries, tags and
// memberships are in AWS afterwards, and no user or role beside them.
func TestWhatIsDeployedIsTheWorldThatWasProven(t *testing.T) {
	t.Parallel()
	for s, account := range map[string]string{"dev": devAccount, "prod": prodAccount} {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			d := bothDeployed.copy(t)
			read, problems := stack.ReadFile(d.dir + "/Pulumi." + s + ".yaml")
			require.Empty(t, problems)
			proven, deployed := read.World(), d.account(t, account)

			for _, g := range proven.Groups {
				got := deployed.Groups[g.Name]
				assert.Equal(t, g.Path, got.Path, g.Name)
				assert.Empty(t, cmp.Diff(inlineOf(t, g.Inline), parsed(t, got.Inline)), g.Name)
				assert.ElementsMatch(t, g.Attached, got.Attached, g.Name)
			}
			ours := map[string]bool{}
			for _, r := range proven.Roles {
				got, ok := deployed.Roles[r.Name]
				require.True(t, ok, r.Name)
				ours[r.Name] = true
				assert.Equal(t, r.Path, got.Path, r.Name)
				assert.JSONEq(t, r.Trust.JSON(), got.Trust, r.Name)
				assert.Empty(t, cmp.Diff(inlineOf(t, r.Inline), parsed(t, got.Inline)), r.Name)
				assert.ElementsMatch(t, r.Attached, got.Attached, r.Name)
				assert.Equal(t, r.Boundary, got.Boundary, r.Name)
				assert.Empty(t, cmp.Diff(tagsOf(r.Tags), got.Tags), r.Name)
			}
			for name, got := range deployed.Roles {
				assert.True(t, ours[name] || !strings.HasPrefix(got.Path, "/guardrails/"), "%s was never proven", name)
			}
			users := []string{}
			for _, u := range proven.Users {
				users = append(users, u.Name)
				got := deployed.Users[u.Name]
				assert.ElementsMatch(t, u.Groups, got.Groups, u.Name)
				assert.Empty(t, cmp.Diff(tagsOf(u.Tags), got.Tags), u.Name)
				assert.Empty(t, got.Inline, u.Name)
				assert.Empty(t, got.Attached, u.Name)
			}
			assert.ElementsMatch(t, users, slices.Collect(maps.Keys(deployed.Users)))
			for _, p := range proven.Policies {
				if got, ok := deployed.Policies[p.ARN]; ok {
					assert.JSONEq(t, p.Document.JSON(), got.Versions[len(got.Versions)-1].Document, p.ARN)
				} else {
					assert.Contains(t, p.ARN, ":iam::aws:policy/", "%s was proven and not deployed", p.ARN)
				}
			}
			for _, doc := range proven.Documents {
				if doc.Owner == account {
					assert.Equal(t, doc.Content, deployed.Documents[doc.Region+"/"+doc.Name].Content(), doc.Region)
				}
			}
		})
	}
}

func inlineOf(t *testing.T, list []world.InlinePolicy) map[string]any {
	t.Helper()
	documents := map[string]string{}
	for _, p := range list {
		documents[p.Name] = p.Document.JSON()
	}
	return parsed(t, documents)
}

// parsed are documents without the order of their keys, which the provider sorts.
func parsed(t *testing.T, documents map[string]string) map[string]any {
	t.Helper()
	out := map[string]any{}
	for name, text := range documents {
		var document any
		require.NoError(t, json.Unmarshal([]byte(text), &document))
		out[name] = document
	}
	return out
}

func tagsOf(list []world.Tag) map[string]string {
	var out map[string]string
	for _, tag := range list {
		if out == nil {
			out = map[string]string{}
		}
		out[tag.Key] = tag.Value
	}
	return out
}

// An edit changes what was edited and nothing else; the plan says so, the run does it, and then nothing is left to do.
func TestAnEditChangesOnlyWhatWasEdited(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	d.expectNothing(t, "Pulumi.dev.yaml")

	const secondUser = "    - name: non-97-test-user2\n"
	for _, c := range []struct {
		name  string
		edits []string // before, after, before, after
		want  []string
	}{
		{
			"a user is added, and a role's project changes",
			[]string{
				secondUser, secondUser + "    - name: non-97-test-user4\n      email: test-user4@non-97.net\n",
				"      project: Test Project 2\n      runAs: os-user3\n",
				"      project: Test Project 1\n      runAs: os-user3\n",
			},
			[]string{
				"create non-97-test-user4-user", "create non-97-test-user4-membership",
				"create non-97-test-user4-inline-policies", "create non-97-test-user4-attached-policies",
				"update operation-role-non-97-project-ope-role",
			},
		},
		{
			"a role is removed",
			[]string{"    - users: [non-97-test-user2]\n      project: Test Project 2\n      runAs: os-user2\n", ""},
			[]string{
				"delete operation-role-TestProject2-os-user2",
				"delete operation-inline-policies-TestProject2-os-user2",
				"delete operation-attached-policies-TestProject2-os-user2",
				"delete operation-attachment-TestProject2-os-user2-guardrails-operation-guard",
				"delete operation-attachment-TestProject2-os-user2-guardrails-operation-sessions",
				"delete operation-attachment-TestProject2-os-user2-guardrails-operation-start-stop",
			},
		},
		{
			"an email changes nothing, because the person may have changed it, and neither does a comment",
			[]string{"test-user1@non-97.net", "user1@non-97.net", secondUser, "    # a remark\n" + secondUser},
			[]string{},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := 0; i < len(c.edits); i += 2 {
				d.edit(t, "Pulumi.dev.yaml", c.edits[i], c.edits[i+1])
			}
			plan := d.run(t, result.Preview, "dev")
			assert.True(t, plan.Planned)
			assert.ElementsMatch(t, c.want, changed(plan))
			if len(c.want) == 0 {
				return
			}
			done := d.runAllowing(t, result.Up, "dev", "operation-role-TestProject2-os-user2")
			assert.False(t, done.Planned)
			assert.ElementsMatch(t, c.want, changed(done))
		})
	}
}

// Somebody who has a password, a device and an access key can leave like anybody else.
func TestALeaverWhoEnrolledIsRemoved(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	d.aws(t, func(s *sandbox.Server) {
		require.NoError(
			t,
			s.IAM(devAccount).Enrol("non-97-test-user2", iam.Enrolment{Password: true, MFA: true, AccessKeys: 1}),
		)
	})
	require.NotEmpty(t, d.account(t, devAccount).Users["non-97-test-user2"].MFADevices)
	require.Empty(t, d.run(t, result.Preview, "dev").Changes, "enrolment is the person's own business")

	d.expectNothing(t, "Pulumi.dev.yaml")
	d.edit(t, "Pulumi.dev.yaml", "    - name: non-97-test-user2\n", "")
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"    - users: [non-97-test-user2]\n      project: Test Project 2\n      runAs: os-user2\n",
		"",
	)
	r := d.runAllowing(t, result.Up, "dev", "operation-role-TestProject2-os-user2")
	assert.Subset(t, changed(r), []string{"delete non-97-test-user2-user", "delete non-97-test-user2-membership"})
	account := d.account(t, devAccount)
	assert.NotContains(t, account.Users, "non-97-test-user2")
	assert.NotContains(t, account.MFADevices, "non-97-test-user2")
	assert.Contains(t, account.Users, "non-97-test-user1")
}

// Destroying leaves AWS as it was before, but for what is retained on purpose, and that is named: without the
// preferences every shell would be ssm-user's, and without the password policy AWS's own would hold.
func TestDestroyLeavesOnlyWhatIsRetainedAndNamesIt(t *testing.T) {
	t.Parallel()
	for stack, c := range map[string]struct {
		account  string
		retained []string
	}{
		"dev": {devAccount, []string{"sessions-preferences-ap-northeast-1"}},
		"prod": {prodAccount,
			[]string{"passwords-policy", "sessions-preferences-ap-northeast-1", "sessions-preferences-us-east-1"}},
	} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			before := newDeployment(t).account(t, c.account)
			d := bothDeployed.copy(t)
			up := shippedProject.report(t, stack)

			r := d.run(t, result.Destroy, stack)
			named := []string{}
			for _, change := range r.ChangesBy(result.Retain) {
				named = append(named, change.Name)
			}
			assert.Equal(t, c.retained, named)
			assert.Len(t, r.ChangesBy(result.Delete), len(up.ChangesBy(result.Create))-len(c.retained))

			after := d.account(t, c.account)
			for place, document := range after.Documents {
				assert.Equal(t, "SSM-SessionManagerRunShell", document.Name, place)
			}
			assert.Equal(t, stack == "prod", after.PasswordPolicy != nil)
			after.Documents, after.PasswordPolicy = before.Documents, before.PasswordPolicy
			assert.Empty(t, cmp.Diff(before, after))
		})
	}
}

// With credentials of another account nothing is made there, and the run says whose they are.
func TestAWrongAccountIsRefusedAndNothingIsMade(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	d.write(t, "sandbox.yaml", d.read(t, "sandbox.yaml")+"\nstacks: {dev: \"444455556666\"}\n")
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "444455556666")
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
	d.aws(t, func(s *sandbox.Server) {
		for id, account := range s.Snapshot().Accounts {
			assert.NotContains(t, account.Groups, "guardrails-mfa", id)
			assert.NotContains(t, account.Users, "non-97-test-user4", id)
			assert.Empty(t, account.Policies, id)
		}
	})
}

// What exists already is not taken over: AWS refuses, the run names it and says what can be done.
func TestUpTakesOverNothingThatItFinds(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	d.run(t, result.Preview, "dev")
	d.aws(t, func(s *sandbox.Server) {
		_, err := s.IAM(devAccount).CreateGroup(t.Context(), "guardrails-mfa", "/")
		require.NoError(t, err)
	})
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "EntityAlreadyExists")
	require.ErrorContains(t, err, "up takes over nothing that it finds")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	for range 2 { // Neither does the next run, nor does destroying delete it.
		_, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
		require.ErrorContains(t, err, "EntityAlreadyExists")
	}
	d.run(t, result.Destroy, "dev")
	assert.Contains(t, d.account(t, devAccount).Groups, "guardrails-mfa")
}
