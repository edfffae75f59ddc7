package workspace

import (
	"cmp"
	"context"
	"errors"
	"time"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/result"
)

// Run checks the named stacks (none means all), and when every one of them may be deployed, runs the operation on
// them: several at once, each after those that it needs. People come before the accounts that name them, service
// control policies before the accounts that they govern, or after them with DoorsFirst, and destroy goes the other
// way. Before anything changes anywhere, the gates are held and consent is asked for. A stack that fails stops those
// that need it and no others; after an interrupt nothing begins any more. The error joins those of all stacks. The
// summary holds every stack of the command, also beside an error, but when a stack file was refused; it is never nil.
func (w *Workspace) Run(
	ctx context.Context,
	operation result.Operation,
	names ...string,
) (_ *result.Summary, err error) {
	start := time.Now()
	summary := &result.Summary{
		Version:   1,
		Operation: operation,
		Sandbox:   w.options.Sandbox,
		Parallel:  max(1, cmp.Or(w.options.Parallel, DefaultParallel)),
		Stacks:    []*result.Report{},
	}
	defer func() { summary.Seconds = result.Seconds(time.Since(start)) }()
	stacks, err := w.folder.Select(names)
	if err != nil {
		return summary, err
	}
	targets, err := w.check(stacks)
	if err != nil {
		summary.Problems = project.ProblemsOf(err)
		return summary, err
	}
	if operation.Changes() && !w.options.Sandbox && !w.options.AllowDirty {
		if committedErr := w.committed(ctx, stacks); committedErr != nil {
			summary.Problems = project.ProblemsOf(committedErr)
			return summary, committedErr
		}
	}
	command, err := pulumicli.Find(ctx, pulumicli.Options{Progress: w.options.Progress.Status})
	if err != nil {
		return summary, err
	}
	w.options.Progress.Done()
	if !w.options.Sandbox {
		if backendErr := checkBackend(w.folder, stacks); backendErr != nil {
			return summary, backendErr
		}
	}
	done, err := beginWork(ctx)
	if err != nil {
		return summary, err
	}
	defer done()
	s := &session{Workspace: w, operation: operation, command: command, summary: summary, targets: map[string]target{}}
	if w.options.Sandbox {
		closeSandbox, opening := s.openSandbox(ctx)
		if opening != nil {
			return summary, opening
		}
		defer func() { err = errors.Join(err, closeSandbox()) }()
	}
	for i, stack := range stacks {
		s.targets[stack] = targets[i]
	}
	err = s.run(ctx, graphFor(operation, stacks, targets, w.options.DoorsFirst))
	if operation == result.Up {
		summary.Shut = shutTimes(summary.Stacks, s.targets)
	}
	summary.Problems = project.ProblemsOf(err)
	return summary, err
}

// check reads every stack's file before the engine starts, so that what a file alone can tell is told in milliseconds
// and for all stacks at once.
func (w *Workspace) check(stacks []string) (targets []target, err error) {
	var errs []error
	for _, stack := range stacks {
		to, err := w.parts.check(project.Relative(w.folder.StackFile(stack)))
		if err != nil {
			errs = append(errs, &exit.RefusedError{Stack: stack, Err: err})
		}
		targets = append(targets, to)
	}
	return targets, errors.Join(project.CausesFirst(errs)...)
}
