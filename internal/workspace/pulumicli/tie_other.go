//go:build !unix

package pulumicli

import "os/exec"

// tie leaves it at what the system does: there is no interrupt to pass on, so the engine gets the console's, or is
// ended.
func tie(*exec.Cmd) {}
