package filelock

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A second caller waits until the first lets go; one that gives up does not keep the lock when it comes.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	quiet := func(time.Duration) {}
	unlock, err := Lock(t.Context(), path, quiet)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Lock(ctx, path, quiet)
	require.ErrorIs(t, err, context.Canceled)

	second := make(chan func())
	go func() {
		release, err := Lock(t.Context(), path, quiet)
		if err != nil {
			close(second)
			return
		}
		second <- release
	}()
	select {
	case <-second:
		t.Fatal("two hold the lock")
	default:
	}
	unlock()
	unlock, ok := <-second
	require.True(t, ok)
	unlock()
}
