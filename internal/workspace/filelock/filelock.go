package filelock

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// patience is how often a waiting caller is told that it still waits.
const patience = 5 * time.Second

// Lock takes the lock of the file at path, which is made when it is missing. While another process holds it, waiting
// is called every few seconds with the time waited so far. When ctx ends first, its error is returned and the lock is
// not held.
func Lock(ctx context.Context, path string, waiting func(time.Duration)) (unlock func(), err error) {
	type held struct {
		unlock func()
		err    error
	}
	got := make(chan held, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(path).Lock()
		got <- held{unlock, err}
	}()
	ticker := time.NewTicker(patience)
	defer ticker.Stop()
	start := time.Now()
	for {
		select {
		case h := <-got:
			return h.unlock, h.err
		case <-ticker.C:
			waiting(time.Since(start).Round(time.Second))
		case <-ctx.Done():
			go func() { // The lock may still come; it must not stay with us.
				if h := <-got; h.err == nil {
					h.unlock()
				}
			}()
			return nil, ctx.Err()
		}
	}
}
