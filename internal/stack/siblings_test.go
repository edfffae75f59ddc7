package stack

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/problem"
)

// A section that Pulumi keeps encrypted, as a whole or in a part, tells the others nothing of what is in it; the
// stack itself is refused, whatever the form.
func TestSecretsOfSiblingsAreNotReadAndRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	for _, users := range []string{"{secure: v1:abc}", `'{"secure": "v1:abc"}'`, "[{name: {secure: v1:abc}}]", `'[{"name": {"secure": "v1:abc"}}]'`} {
		require.NoError(t, os.WriteFile(file, []byte(minimal+"  guardrails:users: "+users+"\n"), 0o600))
		siblings := stackfile.Siblings(dir, "nobody")
		require.Len(t, siblings, 1, users)
		assert.Empty(t, siblings[0].Users, users)
		_, problems := ReadFile(file)
		assert.True(
			t,
			slices.ContainsFunc(problems, func(p *problem.Problem) bool { return p.Line == 4 }),
			"%s: %v",
			users,
			problems,
		)
	}
}
