package pulumicli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Version is the oldest Pulumi CLI that is taken from PATH, and the one that is built: the release of the Pulumi SDK
// in this program. The Automation API itself would accept 3.2.0, but a state that a newer engine wrote cannot be read
// by an older one, and what this program relies on (attached providers, event streams over gRPC) is tested with this
// release.
var Version = sdk.Version

// Options say where to look and where to report.
type Options struct {
	// Cache is the folder that holds built CLIs. Empty means "guardrails" under [os.UserCacheDir].
	Cache string
	// Progress is told, as plain lines, how far a build is. Nil means silence.
	Progress func(line string)
	// Go is the Go command that builds. Empty means "go" on PATH.
	Go string
}

// Find returns a Pulumi CLI that is at least [Version]: the one on PATH, else the one in the cache, else one that it
// builds into the cache. A build takes about three minutes on two cores; two builds at once wait for each other. An
// error says what to install.
func Find(ctx context.Context, o Options) (*Command, error) {
	command, reason, err := look(o)
	if err != nil || command != nil {
		return command, err
	}
	root, err := o.root()
	if err != nil {
		return nil, err
	}
	if err := build(ctx, o, root); err != nil {
		return nil, fmt.Errorf("pulumi: %s, and building version %s failed: %w", reason, Version, err)
	}
	return open(root)
}

// Look is [Find] without the build: a nil command and a nil error mean that Find would have to build.
func Look(o Options) (*Command, error) {
	command, _, err := look(o)
	return command, err
}

// look also says why the CLI on PATH was not taken.
func look(o Options) (command *Command, reason string, err error) {
	command, err = check("", "pulumi")
	switch {
	case err == nil:
		return command, "", nil
	case errors.Is(err, exec.ErrNotFound):
		reason = "not on PATH"
	default:
		reason = "the one on PATH is not taken (" + err.Error() + ")"
	}
	root, err := o.root()
	if err != nil {
		return nil, "", err
	}
	if _, statErr := os.Stat(binary(root)); statErr != nil {
		return nil, reason, nil
	}
	command, err = open(root)
	return command, reason, err
}

// asked are the CLIs that this process has asked for their version and that are taken. Asking takes as long as the
// engine takes to start.
var asked sync.Map

// file tells one state of a program from another.
type file struct {
	path     string
	size     int64
	modified time.Time
}

// check asks a CLI for its version, by way of the Automation API's own rules. An empty root means the CLI called name
// on PATH. The file of a CLI that was taken is asked again only when it has changed.
func check(root, name string) (*Command, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	is := file{path, info.Size(), info.ModTime()}
	if version, taken := asked.Load(is); taken {
		return &Command{path: path, version: version.(semver.Version)}, nil
	}
	found, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Version: Version, Root: root})
	if err != nil {
		return nil, err
	}
	asked.Store(is, found.Version())
	return &Command{path: path, version: found.Version()}, nil
}

// Binary is the path of the CLI that [Find] builds with these options, whether it exists or not.
func Binary(o Options) (string, error) {
	root, err := o.root()
	if err != nil {
		return "", err
	}
	return binary(root), nil
}

func open(root string) (*Command, error) {
	command, err := check(root, binary(root))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; remove the folder %s and try again", binary(root), err, root)
	}
	return command, nil
}

// root is the folder of one built version. The Automation API looks for bin/pulumi below it.
func (o Options) root() (string, error) {
	cache := o.Cache
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder: %w; set HOME or XDG_CACHE_HOME", err)
		}
		cache = filepath.Join(user, "guardrails")
	}
	return filepath.Join(cache, "pulumi-"+Version.String()), nil
}

func binary(root string) string {
	name := "pulumi"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(root, "bin", name)
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}
