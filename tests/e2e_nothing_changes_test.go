package tests

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// Drift and preview change nothing, in AWS, in the state or in the folder, whatever they find: something that somebody
// added and deleted, and an edit that is not deployed.
func TestWhatOnlyLooksChangesNothing(t *testing.T) {
	t.Parallel()
	const user = "non-97-test-user1"
	d := devDeployed.copy(t)
	d.aws(t, func(s *sandbox.Server) {
		admin := s.IAM(devAccount)
		_, err := admin.CreateGroup(t.Context(), "admins", "/")
		require.NoError(t, err)
		require.NoError(t, admin.AddUserToGroup(t.Context(), "admins", user))
		require.NoError(t, admin.AttachPolicy(t.Context(), iam.KindUser, user, powerUser))
		require.NoError(t, admin.DeleteInlinePolicy(t.Context(), iam.KindGroup, "guardrails-mfa", "mfa-guard"))
	})
	d.edit(t, "Pulumi.dev.yaml", "  guardrails:users:\n", "  guardrails:users:\n    - {name: newcomer}\n")
	state, err := d.sandboxState()
	require.NoError(t, err)
	engine, err := filepath.Glob(filepath.Join(filepath.Dir(state), "backend", ".pulumi", "stacks", "*", "dev.json"))
	require.NoError(t, err)
	require.Len(t, engine, 1)
	kept := func() map[string]string {
		all := map[string]string{}
		for _, path := range append([]string{filepath.Join(d.dir, "Pulumi.dev.yaml"), filepath.Join(d.dir, "sandbox.yaml")}, engine...) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			all[path] = string(data)
		}
		return all
	}
	files, world := kept(), d.world(t)
	for _, operation := range []result.Operation{result.Drift, result.Preview} {
		found, err := d.workspace(t, workspace.Options{}).Run(t.Context(), operation, "dev")
		if operation == result.Drift {
			assert.Equal(t, exit.Refused, exit.StatusOf(err), "%v", err)
			assert.Greater(t, len(found.Stacks[0].Drift), 2)
		} else {
			require.NoError(t, err)
			assert.Greater(t, len(found.Stacks[0].PutBack), 2)
		}
		assert.Equal(t, files, kept(), operation)
		assert.Equal(t, world, d.world(t), operation)
	}
}
