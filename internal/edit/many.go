package edit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Path is the file of the change.
func (c *Change) Path() string { return c.path }

// ApplyAll makes changes of stack files and writes all of them, or none. No other change of any of the files, by any
// process, comes between the reading and the writing. paths are all files that the changes may concern; the changes
// that are made may be of some of them alone, and are written in their order, so that a kill in between leaves a
// beginning of the list: whoever calls orders them so that the rest can be written by the same call again. The errors
// are those of changes and of Write.
func ApplyAll(ctx context.Context, paths []string, changes func() ([]*Change, error)) (applied []*Change, err error) {
	// In one order, so that two who change the same files do not wait for each other.
	ordered := slices.Sorted(slices.Values(paths))
	for _, path := range slices.Compact(ordered) {
		unlock, lockErr := lock(ctx, path)
		if lockErr != nil {
			return nil, lockErr
		}
		defer unlock()
	}
	applied, err = changes()
	if err != nil {
		return nil, err
	}
	applied = slices.DeleteFunc(slices.Clone(applied), func(c *Change) bool { return bytes.Equal(c.Before, c.After) })
	for _, c := range applied {
		if err := c.writable(); err != nil {
			return nil, err
		}
	}
	for i, c := range applied {
		if err := c.replace(); err != nil {
			return nil, errors.Join(err, undo(applied[:i]))
		}
	}
	return applied, nil
}

// writable finds out what would keep the file from being replaced, before any is.
func (c *Change) writable() error {
	path, err := filepath.EvalSymlinks(c.path)
	if err != nil {
		return err
	}
	current, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(current, c.Before) {
		return fmt.Errorf("%s: %w", c.path, ErrChanged)
	}
	next, err := os.CreateTemp(filepath.Dir(path), nextName(path)+"*")
	if err != nil {
		return notWritable(c.path, err)
	}
	return errors.Join(next.Close(), os.Remove(next.Name()))
}

// undo puts files back that were written before one that could not be.
func undo(written []*Change) error {
	var errs []error
	for _, c := range slices.Backward(written) {
		back := &Change{Before: c.After, After: c.Before, path: c.path}
		if err := back.replace(); err != nil {
			errs = append(errs, fmt.Errorf("%s: was written already and could not be put back: %w", c.path, err))
		}
	}
	return errors.Join(errs...)
}
