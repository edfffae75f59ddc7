package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/known"
	"aws-access-guardrails/internal/stack"
)

// The example with every setting that the others leave at its default holds, and is taken whole by AWS: its organization,
// which allows by list, under AWS's old quotas of service control policies and under those of today.
func TestEverySettingOfTheLaboratoryIsDeployed(t *testing.T) {
	for name, quotas := range map[string]string{
		"old quotas": "", "quotas of today": "  guardrails:quotas:\n    scp: 10240\n    scpsPerTarget: 10\n",
	} {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS("../../examples/lab")))
		file := filepath.Join(dir, "Pulumi.root.yaml")
		if quotas != "" {
			const old = "  guardrails:quotas:\n    scp: 5120\n    scpsPerTarget: 5\n"
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			text := string(data)
			require.Contains(t, text, old)
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(text, old, quotas, 1)), 0o600))
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
