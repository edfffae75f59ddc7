package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"aws-access-guardrails/internal/workspace/filebackend"
	"aws-access-guardrails/internal/workspace/state"
)

// export reads the state with its secrets encrypted, as the backend holds it. That of a sandbox is read from its file:
// each start of the CLI costs as much as a quarter of an up that has nothing to do.
func (r *run) export(ctx context.Context, stack *auto.Stack) (*state.Deployment, error) {
	if r.home != nil {
		file := r.home.StackFile(r.folder.Project, r.stack)
		data, err := filebackend.Export(file)
		if err != nil {
			return nil, r.home.Broken(file, err)
		}
		return state.Read(data)
	}
	stdout, err := r.cli(ctx, stack.Workspace(), nil, "stack", "export")
	if err != nil {
		return nil, err
	}
	return state.Read(stdout)
}

func (r *run) replaceState(ctx context.Context, stack *auto.Stack, state *state.Deployment) error {
	data, err := json.Marshal(state.Outer)
	if err != nil {
		return err
	}
	return r.unlocked(ctx, func() error {
		_, err := r.cli(ctx, stack.Workspace(), data, "stack", "import")
		return err
	})
}

// cli runs a command of the CLI that the Automation API does not have, or not without writing secrets to a file.
func (r *run) cli(ctx context.Context, ws auto.Workspace, stdin []byte, args ...string) ([]byte, error) {
	var env []string
	for name, value := range ws.GetEnvVars() {
		env = append(env, name+"="+value)
	}
	stdout, stderr, _, err := r.command.Run(
		ctx,
		ws.WorkDir(),
		bytes.NewReader(stdin),
		nil,
		nil,
		env,
		append(args, "--stack", r.stack)...)
	if err != nil {
		return nil, fmt.Errorf("pulumi %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr))
	}
	return []byte(stdout), nil
}
