package judge_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
)

// Administrators that are computed alone are those of the proofs, of every shipped folder and of each of its stacks
// alone.
func TestAdministratorsAreThoseOfTheProofs(t *testing.T) {
	some := 0
	for _, folder := range []string{"../..", "../../examples/organization"} {
		files, err := filepath.Glob(filepath.Join(folder, "Pulumi.*.yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		var stacks []*stack.Stack
		for _, file := range files {
			s, problems := stack.ReadFile(file)
			require.NoError(t, problems.Err())
			stacks = append(stacks, s)
			some += len(judge.Administrators(s))
			assert.Equal(t, administratorsOf(judge.Stack(s)), judge.Administrators(s), file)
		}
		assert.Equal(t, administratorsOf(judge.Stacks(stacks...)...), judge.Administrators(stacks...), folder)
	}
	assert.Positive(t, some)
}

func administratorsOf(judgements ...*judge.Judgement) []string {
	var all []string
	for _, j := range judgements {
		for _, a := range j.Proofs.Administrators {
			all = append(all, a.ARN)
		}
	}
	return all
}
