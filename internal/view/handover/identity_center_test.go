package handover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
)

// Who comes in through Identity Center is told what to take where, and whoever keeps the profiles what they must say.
func TestHandoverListsWhatProfilesNeed(t *testing.T) {
	stack := stacktest.Read(t, "examples/organization/Pulumi.identity.yaml")
	people, err := Only(Of(stack), "operators")
	require.NoError(t, err)
	require.Len(t, people, 1)
	assert.Equal(
		t,
		map[string]string{"SSMSessionRunAs": "userName", "Project": "enterprise.department"},
		people[0].Portal.Profile,
	)
	assert.Equal(
		t,
		[]PortalPermissionSet{
			{
				Name:     "ProjectOperator",
				Accounts: []string{"444455556666"},
				Profiles: []string{"workload-ProjectOperator"}, Grants: true,
			},
		},
		people[0].Portal.PermissionSets,
	)
	var text strings.Builder
	require.NoError(t, WriteText(&text, people, Options{}))
	assert.Contains(t, text.String(), "https://d-1234567890.awsapps.com/start\n")
	assert.Contains(t, text.String(), `
[sso-session guardrails]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = ap-northeast-1
sso_registration_scopes = sso:account:access

[profile workload-ProjectOperator]
sso_session = guardrails
sso_account_id = 444455556666
sso_role_name = ProjectOperator
region = ap-northeast-1
`)
	assert.Contains(t, text.String(), "  enterprise.department: the tag Project of every session\n")
}
