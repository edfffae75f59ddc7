package workspace

import (
	"context"
	"errors"
	"fmt"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/workspace/pulumicli"
)

// Options say how the stacks of a folder are run. The zero value is a silent real run that asks nobody.
type Options struct {
	// Sandbox runs against a local AWS, on a copy of the project; see the package's description.
	Sandbox bool
	// Fresh empties the folder's sandbox before the first operation. It means nothing without Sandbox.
	Fresh bool
	// Confirm is asked before a real run changes anything, with the preview of it. Refusing ends the operation as wrong use. Nil asks nobody.
	Confirm func(*Report) (bool, error)
	// Faults go wrong in the sandbox, for tests of what a run survives; nil for none.
	Faults *cloud.Faults
	// Progress shows what is under way; nil is silent.
	Progress *Progress
	// Cache is the folder of sandboxes. Empty means "guardrails" under the user's cache.
	Cache string

	// parts replaces what is run, in tests of this package.
	parts *parts
}

// Workspace runs stacks of one folder.
type Workspace struct {
	folder  *Folder
	options Options
	parts   parts
}

// New makes a workspace over a folder.
func New(folder *Folder, options Options) *Workspace {
	w := &Workspace{folder: folder, options: options, parts: shipped()}
	if options.parts != nil {
		w.parts = *options.parts
	}
	return w
}

// SandboxState is the path of the file in which the sandbox of this folder keeps what its AWS has become. It may not exist yet.
func (w *Workspace) SandboxState() (string, error) {
	dir, err := sandboxDir(w.options.Cache, w.folder)
	if err != nil {
		return "", err
	}
	return (&sandboxHome{dir: dir}).state(), nil
}

// Run checks the named stacks (none means all), and when every one of them may be deployed, runs the operation on one after the other: people before
// the accounts that name them, the organization's service control policies last, and destroy the other way. It stops at the first that fails. The summary holds what was reached, also beside an error; it is never nil.
func (w *Workspace) Run(ctx context.Context, operation Operation, names ...string) (*Summary, error) {
	summary := &Summary{Version: 1, Stacks: []*Report{}}
	stacks, err := w.folder.Select(names)
	if err != nil {
		return summary, err
	}
	targets, err := w.check(stacks)
	if err != nil {
		summary.Problems = problemsOf(err)
		return summary, err
	}
	stacks, targets = ordered(operation, stacks, targets)
	command, err := pulumicli.Find(ctx, pulumicli.Options{Progress: w.options.Progress.Status})
	if err != nil {
		return summary, err
	}
	w.options.Progress.Done()

	var home *sandboxHome
	if w.options.Sandbox {
		command = command.Hermetic()
		if home, err = openSandboxHome(ctx, w.options.Cache, w.folder, w.options.Progress); err != nil {
			return summary, err
		}
		defer home.Close()
		if w.options.Fresh {
			if err := home.reset(); err != nil {
				return summary, err
			}
		}
		if err := home.breakStaleLocks(ctx); err != nil {
			return summary, err
		}
	}
	for i, stack := range stacks {
		r := &run{Workspace: w, command: command, home: home, stack: stack, to: targets[i]}
		report, err := r.do(ctx, operation)
		if report != nil {
			summary.Stacks = append(summary.Stacks, report)
		}
		if err != nil {
			return summary, err
		}
	}
	return summary, nil
}

// check reads every stack's file before the engine starts, so that what a file alone can tell is told in milliseconds and for all stacks
// at once.
func (w *Workspace) check(stacks []string) (targets []target, err error) {
	var errs []error
	for _, stack := range stacks {
		to, err := w.parts.check(relative(w.folder.StackFile(stack)))
		if err != nil {
			errs = append(errs, &RefusedError{Stack: stack, Err: err})
		}
		targets = append(targets, to)
	}
	return targets, errors.Join(errs...)
}

// run is one operation on one stack.
type run struct {
	*Workspace
	command *pulumicli.Command
	home    *sandboxHome
	stack   string
	to      target
}

// label stands before each line of progress.
func (r *run) label(operation Operation) string { return fmt.Sprintf("%s %s: ", operation, r.stack) }
