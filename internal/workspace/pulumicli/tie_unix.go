//go:build unix && !linux

package pulumicli

import (
	"os"
	"os/exec"
	"syscall"
)

// tie puts the engine in a process group of its own, where the terminal's interrupt does not reach it, and passes an
// interrupt on once.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}
