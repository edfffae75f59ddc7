package people

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// Outcome is what the stack files of a folder would become.
type Outcome struct {
	// Changes are those of the files, in the order in which they are written.
	Changes []*edit.Change
	// Report is what they mean for people.
	Report *change.Report
	// Stacks are the stacks as they would be.
	Stacks []*stack.Stack
}

// judge finds out what changes of stack files mean. The error is what keeps the files from being what they would
// become: every problem of every file, and every proof and expectation that does not hold. The Outcome comes beside
// the error where the files could be read.
func judge(folder *project.Folder, changes []*edit.Change, o Options) (_ *Outcome, err error) {
	now, err := folder.Read()
	if err != nil {
		return nil, err
	}
	next, err := with(folder, changes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, next.close()) }()
	stacks, err := next.read(folder)
	if err != nil {
		return nil, err
	}
	report, err := o.Compare(folder.Project, now, stacks, o.Now)
	if report == nil {
		return nil, err
	}
	return &Outcome{Changes: changes, Report: report, Stacks: stacks}, err
}

// copied is a folder with other stack files, in a place of its own.
type copied struct{ root, dir string }

func (c *copied) close() error { return os.RemoveAll(c.root) }

// with copies what the stacks of a folder are made of, with changes of stack files made. The caller closes it.
func with(folder *project.Folder, changes []*edit.Change) (_ *copied, err error) {
	c := &copied{}
	if c.root, err = os.MkdirTemp("", "guardrails-people-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	c.dir = filepath.Join(c.root, "folder")
	after := map[string][]byte{}
	for _, change := range changes {
		path, absErr := filepath.Abs(change.Path())
		if absErr != nil {
			return nil, absErr
		}
		after[path] = change.After
	}
	var texts bytes.Buffer
	for _, stack := range folder.Stacks() {
		file := folder.StackFile(stack)
		data, changed := after[file]
		if !changed {
			if data, err = os.ReadFile(file); err != nil {
				return nil, err
			}
		}
		texts.Write(data)
		if err := c.write(folder.Dir, file, data); err != nil {
			return nil, err
		}
	}
	return c, c.others(folder, texts.Bytes())
}

// write writes a file of the folder into the copy.
func (c *copied) write(from, file string, data []byte) error {
	rel, err := filepath.Rel(from, file)
	if err != nil {
		return err
	}
	to := filepath.Join(c.dir, rel)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

// others copies the project file, and every file that the stack files name.
func (c *copied) others(folder *project.Folder, texts []byte) error {
	return filepath.WalkDir(folder.Dir, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != folder.Dir && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		case path != filepath.Join(folder.Dir, "Pulumi.yaml") && (strings.HasPrefix(name, "Pulumi.") || !bytes.Contains(texts, []byte(name))):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return c.write(folder.Dir, path, data)
	})
}

// read reads the stacks of the copy; problems name the files of the folder.
func (c *copied) read(folder *project.Folder) ([]*stack.Stack, error) {
	next, err := project.Open(c.dir)
	if err != nil {
		return nil, err
	}
	var (
		stacks []*stack.Stack
		errs   []error
	)
	for _, name := range next.Stacks() {
		file := next.StackFile(name)
		stack, problems := stack.ReadFile(file)
		if len(problems) > 0 {
			for i := range problems {
				if problems[i].File == file {
					problems[i].File = folder.RelativeFile(name)
				}
			}
			errs = append(errs, &exit.RefusedError{Stack: name, Err: problems.Err()})
			continue
		}
		stack.File = folder.RelativeFile(name)
		stacks = append(stacks, stack)
	}
	return stacks, errors.Join(errs...)
}
