package matrix

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
)

// A partner is somebody of a matrix: who comes in with an external id, by which role, and what that opens.
func TestMatrixHasPartners(t *testing.T) {
	m := matrixOf(t, stacktest.Read(t, "examples/tools/Pulumi.tools.yaml"))
	assert.Equal(t, []string{"- | - | - | - | external id | always"},
		linesOf(m, "999999999999/Collector (partner)", "CostWatch"))
	require.Contains(t, matrixText(t, m), "999999999999/Collector (partner)")
}

// A matrix says from which networks a way is gone: of a role, of a grant, and of a permission set. Of a way that any
// network will do it says none.
func TestMatrixSaysFromWhichNetworks(t *testing.T) {
	m := matrixOf(t, stacktest.Read(t, "examples/tools/Pulumi.tools.yaml"))
	for _, want := range []struct {
		role     string
		networks []string
		cell     string
	}{
		{"watch", []string{"2001:db8::/32", "203.0.113.0/24", "vpce-0abcdef1234567890"},
			"MFA in the last 12 hours, from 2001:db8::/32, 203.0.113.0/24 or vpce-0abcdef1234567890"},
		{"grant-CHG1234-fay", []string{"203.0.113.0/24"}, "MFA in the last 1 hour, from 203.0.113.0/24"},
		{"tools/Builder", []string{"203.0.113.0/24", "vpce-0abcdef1234567890"},
			"IAM Identity Center, from 203.0.113.0/24 or vpce-0abcdef1234567890"},
		{"build", nil, "MFA in the last 12 hours"},
		{"tools/CostReader", nil, "IAM Identity Center"},
	} {
		found := false
		for i := range m.Rows {
			if r := &m.Rows[i]; r.Role == want.role {
				found = true
				assert.Equal(t, want.networks, r.Networks, want.role)
				assert.Equal(t, want.cell, r.Cells().SignIn, want.role)
			}
		}
		assert.True(t, found, want.role)
	}
}
