package tests

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
)

// What up has deployed is no one's gain or loss; an edit after it says what it means, a stack that was never deployed
// says so, and reading changes nothing.
func TestAnEditIsComparedWithWhatIsDeployed(t *testing.T) {
	t.Parallel()
	d := devDeployed.copy(t)
	report := func(stack string) *change.Report {
		folder, err := project.Open(d.dir)
		require.NoError(t, err)
		r, err := against.FromDeployed(t.Context(), folder, d.workspace(t, workspace.Options{}), time.Now(), stack)
		require.NoError(t, err)
		return r
	}
	before := d.world(t)
	assert.True(t, report("dev").Silent())

	d.edit(t, "Pulumi.dev.yaml", "- users: [non-97-test-user2]", "- users: [non-97-test-user2, non-97-test-user1]")
	r := report("dev")
	require.Len(t, r.People, 1)
	assert.Contains(
		t,
		r.People[0].Line,
		"non-97-test-user1 gains the role TestProject2-os-user2, and with it shell as os-user2 on nodes of Test "+
			"Project 2",
	)
	assert.Empty(t, r.Calls)

	assert.Contains(t, report("prod").Notes[0], "stack prod (account 777788889999) is new")
	assert.Equal(t, before, d.world(t))
}
