package stack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/problem"
)

// readProblems are the problems of a stack file that is given as text.
func readProblems(text string) problem.List {
	_, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
	return problems
}

// Whoever reads the file refuses it at the line that is wrong.
func TestTheFileIsRefused(t *testing.T) {
	full := stacktest.Text(t, stacktest.Full)
	for _, r := range slices.Concat(stacktest.Refusals, stacktest.FileOnly) {
		t.Run(r.Name, func(t *testing.T) {
			changed := r.Mutated(t, full)
			problems := readProblems(changed)
			r.Holds(t, problems)
			at := strings.Count(full[:strings.Index(full, r.From)], "\n") + 1
			assert.GreaterOrEqual(t, problems[0].Line, at-8, "the line lies before the change")
			assert.LessOrEqual(t, problems[0].Line, at+strings.Count(r.To, "\n")+1, "the line lies behind the change")
			assert.Positive(t, problems[0].Column)
		})
	}
}

// A value that Pulumi keeps encrypted is refused where nothing could be proven about it.
func TestASecretIsRefused(t *testing.T) {
	full := strings.Replace(stacktest.Text(t, stacktest.Full), "email: alice@example.com", "email: {secure: AAABAKeN}", 1)
	problems := readProblems(full)
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("guardrails:users[0].email"), problems[0].Path)
	assert.Equal(t, problem.Refused, problems[0].Kind)
	assert.NotContains(t, problems.Error(), "AAABAKeN")
}
