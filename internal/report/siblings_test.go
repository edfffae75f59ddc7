package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// One stack is asked about with the other stacks of its organization beside it: its people are theirs, and their
// service control policies bind it.
func TestOneStackIsReadWithItsOrganization(t *testing.T) {
	workload, problems := stack.ReadFile("../../examples/organization/Pulumi.workload.yaml")
	require.NoError(t, problems.Err())

	answers, err := Ask(
		Question{As: "jump/carol", Via: "AdminRole", Opens: "shell", On: []string{"Project=shop"}},
		workload,
	)
	require.NoError(t, err)
	require.Len(t, answers.Answers, 1)
	assert.False(t, answers.Answers[0].Allowed, "the policies of the management stack shut it")

	m, err := MatrixOf(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), workload)
	require.NoError(t, err)
	for _, r := range m.Rows {
		assert.Contains(t, []string{accountOf(r.PersonARN), accountOf(r.RoleARN)}, "444455556666", "%+v", r)
		if r.Role == "AdminRole" {
			assert.NotContains(t, r.Doors, "shell", "%+v", r)
		}
	}
	require.NoError(t, m.Only("jump/alice"))
	require.NotEmpty(t, m.Rows)
	for _, r := range m.Rows {
		assert.Equal(t, "arn:aws:iam::111122223333:user/alice", r.PersonARN)
	}
	require.Error(t, m.Only("workload/alice"))
}
