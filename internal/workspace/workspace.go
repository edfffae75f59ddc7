package workspace

import (
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
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
