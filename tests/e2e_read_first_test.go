package tests

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/result"
)

const (
	devRole       = "non-97-project-ope-role"
	administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
)

// byOthers is what others do to the development account: they attach to a role, tag it, and take the guard of the
// group away.
func (d *deployment) byOthers(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	d.aws(t, func(s *sandbox.Server) {
		aws := s.IAM(devAccount)
		require.NoError(t, aws.AttachPolicy(ctx, iam.KindRole, devRole, administrator))
		require.NoError(
			t,
			aws.PutPolicy(
				ctx,
				iam.KindRole,
				devRole,
				"mine",
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
			),
		)
		require.NoError(t, aws.AttachPolicy(ctx, iam.KindGroup, "guardrails-mfa", administrator))
		require.NoError(t, aws.TagRole(ctx, devRole, map[string]string{"Project": "Test Project 1"}))
		require.NoError(t, aws.DeleteInlinePolicy(ctx, iam.KindGroup, "guardrails-mfa", "mfa-guard"))
	})
}

// What others changed by hand is listed apart, in the preview and in the result, and is put back; then nothing
// differs. Without reading, nothing of it is seen, and the summary says that.
func TestUpReadsFirstAndPutsBack(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	want := d.world(t)
	d.byOthers(t)
	changed := d.world(t)

	text := func(options workspace.Options, operation result.Operation) string {
		summary, err := d.workspace(t, options).Run(t.Context(), operation, "dev")
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, summary.WriteText(&out))
		return out.String()
	}
	blind := text(workspace.Options{NoRefresh: true}, result.Up)
	assert.Contains(t, blind, "no changes")
	assert.Contains(t, blind, "AWS was not read first: what somebody changed by hand is not seen, and not put back")
	assert.Equal(t, changed, d.world(t))

	for _, operation := range []result.Operation{result.Preview, result.Up} {
		got := text(workspace.Options{}, operation)
		for _, line := range []string{
			"  changed by hand, and " + map[result.Operation]string{result.Preview: "up puts it back",
				result.Up: "put back"}[operation] + ":\n",
			"  ! iam.GroupPolicy mfa-guard (guardrails-mfa:mfa-guard) is gone\n",
			"      tags.Project: somebody changed \"Test Project 2\" to \"Test Project 1\"\n",
			"      policyArns: somebody added \"" + administrator + "\"\n",
			"      policyNames: somebody added \"mine\"\n",
		} {
			assert.Contains(t, got, line, operation)
		}
		assert.Contains(t, got, "; 6 of them changed by hand (", operation)
	}
	assert.Empty(t, cmp.Diff(want, d.world(t)))
	assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
}

// What changes by hand while a run is under way, after it was read, is found by the read-back: the run does not hold,
// its heading says so, and what it says that another up would do is what another up does.
func TestTheReadBackSaysWhatAnotherUpDoes(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := newDeployment(t)
	d.expectNothing(t, "Pulumi.dev.yaml")
	d.run(t, result.Up, "dev")
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"    - name: non-97-test-user2\n",
		"    - name: non-97-test-user2\n    - name: non-97-test-user4\n",
	)
	read, write, err := os.Pipe()
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(read); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "up dev: created iam.User ") {
				d.aws(t, func(s *sandbox.Server) {
					assert.NoError(
						t,
						s.IAM(devAccount).AttachPolicy(t.Context(), iam.KindRole, devRole, administrator),
					)
				})
			}
		}
	}()
	summary, err := d.workspace(t, workspace.Options{Verify: true, Progress: progress.New(write)}).
		Run(t.Context(), result.Up, "dev")
	require.NoError(t, write.Close())
	<-ended
	require.ErrorContains(t, err, "deployed, and AWS holds something else than was deployed: another up would\n")
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
	assert.Equal(t, result.OutcomeDiffers, summary.Stacks[0].Outcome)
	var out strings.Builder
	require.NoError(t, summary.WriteText(&out))
	assert.Contains(t, out.String(), "\n  differs: 4 created, ")
	another := d.run(t, result.Up, "dev")
	var told []string
	for _, c := range another.Changes {
		told = append(told, "\n  "+string(c.Op)+" iam.RolePolicyAttachmentsExclusive "+c.Name+" policyArns")
	}
	require.Len(t, told, 1, changed(another))
	assert.True(t, strings.HasSuffix(err.Error(), "another up would"+told[0]), err.Error())
	assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
}

// Where there is nothing to look at, drift does not say that all is well.
func TestDriftOfNothingIsWrongUse(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "dev")
	require.ErrorContains(t, err, "nothing to look at")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err), "the stack was never deployed")
	assert.Equal(t, result.OutcomeUndeployed, summary.Stacks[0].Outcome)
	d.run(t, result.Preview, "dev") // Which makes the stack, with an empty state.
	summary, err = d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "dev")
	require.ErrorContains(t, err, "nothing to look at")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err), "its state is empty")
	assert.Equal(t, result.OutcomeUndeployed, summary.Stacks[0].Outcome)
}

// An edit that is not deployed yet is drift, and is told apart from what somebody changed.
func TestAnEditThatIsNotDeployedIsDrift(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	d.expectNothing(t, "Pulumi.dev.yaml")
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"      project: Test Project 2\n      runAs: os-user3\n",
		"      project: Test Project 1\n      runAs: os-user3\n",
	)
	d.edit(
		t,
		"Pulumi.dev.yaml",
		"    - name: non-97-test-user2\n",
		"    - name: non-97-test-user2\n    - name: non-97-test-user4\n",
	)
	summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "dev")
	assert.Equal(t, exit.Refused, exit.StatusOf(err))
	var out strings.Builder
	require.NoError(t, summary.WriteText(&out))
	assert.Contains(t, out.String(), "      tags.Project: up changes \"Test Project 2\" to \"Test Project 1\"\n")
	assert.Contains(
		t,
		out.String(),
		"  ! iam.User non-97-test-user4-user is in the stack file, and the state does not have it; up makes it\n",
	)
	assert.NotContains(t, out.String(), "somebody")
}

// A user of another account who was deleted and made again is another principal: the trust policies that named the
// user hold the dead id. Up writes the name again, in every account.
func TestTrustOfAUserWhoWasMadeAgainIsMended(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := organizationDeployed.copy(t)
	want := d.world(t)
	d.byHand(t, "jump", "111122223333", func(h *hand) {
		all := d.state(t, "jump")
		for _, r := range all {
			if r.Type == "aws:iam/user:User" && r.ID == "alice" {
				_, err := h.delete(r, all, true)
				require.NoError(t, err)
			}
		}
	})
	require.Contains(t, d.world(t), "AIDA", "test bug: no trust policy named the user")
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(want, d.world(t)))
}

// The version in force counts, whatever versions there are. Of session preferences the provider reads the newest one
// alone; where an older one is in force, up makes a new one, whether AWS compares its content with the latest version
// or, before a landing, with every version.
func TestTheVersionInForceIsPutBack(t *testing.T) {
	t.Parallel()
	for _, compared := range tier.Sample(2, "latestVersion", "everyVersion") {
		t.Run(compared, func(t *testing.T) {
			t.Parallel()
			d := devDeployed.copy(t)
			d.write(t, "sandbox.yaml", d.read(t, "sandbox.yaml")+"\nduplicateContent: "+compared+"\n")
			d.putsTheVersionBack(t)
		})
	}
}

func (d *deployment) putsTheVersionBack(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	const guard = "arn:aws:iam::" + devAccount + ":policy/guardrails/guardrails-operation-guard"
	inForce := func() (policy, preferences string) {
		account := d.account(t, devAccount)
		p, ok := account.Policies[guard]
		require.True(t, ok, "%v", account.Policies)
		for _, v := range p.Versions {
			if v.ID == p.Default {
				policy = v.Document
			}
		}
		return policy, account.Documents["ap-northeast-1/SSM-SessionManagerRunShell"].Content()
	}
	policy, preferences := inForce()
	open := strings.Replace(preferences, `"runAsEnabled":true`, `"runAsEnabled":false`, 1)
	require.NotEqual(t, preferences, open, "test bug: the preferences have no such key")
	for round := range 2 {
		d.aws(t, func(s *sandbox.Server) {
			if round == 0 {
				_, err := s.IAM(devAccount).
					CreatePolicyVersion(ctx, guard,
						`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
				require.NoError(t, err)
				_, err = s.SSM(devAccount, "ap-northeast-1").
					UpdateDocument(ctx, "SSM-SessionManagerRunShell", ssm.NewDocument{Content: open})
				require.NoError(t, err)
			}
			require.NoError(t, s.IAM(devAccount).SetDefaultPolicyVersion(ctx, guard, "v2"))
			require.NoError(
				t,
				s.SSM(devAccount, "ap-northeast-1").
					UpdateDocumentDefaultVersion(ctx, "SSM-SessionManagerRunShell", "2"),
			)
		})
		summary, err := d.workspace(t, workspace.Options{}).Run(ctx, result.Drift, "dev")
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		var out strings.Builder
		require.NoError(t, summary.WriteText(&out))
		if round == 0 {
			assert.Contains(
				t,
				out.String(),
				"      content.inputs.runAsEnabled: somebody changed true to false\n",
				"key by key",
			)
		} else { // The provider reads the newest version, which is ours.
			assert.Contains(
				t,
				out.String(),
				"      defaultVersion: somebody made version 2 the default one, and 3 is the newest; up makes a "+
					"version of what "+
					"the stack file says, and puts it in force\n",
			)
			assert.ErrorContains(t, err, "puts them back")
		}
		assert.Contains(t, out.String(), "iam.Policy operation-policy-guardrails-operation-guard", "round %d", round)
		d.run(t, result.Up, "dev")
		gotPolicy, gotPreferences := inForce()
		assert.JSONEq(t, policy, gotPolicy, "round %d", round)
		assert.JSONEq(t, preferences, unmarked(gotPreferences), "round %d", round)
		if round == 1 {
			assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
		}
	}
}

// As long as a Deny is not back, no Allow of the same role or group is put back either.
func TestDeniesGoBackBeforeAllows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := devDeployed.copy(t)
	want := d.world(t)
	role := d.account(t, devAccount).Roles[devRole]
	require.Greater(t, len(role.Attached), 1)
	inline := slices.Collect(maps.Keys(d.account(t, devAccount).Groups["guardrails-mfa"].Inline))
	require.Greater(t, len(inline), 1)
	require.Contains(t, inline, "mfa-guard")
	guard := ""
	d.aws(t, func(s *sandbox.Server) {
		aws := s.IAM(devAccount)
		for _, arn := range role.Attached {
			if strings.HasSuffix(arn, "-guard") {
				guard = arn
			}
			require.NoError(t, aws.DetachPolicy(ctx, iam.KindRole, devRole, arn))
		}
		for _, name := range inline {
			require.NoError(t, aws.DeleteInlinePolicy(ctx, iam.KindGroup, "guardrails-mfa", name))
		}
	})
	require.NotEmpty(t, guard, "test bug: the role has no guard")
	faults := &api.Faults{Rules: []api.FaultRule{
		{Call: "AttachRolePolicy", Subject: devRole + "/" + guard, Fault: api.ErrorBefore},
		{Call: "PutGroupPolicy", Subject: "guardrails-mfa/mfa-guard", Fault: api.ErrorBefore},
	}}
	_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(ctx, result.Up, "dev")
	require.ErrorContains(t, err, "ServiceFailure")
	account := d.account(t, devAccount)
	assert.Empty(t, account.Roles[devRole].Attached, "no Allow without the Deny")
	assert.Empty(t, account.Groups["guardrails-mfa"].Inline, "no Allow without the Deny")
	d.run(t, result.Up, "dev")
	assert.Empty(t, cmp.Diff(want, d.world(t)))
}

// A run that is killed while it puts back is finished by running it again. Late before a landing, early too in the
// nightly tier. Every run holds the same of an engine that is killed (TestOneUpEndsWhatWasDisturbed).
func TestAKillWhilePuttingBackIsFinishedByRunningAgain(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	d := devDeployed.copy(t)
	want := d.world(t)
	for _, after := range tier.Sample(1, 3, 1) {
		d.byOthers(t)
		cmd := d.command(t, "up", "dev", "--sandbox")
		progress, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		done := 0
		for lines := bufio.NewScanner(progress); done < after && lines.Scan(); {
			if strings.Contains(lines.Text(), "up dev: created ") ||
				strings.Contains(lines.Text(), "up dev: updated ") {
				done++
			}
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
		_ = cmd.Wait()
		require.Equal(t, after, done, "test bug: it was over before it was killed")
		r := d.guardrails(t, "up", "dev", "--sandbox")
		require.Equal(t, exit.Holds, r.status, r.stderr)
		assert.Empty(t, cmp.Diff(want, d.world(t)), "killed after %d", after)
		assert.Empty(t, d.run(t, result.Drift, "dev").Drift)
	}
}

// What failed or was refused is not headed "no changes", and the reason stands once in all that a command prints.
func TestWhatFailedSaysSoAndWhyOnce(t *testing.T) {
	t.Parallel()
	d := newCommandDeployment(t)
	d.run(t, result.Preview, "dev")
	d.aws(t, func(s *sandbox.Server) {
		_, err := s.IAM(devAccount).CreateGroup(t.Context(), "guardrails-mfa", "/")
		require.NoError(t, err)
	})
	r := d.guardrails(t, "up", "dev", "--sandbox")
	all := r.stdout + r.stderr
	assert.Equal(t, exit.Failed, r.status)
	assert.Regexp(t, `(?m)^  failed: .*1 failed`, r.stdout)
	assert.Equal(t, 1, strings.Count(all, "EntityAlreadyExists"), all)
	assert.NotContains(t, all, "no changes")
	assert.NotContains(t, all, "asking AWS", "AWS refused it: nothing is open")

	d.expectNothing(t, "Pulumi.dev.yaml")
	d.write(t, "sandbox.yaml", d.read(t, "sandbox.yaml")+"\nstacks: {dev: \"444455556666\"}\n")
	r = d.guardrails(t, "preview", "dev", "--sandbox")
	assert.Equal(t, exit.Refused, r.status)
	assert.Contains(t, r.stdout, "  refused (")
	assert.NotContains(t, r.stdout+r.stderr, "no changes")
}
