package explain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
)

// One stack is asked about with the other stacks of its organization beside it: their service control policies bind it.
func TestOneStackIsReadWithItsOrganization(t *testing.T) {
	workload := stacktest.Read(t, "examples/organization/Pulumi.workload.yaml")
	answers, err := Ask(
		Question{As: "jump/carol", Via: "AdminRole", Opens: "shell", On: []string{"Project=shop"}},
		workload,
	)
	require.NoError(t, err)
	require.Len(t, answers.Answers, 1)
	assert.False(t, answers.Answers[0].Allowed, "the policies of the management stack shut it")
}
