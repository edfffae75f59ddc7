//go:build unix

package store

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"
)

// lockPatience is how long a lock may be held by nobody: a process that this one is just starting has a copy of every
// open file until it runs its own program, and a lock that was let go in that moment is held by the copy.
const lockPatience = 2 * time.Second

// lockFile holds a lock on the path until it is closed; the lock goes with the process. It fails where another
// process has it.
func lockFile(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(5 * time.Millisecond) {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if errors.Is(err, syscall.EWOULDBLOCK) {
			if time.Now().Before(deadline) {
				continue
			}
			err = errInUse
		}
		return nil, errors.Join(err, file.Close())
	}
}
