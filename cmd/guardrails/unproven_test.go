package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

// said is what a verb prints in a folder, and its error.
func said(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot(&flags{})
	root.SetOut(&out)
	root.SetArgs(args)
	err := root.Execute()
	return out.String(), err
}

// folderWith has the shipped stack dev, with one more expectation.
func folderWith(t *testing.T, expectation string) string {
	t.Helper()
	const expect = "  guardrails:expect:\n"
	return testkit.CopyFiles(t, "", []string{"Pulumi.yaml", "Pulumi.dev.yaml"},
		testkit.Edit{"Pulumi.dev.yaml", expect, expect + expectation})
}

// What follows from the stack files alone is printed of a stack that is refused too, the same as of one that holds.
// What cannot be read is printed by no verb.
func TestVerbsWhoseOutputDependsOnNoProofProveNothing(t *testing.T) {
	const unmet = "    - it: nobody can change the first password\n      as: non-97-test-user1\n      mfa: false\n    " +
		"  do: iam:ChangePassword\n" +
		"      on: {user: non-97-test-user1}\n      denied: true\n"
	holding, refused, unreadable := folderWith(t, ""), folderWith(t, unmet), folderWith(t, "    - it: [\n")
	_, err := said(t, "check", "-C", holding)
	require.NoError(t, err)
	_, err = said(t, "check", "-C", refused)
	require.ErrorContains(t, err, "1 of what must hold do not")
	for _, args := range [][]string{
		{"render", "--json"}, {"render", "--out", t.TempDir()}, {"handover"}, {"handover", "--json"}, {"handover",
			"--person", "non-97-test-user1"},
		{"deployer", "--json"}, {"deployer", "--out", t.TempDir()},
	} {
		want, err := said(t, append(args, "-C", holding)...)
		require.NoError(t, err, args)
		require.NotEmpty(t, want, args)
		got, err := said(t, append(args, "-C", refused)...)
		require.NoError(t, err, args)
		assert.Equal(t, want, got, args)
		_, err = said(t, append(args, "-C", unreadable)...)
		require.Error(t, err, args)
	}
	for _, verb := range newRoot(&flags{}).Commands() {
		switch verb.Name() {
		case "render", "handover", "deployer":
			assert.Contains(t, verb.Long, "It proves nothing, because", verb.Name())
		}
	}
}
