// Package testkit is what tests of several rooms share: texts that people have read, the stacks that are shipped, and
// where both lie. A test stays as it is when its package moves.
package testkit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
)

// Golden compares a text with the file that people have read, testdata/<name> beside the test. UPDATE_GOLDEN=1 writes
// the file first.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), got), "read the difference; if it is meant, UPDATE_GOLDEN=1")
}

// Path is a file of the repository, given by its path from the root. It is absolute.
func Path(t testing.TB, elements ...string) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(append([]string{folder}, elements...)...)
		}
		above := filepath.Dir(folder)
		require.NotEqual(t, folder, above, "the test runs outside of the repository")
		folder = above
	}
}

// ReadStack reads a stack file, given by its path from the root of the repository, with those beside it.
func ReadStack(t testing.TB, file string) *stack.Stack {
	t.Helper()
	read, problems := stack.ReadFile(Path(t, file))
	require.NoError(t, problems.Err())
	return read
}

// ReadText reads a stack file of stack dev that stands alone.
func ReadText(t testing.TB, text string) *stack.Stack {
	t.Helper()
	read, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
	require.NoError(t, problems.Err())
	return read
}
