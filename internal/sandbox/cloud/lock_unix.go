//go:build unix

package cloud

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockFile holds a lock on the path until it is closed; the lock goes with the process. It fails at once where another process has it.
func lockFile(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errInUse
		}
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
