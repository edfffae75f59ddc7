package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/state"
	"aws-access-guardrails/internal/workspace/urn"
	"aws-access-guardrails/problem"
)

// protectPath is the key that keeps what a stack made from being deleted.
const protectPath = problem.Path("guardrails:protect")

// protection is how the engine says, of each resource, that it may neither delete nor replace it.
const protection = "currently marked for protection"

// keptByProtection are the resources of which the engine says that they are protected, and what else it says.
func keptByProtection(diagnostics []result.Diagnostic) (kept []string, rest []result.Diagnostic) {
	for _, d := range diagnostics {
		if !strings.Contains(d.Message, protection) {
			rest = append(rest, d)
			continue
		}
		if d.URN != "" && !slices.Contains(kept, d.URN) {
			kept = append(kept, d.URN)
		}
	}
	return kept, rest
}

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

// maxKept bounds how many resources a line names.
const maxKept = 6

// protects refuses an operation that would delete or replace protected resources: once for all of them, with what to do.
func (r *run) protects(kept []string) error {
	if len(kept) == 0 {
		return nil
	}
	slices.Sort(kept)
	names := make([]string, 0, maxKept)
	for _, resourceURN := range kept[:min(len(kept), maxKept)] {
		typ, name := urn.Parse(resourceURN)
		names = append(names, urn.ShortType(typ)+" "+name)
	}
	listed := strings.Join(names, ", ")
	if more := len(kept) - len(names); more > 0 {
		listed += fmt.Sprintf(" and %d more", more)
	}
	resources := "resource"
	if len(kept) > 1 {
		resources += "s"
	}
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
		p.Why = fmt.Sprintf("keeps %d %s from being deleted: %s", len(kept), resources, listed)
		p.Fix = "write false and run " + deploys
	} else {
		p.Why = fmt.Sprintf("the last up protected %d %s, which nothing deletes before another up: %s", len(kept), resources, listed)
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
