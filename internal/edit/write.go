package edit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// ErrChanged is returned when somebody else wrote the file in the meantime.
var ErrChanged = errors.New("the file was changed by somebody else in the meantime; try again")

// NotWritableError says that a stack file cannot be replaced where it lies. Nothing was written.
type NotWritableError struct {
	path string
	err  error
}

func (e *NotWritableError) Error() string {
	return fmt.Sprintf(
		"%s: cannot be written: %v; nothing was changed; make the file and its folder writable, or add --dry-run to see the change",
		e.path,
		e.err,
	)
}

// Unwrap gives the system's error.
func (e *NotWritableError) Unwrap() error { return e.err }

// Apply makes a change of the stack file at path and writes it. No other Apply or Write of the file, of any process,
// comes between the reading and the writing, so what is returned without an error is in the file. It waits for its
// turn until ctx ends. The errors are those of change and of Write.
func Apply(ctx context.Context, path string, change func() (*Change, error)) (*Change, error) {
	unlock, err := lock(ctx, path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	edited, err := change()
	if err != nil {
		return nil, err
	}
	return edited, edited.replace()
}

// Write replaces the file in one step: whoever reads it, and whoever pulls the plug, finds the old content or the new
// one. Its permissions stay, and a symbolic link stays one. The error is ErrChanged where the file is not as it was
// when the change was made, and a *NotWritableError where the file or its folder is read-only.
func (c *Change) Write(ctx context.Context) error {
	unlock, err := lock(ctx, c.path)
	if err != nil {
		return err
	}
	defer unlock()
	return c.replace()
}

// replace is Write for a caller that has the lock.
func (c *Change) replace() (err error) {
	path, err := filepath.EvalSymlinks(c.path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if removeErr := removeLeftovers(path); removeErr != nil {
		return removeErr
	}
	next, err := os.CreateTemp(dir, nextName(path)+"*")
	if err != nil {
		return notWritable(c.path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(next.Name())))
		}
	}()
	_, err = next.Write(c.After)
	err = errors.Join(err, next.Chmod(info.Mode().Perm()), next.Sync(), next.Close())
	if err != nil {
		return notWritable(c.path, err)
	}
	current, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(current, c.Before) {
		return fmt.Errorf("%s: %w", c.path, ErrChanged)
	}
	if err := os.Rename(next.Name(), path); err != nil {
		return notWritable(c.path, err)
	}
	return syncFolder(dir)
}

// nextName is how the names of the files begin that become the file at path.
func nextName(path string) string { return "." + filepath.Base(path) + ".next-" }

// removeLeftovers removes what writers left that were killed: who has the lock is the only one that writes.
func removeLeftovers(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if prefix := nextName(path); len(entry.Name()) > len(prefix) && entry.Name()[:len(prefix)] == prefix {
			if err := os.Remove(filepath.Join(filepath.Dir(path), entry.Name())); ignoreMissing(err) != nil {
				return notWritable(path, err)
			}
		}
	}
	return nil
}

// syncFolder makes the new name of a file last. Where folders cannot be synced, the system does it in its own time.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = folder.Sync()
	return folder.Close()
}

// notWritable names the file that was to be written, and not the one that was to take its place.
func notWritable(path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err // The name of the file that was to be made says nothing to anybody.
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return &NotWritableError{path, err}
	}
	if pathError != nil {
		return fmt.Errorf("%s: is as it was, because what it becomes cannot be written beside it: %w", path, err)
	}
	return err
}

// lock waits until nobody else changes the stack file, in this process or another. The lock lies on the file itself,
// so it leaves nothing behind, whoever is killed; as each change puts another file in its place, the lock counts only
// if the file is still the one at path.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	type held struct {
		unlock func()
		err    error
	}
	got := make(chan held, 1)
	go func() {
		unlock, err := lockNow(path)
		got <- held{unlock, err}
	}()
	select {
	case h := <-got:
		return h.unlock, h.err
	case <-ctx.Done():
		go func() { // The lock may still come; it must not stay with us.
			if h := <-got; h.err == nil {
				h.unlock()
			}
		}()
		return nil, ctx.Err()
	}
}

func lockNow(path string) (unlock func(), err error) {
	for {
		file, err := lockedfile.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return nil, notWritable(path, err)
		}
		if runtime.GOOS == "windows" { // An open file cannot be replaced there; the comparison before the writing has to do.
			return func() {}, file.Close()
		}
		mine, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		current, err := os.Stat(path)
		if err == nil && os.SameFile(mine, current) {
			return func() { _ = file.Close() }, nil
		}
		if joinErr := errors.Join(ignoreMissing(err), file.Close()); joinErr != nil {
			return nil, joinErr
		}
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
