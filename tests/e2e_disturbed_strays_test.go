package tests

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/result"
)

// What somebody added and a disturbed run took note of, without taking it away, is told once by drift: of what it was
// added to. It counts as no resource of the stack.
func TestWhatADisturbedRunTookNoteOfIsToldOnce(t *testing.T) {
	t.Parallel()
	const user = "non-97-test-user1"
	d := devDeployed.copy(t)
	d.aws(t, func(s *sandbox.Server) {
		_, err := s.IAM(devAccount).CreateGroup(t.Context(), "admins", "/")
		require.NoError(t, err)
		require.NoError(t, s.IAM(devAccount).AddUserToGroup(t.Context(), "admins", user))
	})
	drift := func() *result.Report {
		summary, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Drift, "dev")
		require.ErrorContains(t, err, "1 resource differs")
		require.Len(t, summary.Stacks[0].Drift, 1)
		return summary.Stacks[0]
	}
	before := drift()
	faults := &api.Faults{Rules: []api.FaultRule{
		{Call: "RemoveUserFromGroup", Subject: "admins/" + user, Fault: api.ErrorBefore},
	}}
	_, err := d.workspace(t, workspace.Options{Faults: faults}).Run(t.Context(), result.Up, "dev")
	require.Error(t, err)
	after := drift()
	assert.Equal(t, before.Drift[0].Name, after.Drift[0].Name)
	assert.Equal(t, before.Drift[0].Differences[0].Text, after.Drift[0].Differences[0].Text)
	assert.Equal(t, before.Same, after.Same)
}
