package filebackend

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Fault is a file of the backend that the engine cannot read, so that every run of the stack fails.
type Fault struct {
	// File is the path of the file.
	File string
	// Why says what is wrong with it.
	Why string
	// Cure says what Mend does. It is empty where the backend has nothing to mend the file with.
	Cure string
	// Inconsistent says that it can be read, and that the engine refuses what it says.
	Inconsistent bool

	mend func() error
}

func (f Fault) String() string { return f.File + ": " + f.Why }

// Mend does what Cure says. Nobody else may work on the stack meanwhile. The broken content of a state is kept beside
// it, in a file that ends in ".broken".
func (f Fault) Mend() error {
	if f.mend == nil {
		return errors.New("nothing can mend " + f.String())
	}
	if err := f.mend(); err != nil {
		return fmt.Errorf("%s: %w", f.File, err)
	}
	return nil
}

// aside ends the name of a broken file that was put aside. No engine reads files that end so.
const aside = ".broken"

// Faults are the files that the engine reads for this stack and cannot, in the order in which it would stumble over
// them. A file may be read in the instant in which an engine writes it: what is no fault a moment later was none.
func (p Place) Faults() []Fault {
	var out []Fault
	locks := p.lockFiles()
	state := p.state()
	read := append([]string{p.layout(), p.base() + tagsEnd}, locks...)
	if state != "" {
		read = append(read, state, state+".bak")
	}
	for _, file := range read {
		if why := wrongMetadata(file + ".attrs"); why != nil {
			out = append(out, Fault{
				File: file + ".attrs",
				Why:  "the metadata of " + filepath.Base(file) + " cannot be read: " + why.Error(),
				Cure: "removed, because nothing needs it",
				mend: removing(file + ".attrs"),
			})
		}
	}
	out = append(out, p.layoutFaults()...)
	if state != "" {
		out = append(out, p.stateFaults(state)...)
	}
	out = append(out, p.tagsFaults()...)
	for _, file := range locks {
		out = append(out, lockFaults(file)...)
	}
	return out
}

// wrongMetadata reads what the engine's library keeps beside a file. No such file is no fault.
func wrongMetadata(file string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var any struct{}
	err = json.NewDecoder(bytes.NewReader(data)).Decode(&any)
	if errors.Is(err, io.EOF) {
		return errors.New("it is empty")
	}
	return err
}

func (p Place) layoutFaults() []Fault {
	file := p.layout()
	why := ReadLayout(file)
	if why == nil || errors.Is(why, fs.ErrNotExist) || saysLegacy(file) {
		return nil
	}
	fault := Fault{File: file, Why: "it does not say how the states are laid out: " + why.Error()}
	found, err := filepath.Glob(filepath.Join(p.root, "stacks", "*", "*.json*"))
	old, errOld := filepath.Glob(filepath.Join(p.root, "stacks", "*.json*"))
	switch {
	case err != nil || errOld != nil || len(found) > 0 && len(old) > 0:
	case len(found) > 0:
		fault.Cure = "written again, because the stacks lie in the folders of their projects"
		fault.mend = func() error { return replace(file, []byte("version: 1\n")) }
	default:
		fault.Cure = "removed; an engine makes a new one where it wants one"
		fault.mend = removing(file)
	}
	return []Fault{fault}
}

// saysLegacy is true of a layout without projects, which old engines wrote for a short time.
func saysLegacy(file string) bool {
	data, err := os.ReadFile(file)
	return err == nil && strings.TrimSpace(string(data)) == "version: 0"
}

func (p Place) stateFaults(file string) []Fault {
	state, why := read(file)
	if why == nil {
		if why = state.consistent(); why != nil {
			return []Fault{{File: file, Why: why.Error(), Inconsistent: true}}
		}
		return nil
	}
	fault := Fault{File: file, Why: why.Error()}
	if good := p.lastGood(); good.file != "" {
		fault.Cure = "the backend's last good copy of it was put in its place: " + good.file
		if !good.saved.IsZero() {
			fault.Cure += ", of " + good.saved.UTC().Format(time.RFC3339)
		}
		fault.mend = func() error {
			data, err := os.ReadFile(good.file)
			if err != nil {
				return err
			}
			if err := putAside(file); err != nil {
				return err
			}
			return replace(file, data)
		}
	}
	return []Fault{fault}
}

// tagsEnd ends the name of the file that has the tags of a stack.
const tagsEnd = ".pulumi-tags"

func (p Place) tagsFaults() []Fault {
	file := p.base() + tagsEnd
	data, err := os.ReadFile(file)
	if err != nil || json.Valid(data) {
		return nil
	}
	return []Fault{{
		File: file, Why: "the tags of the stack cannot be read", Cure: "put aside; the engine goes on without tags",
		mend: func() error { return errors.Join(putAside(file), removing(file)()) },
	}}
}

// lockFaults are what is wrong with a lock. One that still has its passing name was never in force, because whoever
// wrote it was ended before.
func lockFaults(file string) []Fault {
	data, err := os.ReadFile(file)
	if err != nil || json.Valid(data) {
		return nil
	}
	fault := Fault{File: file, Why: "the lock cannot be read, so nobody can tell who holds it"}
	if filepath.Ext(file) == ".tmp" {
		fault.Why = "a run was ended while it wrote this lock"
		fault.Cure, fault.mend = "removed, because it was never in force", removing(file)
	}
	return []Fault{fault}
}

func removing(file string) func() error {
	return func() error {
		if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
}

// putAside keeps the content of a file that is about to be replaced, where there is any.
func putAside(file string) error {
	data, err := os.ReadFile(file)
	if err != nil || len(data) == 0 {
		return err
	}
	return replace(file+aside, data)
}

// replace puts a new file in the place of an old one, in one piece, and on the disk.
func replace(file string, data []byte) (err error) {
	mode := fs.FileMode(0o600)
	if info, statErr := os.Stat(file); statErr == nil {
		mode = info.Mode().Perm()
	}
	next, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(next.Name())
		}
	}()
	_, err = next.Write(data)
	if joinErr := errors.Join(err, next.Chmod(mode), next.Sync(), next.Close()); joinErr != nil {
		return joinErr
	}
	return os.Rename(next.Name(), file)
}
