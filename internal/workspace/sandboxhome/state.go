package sandboxhome

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/shirou/gopsutil/v4/disk"

	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/filebackend"
	"aws-access-guardrails/internal/workspace/project"
)

// Anew says how to begin with an empty sandbox, and what that loses.
func (h *Home) Anew() string {
	return fmt.Sprintf(
		"%s begins with an empty sandbox: %s",
		h.setting.Quoted("up", "--fresh"),
		freshLoses,
	)
}

// freshLoses is what an empty sandbox costs.
const freshLoses = "what the stacks of this folder made in its sandbox is lost; stack files and real accounts are not touched"

// brokenStateError is a file of the sandbox that cannot be read.
type brokenStateError struct {
	file string
	err  error
	// back is the line that puts the whole sandbox back to what it was before the last command that changed it; empty
	// where no such copy can be read.
	back string
	// anew says how to begin with an empty sandbox, and what that loses.
	anew string
}

func (e *brokenStateError) Error() string {
	text := fmt.Sprintf("%s: the sandbox of this folder is broken: %v", e.file, e.err)
	if e.back != "" {
		text += fmt.Sprintf("; %s puts back what it was before the last command that changed it", e.back)
	}
	return text + "; " + e.anew
}

func (e *brokenStateError) Unwrap() error { return e.err }

func (*brokenStateError) ExitStatus() exit.Status { return exit.Failed }

// engineFiles are the files without which the engine does not know what it has deployed: the state of each stack, and
// what says how they are laid out.
func (h *Home) engineFiles() (stacks []string, layout string, err error) {
	root := filepath.Join(h.Backend(), ".pulumi")
	states := filepath.Join(root, "stacks")
	err = filepath.WalkDir(states, func(path string, entry fs.DirEntry, err error) error {
		// Whatever has the name of a state is read as one: the engine would.
		named := filepath.Ext(path) == ".json" && filepath.Dir(filepath.Dir(path)) == states
		if err == nil && named {
			stacks = append(stacks, path)
			if entry.IsDir() {
				return fs.SkipDir
			}
		}
		return IgnoreMissing(err)
	})
	return stacks, filepath.Join(root, "meta.yaml"), err
}

// sound reads everything that the engine and the sandbox's AWS will read, so that what is broken is told with its
// file before anything is done.
func (h *Home) sound() error {
	stacks, layout, err := h.engineFiles()
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range stacks {
		if err := filebackend.Sound(file); err != nil {
			errs = append(errs, h.Broken(file, err))
		}
	}
	if len(stacks) > 0 {
		if err := filebackend.ReadLayout(layout); err != nil {
			errs = append(errs, h.Broken(layout, err))
		}
	}
	var state *store.StateError
	switch err := store.Sound(h.State()); {
	case errors.As(err, &state):
		errs = append(errs, h.Broken(state.Path, state.Err))
	case err != nil:
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Broken is the error of a file that cannot be read, with what can be done about it.
func (h *Home) Broken(file string, err error) *brokenStateError {
	e := &brokenStateError{file: file, err: err, anew: h.Anew()}
	kept := &Home{Dir: h.good()}
	if _, err := os.Stat(kept.State()); err == nil && kept.sound() == nil {
		// The copies are second names of files that did not change since, which cp refuses to copy onto themselves.
		e.back = fmt.Sprintf("tar -cf - -C %s . | tar -xf - -C %s", visible.Shell(kept.Dir), visible.Shell(h.Dir))
		if info, err := os.Lstat(file); err == nil && !info.Mode().IsRegular() { // tar puts no file in its place.
			e.back = fmt.Sprintf("mv %s %s && %s", visible.Shell(file), visible.Shell(file+".broken"), e.back)
		}
	}
	return e
}

// leastRoom is what has to be free besides a few copies of what the sandbox holds.
const leastRoom = 16 << 20

// room refuses to begin what a full disk would stop half-way.
func (h *Home) room() error {
	stacks, _, err := h.engineFiles()
	if err != nil {
		return err
	}
	var holds uint64
	for _, file := range append(stacks, h.State()) {
		if info, statErr := os.Stat(file); statErr == nil {
			holds += uint64(info.Size())
		}
	}
	needs := leastRoom + 4*holds
	usage, err := disk.Usage(h.Dir)
	if err != nil || usage.Free >= needs {
		return nil // Where nobody can tell, the run shows it.
	}
	return fmt.Errorf(
		"%s: %d MB are free there, and a run of the sandbox wants %d MB; nothing was changed; make room, or set XDG_CACHE_HOME to a folder of another disk",
		h.Dir,
		usage.Free>>20,
		(needs+1<<20-1)>>20,
	)
}

// Begin makes sure that a command can work in the sandbox, and, for one that changes it, that what it is now can be
// had again.
func (h *Home) Begin(changes bool) error {
	if err := h.sound(); err != nil || !changes {
		return err
	}
	return errors.Join(h.room(), h.keepGood())
}

// good is a copy of the last state that could be read.
func (h *Home) good() string { return filepath.Join(h.Dir, "good") }

// keepGood keeps what the sandbox is now. The engine and the sandbox's AWS put new files in the place of old ones, so
// a second name for the old ones is enough.
func (h *Home) keepGood() error {
	if err := os.RemoveAll(h.good()); err != nil {
		return err
	}
	stacks, layout, err := h.engineFiles()
	if err != nil {
		return err
	}
	for _, file := range append(stacks, layout, h.State()) {
		rel, err := filepath.Rel(h.Dir, file)
		if err != nil {
			return err
		}
		kept := filepath.Join(h.good(), rel)
		if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
			return err
		}
		if err := os.Link(file, kept); IgnoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

// Mend puts the whole sandbox back to what it was before this command, where the command left a state that cannot be
// read. It returns what was broken.
func (h *Home) Mend() error {
	broken := h.sound()
	if broken == nil {
		return nil
	}
	if _, err := os.Stat(h.good()); err != nil {
		return broken
	}
	var files []string
	for _, e := range project.Joined(broken) {
		var state *brokenStateError
		if errors.As(e, &state) {
			files = append(files, state.file)
		}
	}
	for _, part := range []string{filepath.Join(h.Backend(), ".pulumi", "stacks"), h.State()} {
		if err := os.RemoveAll(part); err != nil {
			return errors.Join(broken, err)
		}
	}
	err := filepath.WalkDir(h.good(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(h.good(), path)
		if err != nil {
			return err
		}
		back := filepath.Join(h.Dir, rel)
		if err := errors.Join(os.MkdirAll(filepath.Dir(back), 0o700), IgnoreMissing(os.Remove(back))); err != nil {
			return err
		}
		return os.Link(path, back)
	})
	if err != nil {
		return errors.Join(broken, err)
	}
	return fmt.Errorf(
		"%s: this command left it broken, as a full disk does; the sandbox was put back to what it was before the command: make room, and run it again",
		strings.Join(files, ", "),
	)
}
