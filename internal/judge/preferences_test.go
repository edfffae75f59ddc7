package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// A delegated role that opens shells where no preferences are set is told; one that the organization shuts is not.
func TestShellsInRegionsWithoutPreferencesAreTold(t *testing.T) {
	prod, problems := stack.ReadFile("../../Pulumi.prod.yaml")
	require.NoError(t, problems.Err())
	j := Stack(prod)
	require.Len(t, j.Notices, 1)
	assert.Equal(t, problem.Path("guardrails:delegatedRoles[0]"), j.Notices[0].Path)
	assert.Positive(t, j.Notices[0].Line)
	assert.Contains(
		t,
		j.Notices[0].Text,
		`"AdminRole" opens shells, and the stack sets the preferences of ap-northeast-1, us-east-1: in other Regions they are ssm-user's`,
	)

	workload, problems := stack.ReadFile("../../examples/organization/Pulumi.workload.yaml")
	require.NoError(t, problems.Err())
	for _, n := range Stack(workload).Notices {
		assert.NotContains(t, n.Path, "delegatedRoles", "its administrators open no shell anywhere")
	}
}
