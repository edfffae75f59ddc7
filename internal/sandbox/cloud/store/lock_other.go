//go:build !unix

package store

import (
	"errors"
	"io"
	"os"
)

type exclusiveFile struct{ *os.File }

func (f exclusiveFile) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }

// lockFile holds a lock on the path until it is closed. A process that was killed leaves the file behind; delete it
// then.
func lockFile(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, errInUse
	}
	if err != nil {
		return nil, err
	}
	return exclusiveFile{file}, nil
}
