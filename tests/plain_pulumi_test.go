package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli/clitest"
)

// plainPulumi is a folder that init made with the stack dev, and the pulumi command of a normal installation that runs
// the guardrails command as its program, against the sandbox. It is there where the Go language host is.
type plainPulumi struct {
	t                  *testing.T
	cli, command, path string
	folder             string
	env                []string
	server             *sandbox.Server
}

func newPlainPulumi(t *testing.T) *plainPulumi {
	host, err := exec.LookPath("pulumi-language-go")
	if err != nil {
		t.Skip("pulumi-language-go is not on the PATH")
	}
	p := &plainPulumi{t: t, cli: clitest.Need(t), folder: filepath.Join(t.TempDir(), "mine")}
	p.command, err = buildCommand()
	require.NoError(t, err)
	p.path = filepath.Dir(p.command) + ":" + filepath.Dir(host) + ":" + os.Getenv("PATH")
	if p.cli != "" {
		p.path = p.cli + ":" + p.path
	}
	p.must(
		p.command, "init", "-C", p.folder, "--region", "ap-northeast-1", "--account", "dev=111122223333",
		"--project", "shop", "--person", "alice@example.com=shop",
	)
	opened, err := project.Open(p.folder)
	require.NoError(t, err)
	p.server, err = sandbox.Start(
		t.Context(),
		sandbox.Options{Known: workspace.KnownBy(opened), Stack: "dev", Account: "111122223333"},
	)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.server.Close() })
	p.env = []string{
		"PULUMI_BACKEND_URL=file://" + t.TempDir(),
		"PULUMI_CONFIG_PASSPHRASE=test",
		"PULUMI_DEBUG_PROVIDERS=" + p.server.DebugProviders(),
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_HOME=" + t.TempDir(),
	}
	p.must("pulumi", "stack", "init", "dev")
	return p
}

// run is what a command prints, and whether it succeeds.
func (p *plainPulumi) run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(append(os.Environ(), "PATH="+p.path), p.env...)
	if name == "pulumi" {
		cmd.Path, cmd.Err = filepath.Join(p.cli, "pulumi"), nil
	}
	if _, err := os.Stat(p.folder); err == nil {
		cmd.Dir = p.folder
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (p *plainPulumi) must(name string, args ...string) string {
	out, err := p.run(name, args...)
	require.NoError(p.t, err, out)
	return out
}

// In a folder that init made, the pulumi command of a normal installation runs the guardrails command as the program:
// there is no main.go, no go.mod and no clone.
func TestPlainPulumiUpRunsTheCommandAsItsProgram(t *testing.T) {
	p := newPlainPulumi(t)
	out := p.must("pulumi", "up", "--yes", "--stack", "dev", "--non-interactive")
	assert.Contains(t, out, "alice-user")
	world, err := p.server.World()
	require.NoError(t, err)
	assert.Equal(t, "alice", world.Accounts[0].Users[0].Name)
	assert.Contains(
		t,
		p.must("pulumi", "preview", "--stack", "dev", "--non-interactive", "--expect-no-changes"),
		"unchanged",
	)
}

// What is wrong with a stack file is said by the pulumi command in the words and with the places of check, each once,
// and nothing is made.
func TestPlainPulumiRefusesInTheWordsOfCheck(t *testing.T) {
	p := newPlainPulumi(t)
	file := filepath.Join(p.folder, "Pulumi.dev.yaml")
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	place := regexp.MustCompile(`^\d+:\d+ guardrails:`)
	for name, edit := range map[string][2]string{
		"a key that nobody knows":           {"  guardrails:users:", "  guardrails:user: []\n  guardrails:users:"},
		"a key without guardrails":          {"  guardrails:users:", "  operationRoles: []\n  guardrails:users:"},
		"a list where a text is meant":      {"  guardrails:users:", "  guardrails:tags: [a]\n  guardrails:users:"},
		"a user who does not exist":         {"  guardrails:users:", "  guardrails:delegatedRoles:\n    - {name: Viewer, users: [nobody], managedPolicies: [ReadOnlyAccess]}\n  guardrails:users:"},
		"a policy that AWS does not have":   {"  guardrails:users:", "  guardrails:delegatedRoles:\n    - {name: Viewer, users: [alice], managedPolicies: [ReadOnlyAcess]}\n  guardrails:users:"},
		"an expectation that does not hold": {"  guardrails:users:", "  guardrails:expect:\n    - {as: alice, do: \"iam:CreateUser\", on: \"*\", it: may create users}\n  guardrails:users:"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(testkit.Replace(t, string(good), edit[0], edit[1])), 0o600))
			checked, err := p.run(p.command, "check", "dev")
			require.Error(t, err, checked)
			told, err := p.run("pulumi", "up", "--yes", "--stack", "dev", "--non-interactive")
			require.Error(t, err, told)
			places := 0
			for line := range strings.Lines(checked) {
				if line = strings.TrimSpace(line); place.MatchString(line) {
					places++
					assert.Equal(t, 1, strings.Count(told, line), "%s\nin\n%s", line, told)
				}
			}
			assert.Positive(t, places, checked)
			world, err := p.server.World()
			require.NoError(t, err)
			assert.Empty(t, world.Accounts[0].Users)
		})
	}
}
