package main

import (
	"html"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/tier"
)

// git runs git in the folder of the test.
func git(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("git", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// The page shows what a change does since a revision, in the words of diff: who loses what, by which statement; and
// that nobody does where nothing differs. A revision that does not exist writes no page.
func TestThePageShowsWhatAChangeDoes(t *testing.T) {
	inOrganization(t)
	git(t, "init", "-q", "-b", "main")
	git(t, "add", ".")
	git(t, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "organization")
	now := time.Date(2030, 12, 1, 9, 0, 0, 0, time.UTC)
	written := func(line string) string {
		out, err := at(t, now, line)
		require.NoError(t, err, out)
		text, err := os.ReadFile("who.html")
		require.NoError(t, err)
		return html.UnescapeString(string(text))
	}
	same := written("guardrails page --out who.html --against HEAD")
	assert.Contains(t, same, "No one gains or loses")

	testkit.EditFile(t, "Pulumi.management.yaml", "mode: report", "mode: deny")
	for _, revision := range tier.Sample(2, "HEAD", "main...") {
		changed := written("guardrails page --out who.html --against " + revision)
		assert.Contains(t, changed, "DenyRemoteExecutionButForListedRoles", revision)
		assert.Contains(t, changed, "carol loses sendCommand as root", revision)
		assert.NotContains(t, changed, "No one gains or loses", revision)
	}
	assert.NotContains(t, written("guardrails page --out who.html"), "carol loses")

	require.NoError(t, os.Remove("who.html"))
	_, err := at(t, now, "guardrails page --out who.html --against nowhere")
	require.ErrorContains(t, err, "nowhere")
	assert.NoFileExists(t, "who.html")
}
