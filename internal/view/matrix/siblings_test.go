package matrix

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/words"
)

// The matrix of one stack is made with the other stacks of its organization beside it: its people are theirs, and their
// service control policies bind it.
func TestTheMatrixOfOneStackIsMadeWithItsOrganization(t *testing.T) {
	workload := stacktest.Read(t, "examples/organization/Pulumi.workload.yaml")
	m, err := Of(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), workload)
	require.NoError(t, err)
	for _, r := range m.Rows {
		assert.Contains(t, []string{words.AccountOf(r.PersonARN), words.AccountOf(r.RoleARN)}, "444455556666", "%+v", r)
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
