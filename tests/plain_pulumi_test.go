package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
)

// In a folder that init made, the pulumi command of a normal installation runs the guardrails command as the program:
// there is no main.go, no go.mod and no clone. It is tried where the Go language host is.
func TestPlainPulumiUpRunsTheCommandAsItsProgram(t *testing.T) {
	host, err := exec.LookPath("pulumi-language-go")
	if err != nil {
		t.Skip("pulumi-language-go is not on the PATH")
	}
	cli := clitest.Need(t)
	command, err := buildCommand()
	require.NoError(t, err)
	folder, state := filepath.Join(t.TempDir(), "mine"), t.TempDir()
	path := filepath.Dir(command) + ":" + filepath.Dir(host) + ":" + os.Getenv("PATH")
	if cli != "" {
		path = cli + ":" + path
	}
	run := func(env []string, name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Env = append(append(os.Environ(), "PATH="+path), env...)
		if name == "pulumi" {
			cmd.Path, cmd.Dir, cmd.Err = filepath.Join(cli, "pulumi"), folder, nil
		}
		out, combinedErr := cmd.CombinedOutput()
		require.NoError(t, combinedErr, string(out))
		return string(out)
	}
	run(
		nil,
		command,
		"init",
		"-C",
		folder,
		"--region",
		"ap-northeast-1",
		"--account",
		"dev=111122223333",
		"--project",
		"shop",
		"--person",
		"alice@example.com=shop",
	)
	opened, err := project.Open(folder)
	require.NoError(t, err)
	server, err := sandbox.Start(
		t.Context(),
		sandbox.Options{Known: workspace.KnownBy(opened), Stack: "dev", Account: "111122223333"},
	)
	require.NoError(t, err)
	defer func() { _ = server.Close() }()
	env := []string{
		"PULUMI_BACKEND_URL=file://" + state,
		"PULUMI_CONFIG_PASSPHRASE=test",
		"PULUMI_DEBUG_PROVIDERS=" + server.DebugProviders(),
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_HOME=" + t.TempDir(),
	}
	run(env, "pulumi", "stack", "init", "dev")
	out := run(env, "pulumi", "up", "--yes", "--stack", "dev", "--non-interactive")
	assert.Contains(t, out, "alice-user")
	world, err := server.World()
	require.NoError(t, err)
	assert.Equal(t, "alice", world.Accounts[0].Users[0].Name)
	assert.Contains(
		t,
		run(env, "pulumi", "preview", "--stack", "dev", "--non-interactive", "--expect-no-changes"),
		"unchanged",
	)
}
