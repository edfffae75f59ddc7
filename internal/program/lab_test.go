package program

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/known"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
)

// The example with every setting that the others leave at its default holds, and is taken whole by AWS: its organization,
// which allows by list, under AWS's old quotas of service control policies and under those of today.
func TestEverySettingOfTheLaboratoryIsDeployed(t *testing.T) {
	for name, quotas := range map[string]string{
		"old quotas": "", "quotas of today": "  guardrails:quotas:\n    scp: 10240\n    scpsPerTarget: 10\n",
	} {
		dir := testkit.Copy(t, "examples/lab")
		if quotas != "" {
			const old = "  guardrails:quotas:\n    scp: 5120\n    scpsPerTarget: 5\n"
			testkit.EditFile(t, filepath.Join(dir, "Pulumi.root.yaml"), old, quotas)
		}
		var stacks []*stack.Stack
		for _, of := range []string{"root", "lab"} {
			s, problems := stack.ReadFile(filepath.Join(dir, "Pulumi."+of+".yaml"))
			require.NoError(t, problems.Err(), name)
			stacks = append(stacks, s)
		}
		in := sandbox.Options{
			World: filepath.Join(dir, "sandbox.yaml"), Known: known.Of(stacks...), State: filepath.Join(dir, "state"),
		}
		for _, s := range stacks {
			assert.Empty(t, judge.Stack(s).Refusals(), "%s: %s", name, s.Name)
			require.NoError(t, deployWithoutEngine(t, s, in), "%s: %s", name, s.Name)
		}
	}
}
