package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/config"
)

// Who comes in through Identity Center is told what to take where, and whoever keeps the profiles what they must say.
func TestHandoverListsWhatProfilesNeed(t *testing.T) {
	stack, problems := config.ReadFile("../../examples/organization/Pulumi.identity.yaml")
	require.NoError(t, problems.Err())
	people, err := Only(Handover(stack), "operators")
	require.NoError(t, err)
	require.Len(t, people, 1)
	assert.Equal(t, map[string]string{"SSMSessionRunAs": "userName", "Project": "enterprise.department"}, people[0].Portal.Profile)
	assert.Equal(t, []PortalPermissionSet{{Name: "ProjectOperator", Accounts: []string{"444455556666"}}}, people[0].Portal.PermissionSets)
	var text strings.Builder
	require.NoError(t, WriteHandover(&text, people, HandoverOptions{}))
	assert.Contains(t, text.String(), "  enterprise.department: the tag Project of every session\n")
}
