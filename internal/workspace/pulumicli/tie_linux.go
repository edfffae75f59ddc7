package pulumicli

import (
	"os"
	"os/exec"
	"syscall"
)

// tie puts the engine in a process group of its own, where the terminal's interrupt does not reach it, passes an
// interrupt on once, and has the kernel end it when this process ends.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}
