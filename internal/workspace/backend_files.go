package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/enginelock"
	"aws-access-guardrails/internal/workspace/filebackend"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// A backend of files can be left with files that the engine cannot read: by an engine that was killed while it wrote,
// by a machine that lost power, by a full disk. The engine fails on them for good. What it needs lies in the same
// folder, so a run that changes something puts them right before it begins.

// files is where the stack's backend keeps its files; false where it is a backend of another kind.
func (r *run) files() (filebackend.Place, bool) {
	if r.home == nil {
		return filebackend.At(stateAddress(r.folder), r.folder.Dir, r.folder.Project, project.ShortName(r.stack))
	}
	address, err := r.home.Address()
	if err != nil {
		return filebackend.Place{}, false
	}
	return filebackend.At(address, r.home.Project(r.stack), r.folder.Project, project.ShortName(r.stack))
}

// writing is how long an engine that lives may need for one of these files.
const writing = 100 * time.Millisecond

// lastingFaults are the faults of the backend that are no file which somebody writes just now.
func lastingFaults(ctx context.Context, place filebackend.Place) []filebackend.Fault {
	faults := place.Faults()
	if len(faults) == 0 {
		return nil
	}
	select {
	case <-time.After(writing):
	case <-ctx.Done():
	}
	return slices.DeleteFunc(place.Faults(), func(f filebackend.Fault) bool {
		return !slices.ContainsFunc(faults, func(g filebackend.Fault) bool { return f.File == g.File })
	})
}

// mendBackend makes the files of the backend such that the engine can read them. Operations that change nothing say
// what is broken and leave it.
func (r *run) mendBackend(ctx context.Context) error {
	place, ok := r.files()
	if !ok {
		return nil
	}
	faults := lastingFaults(ctx, place)
	if len(faults) == 0 {
		return nil
	}
	if err := r.hopeless(faults); err != nil {
		return err
	}
	if !r.operation.Changes() {
		var texts []string
		for _, fault := range faults {
			texts = append(texts, fault.String())
		}
		return r.locked(
			fmt.Errorf(
				"%s; %s puts it right from what the backend keeps itself, %s changes nothing",
				strings.Join(texts, "; "),
				r.setting().Quoted(string(result.Up), r.stack),
				r.operation,
			),
		)
	}
	release, err := r.lockFiles(ctx, place)
	if err != nil {
		return err
	}
	defer release()
	faults = place.Faults() // Another command may have mended them.
	if err := r.hopeless(faults); err != nil {
		return err
	}
	for _, fault := range faults {
		if err := fault.Mend(); err != nil {
			return r.locked(err)
		}
		r.options.Progress.Line(fmt.Sprintf("%s%s; %s", r.label(), fault, fault.Cure))
	}
	return nil
}

// hopeless says of every fault that the backend has nothing to mend it with what to do by hand.
func (r *run) hopeless(faults []filebackend.Fault) error {
	var errs []error
	for _, fault := range faults {
		if fault.Cure != "" {
			continue
		}
		way := fmt.Sprintf(
			"the backend has no copy of it that can be read. Put one of your own backups there; without one, move the file away "+
				"(mv %s %s.broken) and run %s: where AWS says that a name is taken, %s takes over what is there",
			visible.Shell(fault.File),
			visible.Shell(fault.File),
			r.setting().Quoted(string(result.Up), r.stack),
			r.setting().Quoted("adopt", r.stack),
		)
		if fault.Inconsistent {
			way = fmt.Sprintf(
				"\"%s\" puts it in order; where it cannot, put one of your own backups there",
				r.setting().Pulumi("state", "repair", "--stack", r.stack),
			)
		}
		if strings.HasSuffix(fault.File, "meta.yaml") {
			way = fmt.Sprintf(
				"write \"version: 1\" into it when the states are in folders of their projects (%s/<project>/<stack>.json), and remove it when they are not",
				strings.TrimSuffix(fault.File, "meta.yaml")+"stacks",
			)
		}
		if strings.Contains(fault.File, "/locks/") {
			way = "when nobody works on the stack: rm " + visible.Shell(fault.File)
		}
		errs = append(errs, r.locked(fmt.Errorf("%s; %s", fault, way)))
	}
	return errors.Join(errs...)
}

// lockFiles locks the stack in its backend, as the engine does. Locks of dead runs do not count; the engine is told
// later to cancel them.
func (r *run) lockFiles(ctx context.Context, place filebackend.Place) (release func(), err error) {
	settle := func(own string) error {
		for _, found := range place.Locks() {
			lock := enginelock.Lock{File: found.File, User: found.User, Host: found.Host, PID: found.PID, Taken: found.At}
			if found.File == own {
				continue
			}
			if settleErr := r.settleLock(ctx, lock); settleErr != nil {
				return settleErr
			}
		}
		return nil
	}
	if settleErr := settle(""); settleErr != nil {
		return nil, settleErr
	}
	own, release, err := place.Lock()
	if err != nil {
		return nil, r.locked(fmt.Errorf("lock the stack in its backend: %w", err))
	}
	if err := settle(own.File); err != nil {
		release()
		return nil, err
	}
	return release, nil
}
