package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"aws-access-guardrails/internal/workspace/result"
)

// account asks AWS, with the credentials and the settings of the stack, which account they belong to. It is what the
// program asks first; here nothing else is asked, and nothing is planned. The error is a refusal where it is another
// account than the stack file names, and a failure where there was no answer.
func (r *run) account(ctx context.Context) error {
	if r.parts.account == nil {
		return nil
	}
	program := r.program
	defer func() {
		r.program = program
		r.opened.Workspace().SetProgram(program.Run)
	}()
	r.program = &runner{run: r.parts.account(r.folder.StackFolder())}
	r.opened.Workspace().SetProgram(r.program.Run)
	_, err := r.call(ctx, true, func(stream chan<- events.EngineEvent) (map[string]any, error) {
		_, err := r.opened.Preview(ctx, optpreview.EventStreams(stream))
		return nil, err
	})
	switch {
	case r.parts.accountHolds(r.program.err()):
		return nil
	case err == nil:
		return &EngineError{
			Stack:     r.stack,
			Operation: r.operation,
			Err:       fmt.Errorf("the program that asks for the account did not run"),
		}
	}
	return err
}

// leaveOpen keeps stacks from shutting shells in accounts whose doors cannot be made, because the stack of the
// account failed before anything was changed. What is attached already stays. Where a stack stops all others, nothing
// is shut, and that stack is the reason.
func (s *session) leaveOpen(runs []*run) {
	if s.operation != result.Up || slices.ContainsFunc(runs, (*run).stopsAll) {
		return
	}
	for _, failed := range runs {
		if failed.err == nil {
			continue
		}
		for _, r := range runs {
			if r.err == nil && r.shutsAnew(failed.to.account) {
				r.fail(&EngineError{Stack: r.stack, Operation: s.operation, Err: fmt.Errorf(
					"it would shut shells in account %s, whose doors cannot be made: %s failed; nothing of %s was changed",
					failed.to.account,
					failed.stack,
					r.stack,
				)})
			}
		}
	}
}

// shutsAnew reports whether the run attaches a policy that shuts shells in an account. Where there is no plan it
// does, for all that is known.
func (r *run) shutsAnew(account string) bool {
	for _, shut := range r.to.shuts {
		if !slices.Contains(shut.Accounts, account) {
			continue
		}
		if r.plan == nil || slices.ContainsFunc(r.plan.ChangesBy(result.Create, result.Replace), func(c result.Change) bool {
			return strings.HasSuffix(c.Name, shutSuffix(shut))
		}) {
			return true
		}
	}
	return false
}
