package pulumicli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Command is a Pulumi CLI that the Automation API can run. It differs from the Automation API's own in what happens
// when a run ends early: the engine gets exactly one interrupt, after which it finishes what AWS has begun and stops
// (a second one makes it drop everything, and a terminal would send one of its own), and where the system can do
// that, the engine does not outlive this process.
type Command struct {
	path     string
	version  semver.Version
	hermetic bool
}

var _ auto.PulumiCommand = (*Command)(nil)

// patience is how long an interrupted engine may take for what AWS has begun.
const patience = 2 * time.Minute

// Path is the program's path.
func (c *Command) Path() string { return c.path }

// Version is what the CLI says its version is.
func (c *Command) Version() semver.Version { return c.version }

// Hermetic is the command without the PULUMI_* and VAULT_* variables of this process: only what a run is given counts.
func (c *Command) Hermetic() *Command {
	h := *c
	h.hermetic = true
	return &h
}

// Run runs the CLI and waits for it. A run that could not start has the code -2.
func (c *Command) Run(
	ctx context.Context, dir string, stdin io.Reader, outputs, errorOutputs []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	if !slices.Contains(args, "--non-interactive") {
		args = append([]string{"--non-interactive"}, args...)
	}
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	cmd.Env = slices.Concat(c.environ(), env, []string{"PULUMI_AUTOMATION_API=true"})
	cmd.Stdout = io.MultiWriter(append(slices.Clone(outputs), &out)...)
	cmd.Stderr = io.MultiWriter(append(slices.Clone(errorOutputs), &errOut)...)
	cmd.WaitDelay = patience
	tie(cmd)
	// To the kernel, the parent that must not end is the thread, which is ours alone as long as it is locked.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		code = 0
	case errors.As(err, &exit):
		code = exit.ExitCode()
	default:
		code = -2
	}
	return out.String(), errOut.String(), code, err
}

// environ is this process's environment with the CLI's folder first on PATH, where the engine looks for language
// hosts and plugins.
func (c *Command) environ() []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !c.hermetic || !strings.HasPrefix(name, "PULUMI_") && !strings.HasPrefix(name, "VAULT_") {
			env = append(env, entry)
		}
	}
	path := filepath.Dir(c.path)
	if inherited := os.Getenv("PATH"); inherited != "" {
		path += string(os.PathListSeparator) + inherited
	}
	return append(env, "PATH="+path)
}
