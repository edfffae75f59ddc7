package assignments

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile/provider"
)

const (
	instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	set      = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
)

// call is a call as IAM Identity Center gets it.
type call struct {
	operation string
	arguments map[string]any
}

// center answers as the API Reference of IAM Identity Center shows it: per operation, account and token one answer, or
// several, of which the last one stands.
type center struct {
	mu      sync.Mutex
	calls   []call
	answers map[string][]string
}

func (c *center) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arguments := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&arguments)
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "SWBExternalService.")
	key := strings.Join(
		strings.Fields(fmt.Sprint(operation, " ", or(arguments["AccountId"]), " ", or(arguments["NextToken"]))),
		" ",
	)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call{operation, arguments})
	answer := `400 {"__type":"ValidationException","Message":"nothing is known of ` + key + `"}`
	if list := c.answers[key]; len(list) > 0 {
		answer = list[0]
		if len(list) > 1 {
			c.answers[key] = list[1:]
		}
	}
	status := http.StatusOK
	if answer[0] != '{' {
		_, _ = fmt.Sscanf(answer, "%d", &status)
		answer = answer[4:]
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

func or(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// ask asks a center with the answers for the assignments of the set, without waiting between two attempts.
func ask(t *testing.T, answers map[string][]string) ([]Assignment, []call, error) {
	t.Helper()
	c := &center{answers: answers}
	server := httptest.NewServer(c)
	defer server.Close()
	reader := &Reader{ssoadmin.New(ssoadmin.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		Retryer:      atOnce{retryer(provider.Settings{})},
	})}
	list, err := reader.Of(t.Context(), instance, set)
	return list, c.calls, err
}

// Every page of accounts and every page of each account's assignments is read, in whatever order AWS gives them, and
// each assignment is told once.
func TestEveryPageIsRead(t *testing.T) {
	t.Parallel()
	one := func(account, kind, who string) string {
		return fmt.Sprintf(
			`{"AccountId":%q,"PermissionSetArn":%q,"PrincipalId":%q,"PrincipalType":%q}`,
			account,
			set,
			who,
			kind,
		)
	}
	list, calls, err := ask(t, map[string][]string{
		"ListAccountsForProvisionedPermissionSet":       {`{"AccountIds":["444455556666"],"NextToken":"more"}`},
		"ListAccountsForProvisionedPermissionSet more":  {`{"AccountIds":[],"NextToken":"still"}`},
		"ListAccountsForProvisionedPermissionSet still": {`{"AccountIds":["111122223333","777788889999"]}`},
		"ListAccountAssignments 444455556666": {
			`{"AccountAssignments":[` + one("444455556666", "USER", "u2") + `],"NextToken":"p2"}`,
		},
		"ListAccountAssignments 444455556666 p2": {`{"AccountAssignments":[],"NextToken":"p3"}`},
		"ListAccountAssignments 444455556666 p3": {
			`{"AccountAssignments":[` + one("444455556666", "GROUP", "g1") + "," + one(
				"444455556666",
				"USER",
				"u2",
			) + `]}`,
		},
		"ListAccountAssignments 111122223333": {
			`{"AccountAssignments":[` + one("111122223333", "USER", "u1") + `]}`,
		},
		"ListAccountAssignments 777788889999": {`{}`},
	})
	require.NoError(t, err)
	assert.Equal(t, []Assignment{
		{"111122223333", "USER", "u1"}, {"444455556666", "GROUP", "g1"}, {"444455556666", "USER", "u2"},
	}, list)
	for _, c := range calls {
		assert.Equal(t, instance, c.arguments["InstanceArn"])
		assert.Equal(t, set, c.arguments["PermissionSetArn"])
		assert.NotContains(t, c.arguments, "ProvisioningStatus", "what is provisioned with an older policy counts too")
	}
}

// A call that AWS throttles, or fails at, is repeated until it is answered.
func TestThrottledCallsAreRepeated(t *testing.T) {
	t.Parallel()
	for _, refusal := range []string{
		`400 {"__type":"ThrottlingException","Message":"Rate exceeded"}`,
		`429 {"__type":"com.amazonaws.swbexternal#ThrottlingException","message":"Rate exceeded"}`,
		`500 {"__type":"InternalServerException","Message":"Unexpected"}`,
		`503 `,
	} {
		list, calls, err := ask(t, map[string][]string{
			"ListAccountsForProvisionedPermissionSet": {refusal, refusal, `{"AccountIds":["111122223333"]}`},
			"ListAccountAssignments 111122223333": slices.Concat(slices.Repeat([]string{refusal}, attempts-1), []string{
				`{"AccountAssignments":[{"AccountId":"111122223333","PrincipalId":"u1","PrincipalType":"USER"}]}`,
			}),
		})
		require.NoError(t, err, refusal)
		assert.Equal(t, []Assignment{{"111122223333", "USER", "u1"}}, list, refusal)
		assert.Len(t, calls, 3+attempts, refusal)
	}
}

// Where AWS does not answer one call to its end there is no list: a part of it would say of the rest that nobody has it.
func TestAnIncompleteListIsAnError(t *testing.T) {
	t.Parallel()
	page := `{"AccountAssignments":[{"AccountId":"111122223333","PrincipalId":"u1","PrincipalType":"USER"}],"NextToken":"p2"}`
	for refusal, says := range map[string]string{
		`400 {"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: sso:List"}`: "AccessDeniedException: User: x is not authorized",
		`400 {"__type":"ResourceNotFoundException","Message":"Instance does not exist"}`:                    "ResourceNotFoundException: Instance does not exist",
		`400 {"__type":"UnrecognizedClientException","message":"The security token is invalid"}`:            "The security token is invalid",
		`400 {"__type":"ThrottlingException","Message":"Rate exceeded"}`:                                    "exceeded maximum number of attempts, 25",
		`200 {"AccountIds":["1111222`: "deserialization failed",
		`200 <html>`:                  "deserialization failed",
	} {
		for _, answers := range []map[string][]string{
			{"ListAccountsForProvisionedPermissionSet": {refusal}},
			{
				"ListAccountsForProvisionedPermissionSet":      {`{"AccountIds":["111122223333"],"NextToken":"more"}`},
				"ListAccountAssignments 111122223333":          {`{"AccountAssignments":[]}`},
				"ListAccountsForProvisionedPermissionSet more": {refusal},
			},
			{
				"ListAccountsForProvisionedPermissionSet": {`{"AccountIds":["111122223333"]}`},
				"ListAccountAssignments 111122223333":     {page},
				"ListAccountAssignments 111122223333 p2":  {refusal},
			},
		} {
			list, _, err := ask(t, answers)
			require.Error(t, err, refusal)
			assert.Contains(t, strings.ToLower(err.Error()), strings.ToLower(says))
			assert.Nil(t, list)
		}
	}
}
