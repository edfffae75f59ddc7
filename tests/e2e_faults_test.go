package tests

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// Whatever goes wrong on the way to AWS, running up again ends where an undisturbed run ends: calls that are
// throttled, that fail before or after they took effect, that are slow, and connections that break before the engine
// hears the answer.
//
// One fault is left out: a call that took effect, whose answer is lost, and which the SDK then repeats. AWS answers
// the repetition that the name is taken, which says the same as if it were somebody else's;
// TestUpTakesOverNothingThatItFinds holds what happens then. One seed in every run, eight in the nightly tier.
func TestUpAgainEndsWhereAnUndisturbedRunEnds(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	want := devDeployed.world(t)
	for _, seed := range tier.Sample[uint64](1, 1, 2, 3, 4, 5, 6, 7, 8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t)
			faults := &api.Faults{Seed: seed, Rates: map[api.Fault]float64{
				// A run reads everything first, so that each of its many reads may end it.
				api.Throttled:        0.05,
				api.ThrottledForGood: 0.003,
				api.ErrorBefore:      0.004,
				api.ErrorAfter:       0.004,
				api.LostReply:        0.004,
				api.Slow:             0.02,
			}}
			failed := 0
			for {
				_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "dev")
				if err == nil {
					break
				}
				assert.Equal(t, exit.Failed, exit.StatusOf(err))
				failed++
				require.Less(t, failed, 12, "it does not come to an end: %v", err)
			}
			t.Logf("%d of %d runs failed", failed, failed+1)
			assert.Positive(t, failed, "test bug: the faults of this seed hit nothing")
			assert.Empty(t, gocmp.Diff(want, d.world(t)))
			assert.Empty(t, d.run(t, result.Preview, "dev").Changes)
		})
	}
}

// A creation that AWS carried out, and that failed all the same, is not repeated and not given up, whatever AWS
// refuses to create twice: the next run finds it. An answer that is lost always, an error after the effect too in the
// nightly tier.
func TestACreationThatFailedAfterItsEffectIsFound(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	want := devDeployed.world(t)
	types := map[string]string{
		"CreateUser": "aws:iam/user:User", "CreateGroup": "aws:iam/group:Group", "CreateRole": "aws:iam/role:Role",
		"CreatePolicy": "aws:iam/policy:Policy", "CreateDocument": "aws:ssm/document:Document",
	}
	for _, fault := range tier.Sample(1, api.LostReply, api.ErrorAfter) {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			faults := &api.Faults{}
			for call, typ := range types {
				if fault == api.LostReply {
					call = "Create " + typ
				}
				faults.Rules = append(faults.Rules, api.FaultRule{Call: call, Fault: fault})
			}
			d := newDeployment(t)
			hit := map[string]bool{}
			for range len(types) {
				summary, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "dev")
				for _, failure := range summary.Stacks[0].Failures {
					hit[failure.Type] = true
				}
				if err == nil {
					break
				}
			}
			assert.ElementsMatch(t, slices.Collect(maps.Values(types)), slices.Collect(maps.Keys(hit)))
			d.run(t, result.Up, "dev")
			assert.Empty(t, gocmp.Diff(want, d.world(t)))
			assert.Empty(t, d.run(t, result.Preview, "dev").Changes)
		})
	}
}

// Destroying is finished by destroying again, whatever goes wrong on the way.
func TestDestroyAgainEndsWhereAnUndisturbedRunEnds(t *testing.T) {
	t.Parallel()
	tier.Long(t)
	clean := devDeployed.copy(t)
	clean.run(t, result.Destroy, "dev")
	want := clean.world(t)

	d := devDeployed.copy(t)
	faults := &api.Faults{Seed: 7, Rates: map[api.Fault]float64{
		api.ThrottledForGood: 0.02,
		api.ErrorBefore:      0.02,
		api.ErrorAfter:       0.02,
		api.LostReply:        0.02,
		api.LostAnswer:       0.02,
	}}
	failed := 0
	for {
		_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Destroy, "dev")
		if err == nil {
			break
		}
		failed++
		require.Less(t, failed, 12, "it does not come to an end: %v", err)
	}
	assert.Positive(t, failed, "test bug: the faults of this seed hit nothing")
	assert.Empty(t, gocmp.Diff(want, d.world(t)))
}
