package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/announce"
	"aws-access-guardrails/internal/workspace/exit"
)

// Each step of a grant is told with what the stack file says of it, in both formats, and a webhook that fails is
// status 3 whose text has no part of the secret.
func TestStepsAreAnnounced(t *testing.T) {
	inOrganization(t)
	now := time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)
	var got string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = string(body)
		w.WriteHeader(status)
	}))
	t.Setenv(webhookVariable, server.URL+"/services/T0/B0/secret")
	for _, step := range announce.Steps() {
		for _, format := range []string{"slack", "teams"} {
			out, err := at(
				t,
				now,
				"guardrails announce "+step+" workload CHG1250 --by octocat --link https://example.com/7 "+
					"--format "+format,
			)
			require.NoError(t, err)
			assert.Contains(t, out, "AdminRole for identity/dave in workload")
			for _, text := range []string{"AdminRole", "identity/dave", "workload (444455556666)", "CHG1250", "octocat", "https://example.com/7", "19:00 +09:00"} {
				assert.Contains(t, got, text)
			}
		}
	}
	got = ""
	out, err := at(t, now, `guardrails announce deployed --text "level 2" --format slack --dry-run`)
	require.NoError(t, err)
	assert.Contains(t, out, "Deployed: level 2")
	assert.Empty(t, got, "nothing is posted")
	status = http.StatusForbidden
	_, err = at(t, now, `guardrails announce deployed --text x --format slack`)
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	assert.NotContains(t, err.Error(), "secret")
	server.Close()
	for _, line := range []string{
		"guardrails announce", "guardrails announce danced --text x", "guardrails announce " +
			"deployed", "guardrails announce deployed workload",
		"guardrails announce deployed nowhere CHG1250 --format slack", "guardrails announce deployed workload CHG0 " +
			"--format slack",
		"guardrails announce deployed --text x", "guardrails announce deployed --text x --format irc",
		"guardrails announce deployed --text x --format slack --link ftp://x",
	} {
		out, atErr := at(t, now, line)
		require.Error(t, atErr, "%s\n%s", line, out)
	}
	require.NoError(t, os.Unsetenv(webhookVariable))
	_, err = at(t, now, "guardrails announce deployed --text x --format slack")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
	assert.ErrorContains(t, err, webhookVariable)
}

// What grant, revoke and grants --prune print with --patch is what they would have written, once git has applied it;
// they write nothing themselves.
func TestEditsAsPatches(t *testing.T) {
	for line, now := range map[string]time.Time{
		`guardrails grant workload jump/bob --run-as bob --for 2h --ticket CHG7`: time.Date(2030, 12, 1, 0, 0, 0, 0,
			time.UTC),
		`guardrails revoke workload CHG1250`: time.Date(2030, 12, 2, 11, 0, 0, 0,
			time.UTC),
		`guardrails grants --prune`: time.Date(2030, 12, 4, 0, 0, 0, 0,
			time.UTC),
	} {
		t.Run(line, func(t *testing.T) {
			inOrganization(t)
			file := "Pulumi.workload.yaml"
			before, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = at(t, now, line)
			require.NoError(t, err)
			written, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NotEqual(t, string(before), string(written), line)
			require.NoError(t, os.WriteFile(file, before, 0o600))

			patch, err := at(t, now, line+" --patch")
			require.NoError(t, err)
			untouched, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(before), string(untouched), line)
			require.NoError(t, os.WriteFile("change.patch", []byte(patch), 0o600))
			for _, args := range [][]string{{"init", "-q"}, {"apply", "change.patch"}} {
				out, combinedErr := exec.Command("git", args...).CombinedOutput()
				require.NoError(t, combinedErr, "%s\n%s", out, patch)
			}
			applied, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(written), string(applied), line)
			require.NoError(t, os.WriteFile(file, before, 0o600))
			_, err = at(t, now, line+" --patch --json")
			assert.Equal(t, exit.WrongUse, exit.StatusOf(err), line)
		})
	}
}

// Since a revision there are the grants that are new or that changed, and no others.
func TestGrantsSinceARevision(t *testing.T) {
	inOrganization(t)
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A"},
		{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m",
			"all"},
	} {
		out, err := exec.Command("git", args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	now := time.Date(2030, 12, 2, 11, 0, 0, 0, time.UTC)
	out, err := at(t, now, "guardrails grants --since HEAD")
	require.NoError(t, err)
	assert.Equal(t, "No grant is new, and none became another one.\n", out)
	for _, line := range []string{
		"guardrails grant workload jump/bob --run-as bob --for 2h --ticket CHG7", "guardrails revoke workload CHG1250",
	} {
		_, atErr := at(t, now, line)
		require.NoError(t, atErr)
	}
	out, err = at(t, now, "guardrails grants --since HEAD workload")
	require.NoError(t, err)
	assert.Contains(t, out, "CHG7")
	assert.Contains(t, out, "CHG1250")
	assert.NotContains(t, out, "CHG1234")
	_, err = at(t, now, "guardrails grants --since nowhere")
	assert.Equal(t, exit.WrongUse, exit.StatusOf(err))
}

// What CloudTrail recorded tells when a grant was used last; without records it is said not to be known.
func TestGrantsTellTheirLastUse(t *testing.T) {
	inOrganization(t)
	now := time.Date(2030, 12, 3, 0, 0, 0, 0, time.UTC)
	out, err := at(t, now, "guardrails grants workload")
	require.NoError(t, err)
	assert.Contains(t, out, "When they were used last is not known here")
	assert.NotContains(t, out, "LAST USED")
	record := `{"Records":[{"eventTime":"2030-12-01T01:00:00Z","eventID":"1","eventSource":"ssm.amazonaws.com","eventName":"StartSession","userIdentity":` +
		`{"type":"AssumedRole","arn":"arn:aws:sts::444455556666:assumed-role/grant-CHG1234-alice/alice","accountId":"444455556666"}}]}`
	require.NoError(t, os.MkdirAll("logs", 0o700))
	require.NoError(t, os.WriteFile(filepath.Join("logs", "a.json"), []byte(record), 0o600))
	out, err = at(t, now, "guardrails grants workload --replay logs")
	require.NoError(t, err)
	assert.Contains(t, out, "Sun 2030-12-01 10:00 +09:00 Asia/Tokyo (2030-12-01T01:00Z), unused for")
	assert.Contains(t, out, "not in the records, which end at Sun 2030-12-01 10:00", "the other grant")
	out, err = at(t, now, "guardrails grants workload --replay logs --json")
	require.NoError(t, err)
	assert.Contains(t, out, `"use":{"lastUsed":"2030-12-01T01:00:00Z","recordsFrom":"2030-12-01T01:00:00Z"`)
	require.NoError(t, os.WriteFile(filepath.Join("logs", "b.json"), []byte(`{"Records":[{"x":1}]}`), 0o600))
	out, err = at(t, now, "guardrails grants workload --replay logs")
	require.NoError(t, err)
	assert.Contains(t, out, "1 records or files could not be read")
	for _, line := range []string{"guardrails grants --replay missing", "guardrails grants --prune --replay logs", "guardrails grants --patch"} {
		_, err = at(t, now, line)
		assert.Equal(t, exit.WrongUse, exit.StatusOf(inWords(err)), line)
	}
}
