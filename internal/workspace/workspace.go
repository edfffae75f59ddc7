package workspace

import (
	"cmp"
	"context"
	"errors"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// DefaultParallel is how many stacks run at once where nothing is said: more would make AWS throttle, and an engine
// wants a core of its own.
const DefaultParallel = 4

// Options say how the stacks of a folder are run. The zero value is a silent real run that asks nobody.
type Options struct {
	// Sandbox runs against a local AWS, on a copy of the project; see the package's description.
	Sandbox bool
	// Fresh empties the folder's sandbox before the first operation. It means nothing without Sandbox.
	Fresh bool
	// Parallel is how many stacks run at once at most; zero means DefaultParallel.
	Parallel int
	// DoorsFirst makes the stack with the service control policies come after those of the accounts, for a first
	// roll-out.
	DoorsFirst bool
	// AllowDelete names the guarded resources that up may delete or replace, each by its name in the program or its
	// URN.
	AllowDelete []string
	// AllowDirty lets a real run deploy what no commit holds.
	AllowDirty bool
	// NoRefresh plans with what the state says of AWS, and does not read AWS first: what somebody changed by hand is
	// neither seen nor put back. Drift and Verify read all the same.
	NoRefresh bool
	// Verify asks AWS after up whether another up would change anything, which does not hold then.
	Verify bool
	// Confirm is asked once before a real run changes anything, with the plans of all stacks. Refusing ends the
	// command as wrong use. Nil asks nobody.
	Confirm func(*result.Summary) (bool, error)
	// Faults go wrong in the sandbox, for tests of what a run survives; nil for none.
	Faults *api.Faults
	// Progress shows what is under way; nil is silent.
	Progress *progress.Progress
	// Cache is the folder of sandboxes. Empty means "guardrails" under the user's cache.
	Cache string

	// parts replaces what is run, in tests of this package.
	parts *parts
}

// Workspace runs stacks of one folder.
type Workspace struct {
	folder  *project.Folder
	options Options
	parts   parts
}

// New makes a workspace over a folder.
func New(folder *project.Folder, options Options) *Workspace {
	w := &Workspace{folder: folder, options: options, parts: shipped()}
	if options.parts != nil {
		w.parts = *options.parts
	}
	return w
}

// SandboxState is the path of the file in which the sandbox of this folder keeps what its AWS has become. It may not
// exist yet.
func (w *Workspace) SandboxState() (string, error) {
	dir, err := sandboxhome.SandboxDir(w.options.Cache, w.folder)
	if err != nil {
		return "", err
	}
	return (&sandboxhome.Home{Dir: dir}).State(), nil
}

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
	return targets, errors.Join(errs...)
}
