package matrix

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

// A partner is somebody of a matrix: who comes in with an external id, by which role, and what that opens.
func TestMatrixHasPartners(t *testing.T) {
	m := matrixOf(t, testkit.ReadStack(t, "examples/tools/Pulumi.tools.yaml"))
	assert.Equal(t, []string{"- | - | - | - | external id | always"},
		linesOf(m, "999999999999/Collector (partner)", "CostWatch"))
	require.Contains(t, matrixText(t, m), "999999999999/Collector (partner)")
}
