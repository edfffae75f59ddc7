package tests

import (
	"bufio"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// What stops an organization half way, a kill or one stack that fails, is finished by running it again, and ends
// where an undisturbed run ends. What somebody changes by hand afterwards is found, and what an edit would take away
// in passing is refused.
// Every run holds the same of one stack (TestOneUpEndsWhatWasDisturbed, TestUpReadsFirstAndPutsBack).
func TestManyStacksAreFinishedByRunningThemAgain(t *testing.T) {
	t.Parallel()
	t.Run("killed half way", func(t *testing.T) {
		t.Parallel()
		tier.Long(t)
		d := newOrganization(t)
		cmd := d.command(t, "up", "--sandbox")
		progress, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		created := 0
		for lines := bufio.NewScanner(progress); created < 30 && lines.Scan(); {
			if strings.Contains(lines.Text(), ": created ") {
				created++
			}
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
		require.Error(t, cmd.Wait())

		r := d.guardrails(t, "up", "--sandbox")
		require.Equal(t, exit.Holds, r.status, r.stderr)
		assert.Contains(t, r.stdout, "management  done", "each stack has its line")
		assert.Empty(t, cmp.Diff(organizationDeployed.world(t), d.world(t)))
	})

	t.Run("one stack fails", func(t *testing.T) {
		t.Parallel()
		tier.Long(t)
		d := newOrganization(t)
		faults := &api.Faults{
			Rules: []api.FaultRule{{Call: "CreateRole", Subject: "PaymentsDeveloper", Fault: api.ErrorBefore}},
		}
		options := workspace.Options{Faults: faults, DoorsFirst: true}
		summary, err := d.workspace(t, options).Run(t.Context(), result.Up)
		require.ErrorContains(t, err, "ServiceFailure")
		assert.Equal(t, exit.Failed, exit.StatusOf(err))
		outcomes := map[string]result.Outcome{}
		for _, r := range summary.Stacks {
			outcomes[r.Stack] = r.Outcome
		}
		assert.Equal(t, map[string]result.Outcome{
			"jump": result.OutcomeDone, "identity": result.OutcomeDone, "workload": result.OutcomeDone,
			"payments": result.OutcomeFailed, "management": result.OutcomeNotRun,
		}, outcomes, "the policies wait for every door, and nothing else waits for the one that failed")
		var text strings.Builder
		require.NoError(t, summary.WriteText(&text))
		assert.Contains(t, text.String(), "needs payments, which did not end well")
		assert.Regexp(t, `(?m)^  payments +failed .* created, 1 failed$`, text.String())
		assert.NotContains(t, text.String(), "ServiceFailure", "the error says why, once")
		assert.NotContains(t, text.String(), "no changes")
		assert.Equal(t, []string{"FullAWSAccess"}, policiesOf(t, d), "nothing is shut before its doors are there")

		summary, err = d.workspace(t, options).Run(t.Context(), result.Up)
		require.NoError(t, err)
		for _, r := range summary.Stacks {
			if r.Stack != "payments" && r.Stack != "management" {
				assert.Empty(t, r.Changes, "%s was complete", r.Stack)
			}
		}
		assert.Empty(t, summary.Shut, "the doors were there first")
		assert.Empty(t, cmp.Diff(organizationDeployed.world(t), d.world(t)))
	})

	t.Run("an edit that takes a guarded resource away is refused until it is named", func(t *testing.T) {
		t.Parallel()
		d := devDeployed.copy(t)
		before := d.world(t)
		d.expectNothing(t, "Pulumi.dev.yaml")
		content := d.read(t, "Pulumi.dev.yaml")
		at := strings.Index(content, "    - name: non-97-project-ope-role\n")
		require.Positive(t, at, "test bug: there is no such role")
		end := at + 1 + strings.IndexByte(content[at:], '\n')
		for end < len(content) && (strings.HasPrefix(content[end:], "      ") || content[end] == '#') {
			end += 1 + strings.IndexByte(content[end:], '\n')
		}
		d.write(t, "Pulumi.dev.yaml", content[:at]+content[end:])

		summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "dev")
		require.ErrorContains(
			t,
			err,
			`guardrails:operationRoles: iam.Role "operation-role-non-97-project-ope-role" would be deleted: its people lose this way in`,
		)
		require.ErrorContains(t, err, "1 problem\n", "what hangs on the role goes with it")
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		require.Len(t, summary.Problems, 1)
		assert.Positive(t, summary.Problems[0].Line)
		assert.Equal(t, before, d.world(t), "nothing was changed")

		_, err = d.workspace(t, workspace.Options{AllowDelete: []string{"operation-role-non-97-project-ope-role"}}).
			Run(t.Context(), result.Up, "dev")
		require.NoError(t, err)
		assert.NotContains(t, keysOf(d.account(t, devAccount).Roles), "non-97-project-ope-role")
	})

	t.Run("drift", func(t *testing.T) {
		t.Parallel()
		tier.Long(t)
		whole := organizationDeployed.copy(t)
		ctx := t.Context()
		none, err := whole.workspace(t, workspace.Options{}).Run(ctx, result.Drift)
		require.NoError(t, err)
		for _, r := range none.Stacks {
			assert.Empty(t, r.Drift, r.Stack)
		}
		whole.aws(t, func(s *sandbox.Server) {
			aws := s.IAM("444455556666")
			require.NoError(
				t,
				aws.AttachPolicy(ctx, iam.KindRole, "shop-alice", "arn:aws:iam::aws:policy/AdministratorAccess"),
			)
			require.NoError(
				t,
				aws.PutPolicy(
					ctx,
					iam.KindRole,
					"billing-bob",
					"mine",
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
				),
			)
			require.NoError(t, aws.TagRole(ctx, "shop-bob", map[string]string{"Project": "billing"}))
			trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole"}]}`
			require.NoError(t, aws.UpdateAssumeRolePolicy(ctx, "AdminRole", trust))
			require.NoError(
				t,
				s.IAM("111122223333").DeleteInlinePolicy(ctx, iam.KindGroup, "guardrails-mfa", "mfa-guard"),
			)
		})
		world := whole.world(t)
		found, err := whole.workspace(t, workspace.Options{}).Run(ctx, result.Drift)
		require.Error(t, err)
		assert.Equal(t, exit.Refused, exit.StatusOf(err))
		var text strings.Builder
		require.NoError(t, found.WriteText(&text))
		for _, line := range []string{
			`operation-attached-policies-shop-alice (shop-alice)` + "\n      policyArns: somebody added " +
				"\"arn:aws:iam::aws:policy/AdministratorAccess\"\n",
			`operation-inline-policies-billing-bob (billing-bob)` + "\n      policyNames: somebody added \"mine\"\n",
			`iam.Role operation-role-shop-bob (shop-bob)` + "\n      tags.Project: somebody changed \"shop\" to " +
				"\"billing\"\n",
			`iam.Role AdminRole-role (AdminRole)` + "\n      assumeRolePolicy: somebody ",
			`iam.GroupPolicy mfa-guard (guardrails-mfa:mfa-guard) is gone` + "\n",
		} {
			assert.Contains(t, text.String(), line)
		}
		assert.NotContains(t, text.String(), "managedPolicyArns", "said where the attachments are listed")
		assert.Equal(t, world, whole.world(t), "looking changes nothing")
		t.Log(text.String())
	})
}
