package workspace

import (
	"context"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/state"
	"aws-access-guardrails/problem"
)

// protectPath is the key that keeps what a stack made from being deleted.
const protectPath = problem.Path("guardrails:protect")

// protectedIn are the resources of a state that may not be deleted. Components exist in the program alone.
func protectedIn(d *state.Deployment) (kept []string) {
	for _, resource := range d.List("resources") {
		custom, _ := resource["custom"].(bool)
		protected, _ := resource["protect"].(bool)
		if custom && protected && !hidden(resource.Type()) {
			kept = append(kept, resource.URN())
		}
	}
	return kept
}

// protects refuses an operation that would delete or replace protected resources: once for all of them, with what to
// do.
func (r *run) protects(kept []string) error {
	if len(kept) == 0 {
		return nil
	}
	listed := result.CountedAndNamed(kept)
	p := &problem.Problem{
		Position: problem.Position{File: r.folder.RelativeFile(r.stack)},
		Path:     protectPath,
		Kind:     problem.Refused,
	}
	deploys := r.setting().Quoted(string(result.Up), r.stack)
	if r.to.protect {
		if r.to.positionOf != nil {
			p.Position = r.to.positionOf(protectPath)
		}
		p.Value = problem.Written("true")
		p.Why = "keeps " + listed + " from being deleted"
		p.Fix = "write false and run " + deploys
	} else {
		p.Why = "the last up protected " + listed + ", which nothing deletes before another up"
		p.Fix = "run " + deploys
	}
	if r.operation == result.Destroy {
		p.Fix += ", then " + r.setting().Quoted(string(result.Destroy), r.stack)
	} else {
		p.Fix += " with all of it still in the stack file, then take it out"
	}
	return &exit.RefusedError{Stack: r.stack, Err: problem.List{p}.Err()}
}

// mayGo refuses to destroy a stack that has protected resources, before any stack of the command is changed.
func (r *run) mayGo(ctx context.Context) error {
	deployed, err := r.export(ctx, r.opened)
	if err != nil {
		return err
	}
	return r.protects(protectedIn(deployed))
}
