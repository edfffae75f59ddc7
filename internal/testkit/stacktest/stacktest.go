// Package stacktest reads stack files for tests: those that are shipped, and those that a test writes.
package stacktest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit"
)

// Read reads a stack file, given by its path from the root of the repository, with those beside it.
func Read(t testing.TB, file string) *stack.Stack {
	t.Helper()
	read, problems := stack.ReadFile(testkit.Path(t, file))
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
