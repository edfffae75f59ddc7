package workspace

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/beside"
	settings "aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// outdatedSets is a run whose plan found older versions of permission sets in accounts, and what AWS was asked about
// them. AWS answers to each set, by its ARN, with what is given: a status and a body.
func outdatedSets(t *testing.T, answers map[string]func(w http.ResponseWriter)) (r *run, asked func() []string) {
	t.Helper()
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var in struct{ PermissionSetArn string }
		if json.NewDecoder(request.Body).Decode(&in) != nil || answers[in.PermissionSetArn] == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		calls = append(calls, in.PermissionSetArn)
		answers[in.PermissionSetArn](w)
	}))
	t.Cleanup(server.Close)
	r = &run{stack: "identity", session: &session{operation: result.Up}, report: &result.Report{}, plan: &result.Report{}}
	for _, name := range []string{"Builder", "Auditor", "Operator", "Viewer"} {
		b := result.Beside{Drifted: result.Drifted{Type: "permission set", Name: name}}
		if name != "Viewer" { // Somebody added something else to it.
			b.Outdated = &beside.Provisioning{
				Instance: "ssoins-1", PermissionSet: name, Endpoint: server.URL,
				Settings: settings.Settings{Region: "us-east-1"},
			}
		}
		r.plan.Besides = append(r.plan.Besides, b)
	}
	return r, func() []string { return calls }
}

func namesOf(all []result.Drifted) []string {
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

// Of several permission sets that are provisioned again each is asked for, also after one that AWS refuses and one
// that AWS gives up; the error names every one that failed, with AWS's reason, and the report says of each what became
// of it.
func TestAProvisioningThatFailsHidesNoOther(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	refused := says(http.StatusBadRequest, `{"__type":"AccessDeniedException","Message":"not the deployer"}`)
	gaveUp := says(http.StatusOK, `{"PermissionSetProvisioningStatus":{"Status":"FAILED","FailureReason":"no policy Own"}}`)
	done := says(http.StatusOK, `{"PermissionSetProvisioningStatus":{"Status":"SUCCEEDED"}}`)

	r, asked := outdatedSets(t, map[string]func(http.ResponseWriter){"Builder": refused, "Auditor": gaveUp, "Operator": done})
	require.True(t, r.outdated())
	err := r.provisions(t.Context(), false)
	assert.Equal(t, []string{"Builder", "Auditor", "Operator"}, asked())
	require.ErrorContains(t, err, "Builder: ")
	require.ErrorContains(t, err, "not the deployer")
	require.ErrorContains(t, err, "Auditor: AWS could not provision Auditor: no policy Own")
	assert.NotContains(t, err.Error(), "Operator")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	assert.Equal(t, []string{"Builder", "Auditor"}, namesOf(r.report.NotPutBack))
	assert.Equal(t, []string{"Operator"}, namesOf(r.report.PutBack))

	r, asked = outdatedSets(t, map[string]func(http.ResponseWriter){"Builder": done, "Auditor": done, "Operator": done})
	require.NoError(t, r.provisions(t.Context(), false))
	assert.Len(t, asked(), 3)
	assert.Equal(t, []string{"Builder", "Auditor", "Operator"}, namesOf(r.report.PutBack))
	assert.Empty(t, r.report.NotPutBack)

	// What a run left half done reaches no account.
	r, asked = outdatedSets(t, map[string]func(http.ResponseWriter){"Builder": done, "Auditor": done, "Operator": done})
	require.NoError(t, r.provisions(t.Context(), true))
	assert.Empty(t, asked())
	assert.Equal(t, []string{"Builder", "Auditor", "Operator"}, namesOf(r.report.NotPutBack))
	assert.Empty(t, r.report.PutBack)
}
