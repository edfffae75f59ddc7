package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

// newOrganizationDeployment is a copy of the example with a sandbox of its own.
func newOrganizationDeployment(t *testing.T) *deployment {
	t.Helper()
	d := newDeployment(t)
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "sandbox.yaml"} {
		require.NoError(t, os.Remove(filepath.Join(d.dir, name)))
	}
	files, err := filepath.Glob("../examples/organization/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		d.write(t, filepath.Base(file), string(data))
	}
	return d
}

const goesFirst = `the stack jump makes arn:aws:iam::111122223333:user/`

// A stack whose roles name people of another stack that is not deployed yet fails, and the message says which stack
// goes first.
func TestUpSaysWhichStackGoesFirst(t *testing.T) {
	d := newOrganizationDeployment(t)
	_, err := d.workspace(t, workspace.Options{}).Run(t.Context(), result.Up, "workload")
	require.ErrorContains(t, err, "Invalid principal in policy")
	assert.ErrorContains(t, err, goesFirst)
	assert.ErrorContains(t, err, `run "guardrails up jump --sandbox -C `+d.dir+`" first`)
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
}

// Plain Pulumi says the same: it comes from the program, which the engine calls back about what AWS refuses. The
// program is inside the test, and is told that it is not by what the engine gives every program of its own.
func TestPlainPulumiSaysWhichStackGoesFirst(t *testing.T) {
	d := newOrganizationDeployment(t)
	p := newPipeline(t, d)
	t.Setenv(pulumi.EnvMonitor, "an engine")
	var said strings.Builder
	server := startSandbox(t, d.dir, sandbox.Options{State: p.state, Stack: "workload", Account: "444455556666"})
	defer func() { require.NoError(t, server.Close()) }()
	env := map[string]string{"PULUMI_DEBUG_PROVIDERS": server.DebugProviders()}
	for key, value := range p.env {
		env[key] = value
	}
	local, err := auto.NewLocalWorkspace(
		t.Context(),
		auto.WorkDir(p.dir),
		auto.Pulumi(p.command),
		auto.EnvVars(env),
		auto.Program(program.In(p.dir)),
	)
	require.NoError(t, err)
	stack, err := auto.UpsertStack(t.Context(), "workload", local)
	require.NoError(t, err)
	_, err = stack.Up(t.Context(), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
	require.Error(t, err)
	assert.Contains(t, said.String(), "Invalid principal in policy")
	assert.Contains(
		t,
		strings.Join(strings.Fields(said.String()), " "),
		"what to do: a user or role that a trust policy names does not exist: "+goesFirst,
	)
}
