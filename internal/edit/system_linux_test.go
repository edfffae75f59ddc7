package edit

import (
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// nobody gives a way to use files as somebody who does not own them, where this process may do that.
func nobody(t *testing.T, path string) (as func(func())) {
	t.Helper()
	if os.Geteuid() != 0 {
		return func(do func()) { do() } // Permissions hold for this process.
	}
	for dir := filepath.Dir(path); dir != filepath.Clean(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	return func(do func()) {
		done := make(chan struct{})
		go func() { // The thread is not used for anything else afterwards.
			runtime.LockOSThread()
			defer close(done)
			if err := syscall.Setfsuid(65534); err != nil {
				return
			}
			do()
		}()
		<-done
	}
}

// limited does something while files cannot grow, which fails as a full disk does. The limit is one of the whole
// process: call ranAlone first.
func limited(t *testing.T, do func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64, Max: limit.Max}))
	defer func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)) }()
	do()
}
