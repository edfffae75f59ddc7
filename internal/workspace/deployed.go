package workspace

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"aws-access-guardrails/internal/workspace/pulumicli"
)

// Deployed is one resource of a stack's state. Secrets in it stay encrypted.
type Deployed struct {
	URN, Type string
	// Custom is false for components, External true for what is only read. Retain says that the resource outlives the stack.
	Custom, External, Retain bool
	Inputs, Outputs          map[string]any
}

// Deployed reads what the named stacks (none means all) have in their state, by stack: the last thing that the engine knows of AWS, which it is not asked
// for. A stack that was never deployed has no entry. Nothing is changed, and no credentials of AWS are needed.
func (w *Workspace) Deployed(ctx context.Context, names ...string) (map[string][]Deployed, error) {
	stacks, err := w.folder.Select(names)
	if err != nil {
		return nil, err
	}
	command, err := pulumicli.Find(ctx, pulumicli.Options{Progress: w.options.Progress.Status})
	if err != nil {
		return nil, err
	}
	w.options.Progress.Done()
	done, err := beginWork(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var home *sandboxHome
	env := map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"}
	if w.options.Sandbox {
		command = command.Hermetic()
		if home, err = openSandboxHome(ctx, w.options.Cache, w.folder, w.options.Progress); err != nil {
			return nil, err
		}
		defer home.Close()
		env = home.env("")
	}
	all := map[string][]Deployed{}
	for _, stack := range stacks {
		r := &run{session: &session{Workspace: w, command: command, home: home}, stack: stack}
		dir := w.folder.Dir
		if home != nil {
			dir = home.project(stack)
		}
		state, err := r.deployed(ctx, dir, env)
		if err != nil {
			return nil, &EngineError{Stack: stack, Operation: "reading the state", Err: err}
		}
		if state != nil {
			all[stack] = state
		}
	}
	return all, nil
}

// deployed is the state of one stack, nil where it was never deployed.
func (r *run) deployed(ctx context.Context, dir string, env map[string]string) ([]Deployed, error) {
	if r.home != nil {
		if exists, err := r.home.hasStack(r.folder.Project, r.stack); err != nil || !exists {
			return nil, err
		}
		if err := r.home.copyProject(r.folder, r.stack); err != nil {
			return nil, err
		}
	}
	local, err := auto.NewLocalWorkspace(ctx, auto.WorkDir(dir), auto.Pulumi(r.command), auto.EnvVars(env))
	if err != nil {
		return nil, err
	}
	if exists, err := r.exists(ctx, local); err != nil || !exists {
		return nil, err
	}
	stdout, err := r.cli(ctx, local, nil, "stack", "export")
	if err != nil {
		return nil, err
	}
	state, err := readDeployment(stdout)
	if err != nil {
		return nil, err
	}
	out := []Deployed{}
	for _, made := range state.list("resources") {
		yes := func(key string) bool { b, _ := made[key].(bool); return b }
		if yes("delete") {
			continue // Replaced already, and to be deleted.
		}
		out = append(out, Deployed{
			URN: made.urn(), Type: made.typ(), Custom: yes("custom"), External: yes("external"), Retain: yes("retainOnDelete"),
			Inputs: made.object("inputs"), Outputs: made.object("outputs"),
		})
	}
	return out, nil
}
