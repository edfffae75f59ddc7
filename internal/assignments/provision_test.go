package assignments

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile/provider"
)

// reading is a reader of a center with the answers, which waits for nothing.
func reading(t *testing.T, c *center) *Reader {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return &Reader{client: ssoadmin.New(ssoadmin.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		Retryer:      atOnce{retryer(provider.Settings{})},
	})}
}

// The accounts with an older version are asked for by AWS's own status, every page of them.
func TestOlderVersionsAreRead(t *testing.T) {
	t.Parallel()
	c := &center{answers: map[string][]string{
		"ListAccountsForProvisionedPermissionSet":      {`{"AccountIds":["444455556666"],"NextToken":"more"}`},
		"ListAccountsForProvisionedPermissionSet more": {`{"AccountIds":["111122223333","444455556666"]}`},
	}}
	accounts, err := reading(t, c).Outdated(t.Context(), instance, set)
	require.NoError(t, err)
	assert.Equal(t, []string{"111122223333", "444455556666"}, accounts)
	for _, call := range c.calls {
		assert.Equal(t, "LATEST_PERMISSION_SET_NOT_PROVISIONED", call.arguments["ProvisioningStatus"])
	}
	refused := &center{answers: map[string][]string{
		"ListAccountsForProvisionedPermissionSet":      {`{"AccountIds":["444455556666"],"NextToken":"more"}`},
		"ListAccountsForProvisionedPermissionSet more": {`400 {"__type":"AccessDeniedException","Message":"no"}`},
	}}
	accounts, err = reading(t, refused).Outdated(t.Context(), instance, set)
	require.ErrorContains(t, err, "AccessDeniedException")
	assert.Nil(t, accounts)
}

// Provisioning is asked for all accounts that have the permission set, and waited for; what AWS says of a failure is
// the error.
func TestProvisioningIsWaitedFor(t *testing.T) {
	t.Parallel()
	status := func(word, more string) string {
		return `{"PermissionSetProvisioningStatus":{"RequestId":"r1","Status":"` + word + `"` + more + `}}`
	}
	for name, one := range map[string]struct {
		answers map[string][]string
		says    string
		calls   int
	}{
		"done at once": {map[string][]string{"ProvisionPermissionSet": {status("SUCCEEDED", "")}}, "", 1},
		"done later": {map[string][]string{
			"ProvisionPermissionSet": {status("IN_PROGRESS", "")},
			"DescribePermissionSetProvisioningStatus": {
				status("IN_PROGRESS", ""), status("SUCCEEDED", ""),
			},
		}, "", 3},
		"failed": {map[string][]string{
			"ProvisionPermissionSet":                  {status("IN_PROGRESS", "")},
			"DescribePermissionSetProvisioningStatus": {status("FAILED", `,"FailureReason":"no policy Own in 444455556666"`)},
		}, "no policy Own in 444455556666", 2},
		"refused": {map[string][]string{
			"ProvisionPermissionSet": {`400 {"__type":"AccessDeniedException","Message":"no"}`},
		}, "AccessDeniedException", 1},
		"lost": {map[string][]string{
			"ProvisionPermissionSet":                  {status("IN_PROGRESS", "")},
			"DescribePermissionSetProvisioningStatus": {`400 {"__type":"ResourceNotFoundException","Message":"gone"}`},
		}, "ResourceNotFoundException", 2},
		"nothing said": {map[string][]string{"ProvisionPermissionSet": {`{}`}}, "did not say how far", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &center{answers: one.answers}
			err := reading(t, c).Provision(t.Context(), instance, set)
			if one.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, one.says)
			}
			require.Len(t, c.calls, one.calls)
			assert.Equal(t, map[string]any{
				"InstanceArn": instance, "PermissionSetArn": set, "TargetType": "ALL_PROVISIONED_ACCOUNTS",
			}, c.calls[0].arguments)
		})
	}
}
