package workspace

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/result"
)

// Deployed is one resource of a stack. Secrets in it stay encrypted, or read "[secret]" where AWS was read.
type Deployed struct {
	URN, Type string
	// Custom is false for components, External true for what is only read. Retain says that the resource outlives the
	// stack.
	Custom, External, Retain bool
	Inputs, Outputs          map[string]any
}

// Deployed reads what stands of the named stacks (none means all), by stack: what their states have, as AWS has it
// now. What AWS does not have any more is left out. With [Options].NoRefresh it is the last thing that the engine
// knows of AWS, and no credentials of AWS are needed. A stack that was never deployed has no entry. Nothing is
// changed.
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
	s := &session{
		Workspace: w,
		operation: reading,
		command:   command,
		summary:   &result.Summary{},
		targets:   map[string]target{},
	}
	for _, st := range stacks {
		read, problems := stack.ReadFile(project.Relative(w.folder.StackFile(st)))
		if len(problems) > 0 {
			return nil, &exit.RefusedError{Stack: st, Err: problems.Err()}
		}
		s.targets[st] = targetOf(read)
	}
	if w.options.Sandbox {
		closeSandbox, err := s.openSandbox(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { _ = closeSandbox() }() // Reading leaves nothing broken.
	}
	all := map[string][]Deployed{}
	for _, stack := range stacks {
		state, err := newRun(s, stack, nil).deployed(ctx)
		if err != nil {
			return nil, &EngineError{Stack: stack, Operation: reading, Err: err}
		}
		if state != nil {
			all[stack] = state
		}
	}
	return all, nil
}

// reading is the operation of Deployed.
const reading result.Operation = "reading what is deployed"

// deployed is the state of one stack, nil where it was never deployed.
func (r *run) deployed(ctx context.Context) ([]Deployed, error) {
	defer r.close()
	var err error
	if r.opened, err = r.open(ctx); err != nil || r.opened == nil {
		return nil, err
	}
	state, err := r.export(ctx, r.opened)
	if err != nil {
		return nil, err
	}
	var found map[string]*apitype.StepEventStateMetadata
	if !r.options.NoRefresh {
		if found, err = r.look(ctx, r.opened, nil); err != nil {
			return nil, err
		}
	}
	out := []Deployed{}
	for _, resource := range state.List("resources") {
		yes := func(key string) bool { b, _ := resource[key].(bool); return b }
		if yes("delete") {
			continue // Replaced already, and to be deleted.
		}
		if yes("custom") && !hidden(resource.Type()) && !r.options.NoRefresh {
			there := found[resource.URN()]
			if there == nil {
				continue
			}
			resource["inputs"], resource["outputs"] = there.Inputs, there.Outputs
		}
		out = append(out, Deployed{
			URN:      resource.URN(),
			Type:     resource.Type(),
			Custom:   yes("custom"),
			External: yes("external"),
			Retain:   yes("retainOnDelete"),
			Inputs:   resource.Object("inputs"),
			Outputs:  resource.Object("outputs"),
		})
	}
	return out, nil
}
