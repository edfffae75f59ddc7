package endpoint

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/policy"
)

const (
	administers = "555555555555"
	instance    = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
)

// nobody refuses everything.
type nobody struct{}

func (nobody) Decide(call api.Call) (string, string, error) {
	return "arn:aws:sts::555555555555:assumed-role/x/y", "because of " + strings.Join(call.Resources, " "), nil
}

// assignedTo is a world in which a permission set is assigned to so many people of one account, and its ARN.
func assignedTo(t *testing.T, people int) (*cloud.Cloud, string) {
	t.Helper()
	c, err := cloud.Open("", nil)
	require.NoError(t, err)
	require.NoError(t, c.AddAccount(administers, policy.AWS))
	center := ssoadmin.IdentityCenter{
		ARN: instance, Store: "d-1234567890", Account: administers, Region: "us-east-1", Users: map[string]string{},
	}
	for i := range people {
		center.Users[fmt.Sprintf("u%03d", i)] = fmt.Sprintf("user%03d", i)
	}
	require.NoError(t, c.Plant(plant.Plants{
		Organization: []plant.Planted[organizations.ExistingOrganization]{
			{Thing: organizations.ExistingOrganization{
				Organization: organizations.Organization{
					ID:         "o-exampleorgid",
					Management: "123456789012",
					Root:       "r-exam",
				},
				Accounts: map[string]string{administers: "r-exam"},
			}},
		},
		IdentityCenter: []plant.Planted[ssoadmin.IdentityCenter]{{Thing: center}},
	}))
	admin := c.SSOAdmin(api.Caller{Account: administers, Region: "us-east-1"})
	set, err := admin.CreatePermissionSet(t.Context(), instance, ssoadmin.NewPermissionSet{Name: "Operator"})
	require.NoError(t, err)
	for id := range center.Users {
		require.NoError(t, admin.CreateAccountAssignment(t.Context(), instance, ssoadmin.Assignment{
			PermissionSet: set.ARN, PrincipalID: id, PrincipalType: "USER", Account: administers,
		}))
	}
	return c, set.ARN
}

// post makes one call and gives its status and its answer.
func post(t *testing.T, url, operation string, arguments map[string]any) (int, map[string]any) {
	t.Helper()
	body, err := json.Marshal(arguments)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(
		context.Background(),
		http.MethodPost,
		url,
		strings.NewReader(string(body)),
	)
	require.NoError(t, err)
	request.Header.Set("X-Amz-Target", "SWBExternalService."+operation)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20261129/us-east-1/sso/aws4_request, x")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answer := map[string]any{}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	return response.StatusCode, answer
}

// An account has an older version of a permission set from a change on until the permission set is provisioned.
func TestOlderVersionsAreListedUntilTheyAreProvisioned(t *testing.T) {
	t.Parallel()
	c, set := assignedTo(t, 1)
	server, err := Serve(Options{Cloud: c})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	is := func(status string, want ...any) {
		t.Helper()
		code, answer := post(t, server.URL(administers), "ListAccountsForProvisionedPermissionSet", map[string]any{
			"InstanceArn": instance, "PermissionSetArn": set, "ProvisioningStatus": status,
		})
		require.Equal(t, http.StatusOK, code)
		assert.Equal(t, want, answer["AccountIds"], status)
	}
	const latest, older = "LATEST_PERMISSION_SET_PROVISIONED", "LATEST_PERMISSION_SET_NOT_PROVISIONED"
	none := []any{}
	is(latest, administers)
	is(older, none...)
	admin := c.SSOAdmin(api.Caller{Account: administers, Region: "us-east-1"})
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`
	require.NoError(t, admin.PutInlinePolicy(t.Context(), instance, set, document))
	is(latest, none...)
	is(older, administers)
	code, answer := post(t, server.URL(administers), "ProvisionPermissionSet", map[string]any{
		"InstanceArn": instance, "PermissionSetArn": set, "TargetType": "ALL_PROVISIONED_ACCOUNTS",
	})
	require.Equal(t, http.StatusOK, code)
	status, _ := answer["PermissionSetProvisioningStatus"].(map[string]any)
	assert.Equal(t, "SUCCEEDED", status["Status"])
	code, _ = post(t, server.URL(administers), "DescribePermissionSetProvisioningStatus", map[string]any{
		"InstanceArn": instance, "ProvisionPermissionSetRequestId": status["RequestId"],
	})
	require.Equal(t, http.StatusOK, code)
	is(latest, administers)
	is(older, none...)
}

// Lists come in pages, as AWS gives them, and an account without the permission set has an empty list.
func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	c, set := assignedTo(t, 203)
	s, err := Serve(Options{Cloud: c})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	url := s.URL(administers)
	_, accounts := post(t, url, "ListAccountsForProvisionedPermissionSet", map[string]any{
		"InstanceArn": instance, "PermissionSetArn": set,
	})
	assert.Equal(t, map[string]any{"AccountIds": []any{administers}}, accounts)
	seen, token, pages := map[any]bool{}, any(nil), 0
	for more := true; more; pages++ {
		arguments := map[string]any{"InstanceArn": instance, "PermissionSetArn": set, "AccountId": administers}
		if token != nil {
			arguments["NextToken"] = token
		}
		status, answer := post(t, url, "ListAccountAssignments", arguments)
		require.Equal(t, http.StatusOK, status, answer)
		for _, a := range answer["AccountAssignments"].([]any) {
			seen[a.(map[string]any)["PrincipalId"]] = true
		}
		token, more = answer["NextToken"]
	}
	assert.Len(t, seen, 203)
	assert.Equal(t, 3, pages)
	_, none := post(t, url, "ListAccountAssignments", map[string]any{
		"InstanceArn": instance, "PermissionSetArn": set, "AccountId": "111122223333",
	})
	assert.Equal(t, map[string]any{"AccountAssignments": []any{}}, none)
}

// What is refused is told as AWS tells it: by the state, by the policies of the caller, by faults, and what the sandbox
// does not know.
func TestRefusalsAreThoseOfAWS(t *testing.T) {
	t.Parallel()
	c, set := assignedTo(t, 1)
	for name, refusal := range map[string]struct {
		options   Options
		account   string
		operation string
		arguments map[string]any
		status    int
		code      string
		says      string
	}{
		"another instance": {
			account: administers, operation: "ListAccountAssignments", status: 400, code: "ResourceNotFoundException",
			arguments: map[string]any{"InstanceArn": instance + "0", "PermissionSetArn": set, "AccountId": administers},
			says:      "does not exist",
		},
		"another account": {
			account: "111122223333", operation: "ListAccountsForProvisionedPermissionSet", status: 400, code: "AccessDeniedException",
			arguments: map[string]any{"InstanceArn": instance, "PermissionSetArn": set},
			says:      "the instance is managed in account 555555555555",
		},
		"not allowed": {
			options: Options{Decider: nobody{}},
			account: administers, operation: "ListAccountAssignments", status: 400, code: "AccessDeniedException",
			arguments: map[string]any{"InstanceArn": instance, "PermissionSetArn": set, "AccountId": "111122223333"},
			says:      "because of arn:aws:sso:::account/111122223333 " + instance + " " + set,
		},
		"not allowed to list accounts": {
			options: Options{Decider: nobody{}},
			account: administers, operation: "ListAccountsForProvisionedPermissionSet", status: 400, code: "AccessDeniedException",
			arguments: map[string]any{"InstanceArn": instance, "PermissionSetArn": set},
			says:      "because of " + instance + " " + set,
		},
		"throttled": {
			options: Options{Faults: &api.Faults{Rules: []api.FaultRule{
				{Call: "ListAccountAssignments", Fault: api.ThrottledForGood},
			}}},
			account: administers, operation: "ListAccountAssignments", status: 400, code: "Throttling",
			arguments: map[string]any{"InstanceArn": instance, "PermissionSetArn": set, "AccountId": administers},
			says:      "Rate exceeded",
		},
		"a page too many": {
			account: administers, operation: "ListAccountAssignments", status: 400, code: "ValidationException",
			arguments: map[string]any{
				"InstanceArn": instance, "PermissionSetArn": set, "AccountId": administers, "NextToken": "7",
			},
			says: "page",
		},
		"another operation": {
			account: administers, operation: "CreateAccountAssignment", status: 400, code: "UnknownOperationException",
			says: "does not answer",
		},
	} {
		refusal.options.Cloud = c
		s, err := Serve(refusal.options)
		require.NoError(t, err, name)
		status, answer := post(t, s.URL(refusal.account), refusal.operation, refusal.arguments)
		assert.Equal(t, refusal.status, status, name)
		assert.Equal(t, refusal.code, answer["__type"], name)
		assert.Contains(t, answer["message"], refusal.says, name)
		require.NoError(t, s.Close(), name)
	}
}
