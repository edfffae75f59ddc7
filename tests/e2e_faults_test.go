package tests

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/workspace"
)

// undisturbed is the world after an up in which nothing went wrong.
func undisturbed(t *testing.T, stack string) string {
	t.Helper()
	d := newDeployment(t)
	d.run(t, workspace.Up, stack)
	return d.world(t)
}

// Whatever goes wrong on the way to AWS, running up again ends where an undisturbed run ends: calls that are throttled, that fail before or after
// they took effect, that are slow, and connections that break before the engine hears the answer.
//
// One fault is left out: a call that took effect, whose answer is lost, and which the SDK then repeats. AWS answers the repetition that the name
// is taken, which says the same as if it were somebody else's; TestUpTakesOverNothingThatItFinds holds what happens then.
func TestUpAgainEndsWhereAnUndisturbedRunEnds(t *testing.T) {
	t.Parallel()
	want := undisturbed(t, "dev")
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t)
			faults := &cloud.Faults{Seed: seed, Rates: map[cloud.Fault]float64{
				cloud.Throttled: 0.05, cloud.ThrottledForGood: 0.02, cloud.ErrorBefore: 0.03, cloud.ErrorAfter: 0.03, cloud.LostReply: 0.03, cloud.Slow: 0.02,
			}}
			failed := 0
			for {
				_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), workspace.Up, "dev")
				if err == nil {
					break
				}
				assert.Equal(t, workspace.Failed, workspace.StatusOf(err))
				failed++
				require.Less(t, failed, 12, "it does not come to an end: %v", err)
			}
			t.Logf("%d of %d runs failed", failed, failed+1)
			assert.Positive(t, failed, "test bug: the faults of this seed hit nothing")
			assert.Empty(t, cmp.Diff(want, d.world(t)))
			assert.Empty(t, d.run(t, workspace.Preview, "dev").Changes)
		})
	}
}

// A creation that AWS carried out, and that failed all the same, is not repeated and not given up, whatever AWS refuses to create twice: the next
// run finds it.
func TestACreationThatFailedAfterItsEffectIsFound(t *testing.T) {
	t.Parallel()
	want := undisturbed(t, "dev")
	types := map[string]string{
		"CreateUser": "aws:iam/user:User", "CreateGroup": "aws:iam/group:Group", "CreateRole": "aws:iam/role:Role",
		"CreatePolicy": "aws:iam/policy:Policy", "CreateDocument": "aws:ssm/document:Document",
	}
	for _, fault := range []cloud.Fault{cloud.ErrorAfter, cloud.LostReply} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			faults := &cloud.Faults{}
			for call, typ := range types {
				if fault == cloud.LostReply {
					call = "Create " + typ
				}
				faults.Rules = append(faults.Rules, cloud.FaultRule{Call: call, Fault: fault})
			}
			d := newDeployment(t)
			hit := map[string]bool{}
			for range len(types) {
				summary, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), workspace.Up, "dev")
				for _, failure := range summary.Stacks[0].Failures {
					hit[failure.Type] = true
				}
				if err == nil {
					break
				}
			}
			assert.ElementsMatch(t, slices.Collect(maps.Values(types)), slices.Collect(maps.Keys(hit)))
			d.run(t, workspace.Up, "dev")
			assert.Empty(t, cmp.Diff(want, d.world(t)))
			assert.Empty(t, d.run(t, workspace.Preview, "dev").Changes)
		})
	}
}

// Destroying is finished by destroying again, whatever goes wrong on the way.
func TestDestroyAgainEndsWhereAnUndisturbedRunEnds(t *testing.T) {
	t.Parallel()
	clean := newDeployment(t)
	clean.run(t, workspace.Up, "dev")
	clean.run(t, workspace.Destroy, "dev")
	want := clean.world(t)

	d := newDeployment(t)
	d.run(t, workspace.Up, "dev")
	faults := &cloud.Faults{Seed: 7, Rates: map[cloud.Fault]float64{
		cloud.ThrottledForGood: 0.05, cloud.ErrorBefore: 0.05, cloud.ErrorAfter: 0.05, cloud.LostReply: 0.05, cloud.LostAnswer: 0.05,
	}}
	failed := 0
	for {
		_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), workspace.Destroy, "dev")
		if err == nil {
			break
		}
		failed++
		require.Less(t, failed, 12, "it does not come to an end: %v", err)
	}
	assert.Positive(t, failed, "test bug: the faults of this seed hit nothing")
	assert.Empty(t, cmp.Diff(want, d.world(t)))
}
