package pulumicli

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/internal/workspace/filelock"
)

// The pins of the tools module, copied because an embed cannot reach into another module's folder. A test holds them
// in step.
//
//go:generate cp ../../../tools/go.mod pinned/go.mod.txt
//go:generate cp ../../../tools/go.sum pinned/go.sum.txt
var (
	//go:embed pinned/go.mod.txt
	pinnedMod []byte
	//go:embed pinned/go.sum.txt
	pinnedSum []byte
)

const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"

// tick is how often a build says how far it is.
const tick = 5 * time.Second

// build makes the CLI under root. The finished folder appears by one rename, so that a killed build leaves nothing
// that looks finished, and the lock is the operating system's, so that it never outlives its process.
func build(ctx context.Context, o Options, root string) error {
	goCommand := o.Go
	if goCommand == "" {
		goCommand = "go"
	}
	goCommand, err := exec.LookPath(goCommand)
	if err != nil {
		return fmt.Errorf(
			"no Go toolchain: %w; install Pulumi %s or newer (https://www.pulumi.com/docs/install/), or Go",
			err,
			Version,
		)
	}
	cache := filepath.Dir(root)
	if mkdirErr := os.MkdirAll(cache, 0o755); mkdirErr != nil {
		return mkdirErr
	}
	unlock, err := filelock.Lock(ctx, root+".lock", func(waited time.Duration) {
		o.say("waiting for another process that builds the Pulumi CLI %s: %s", Version, waited)
	})
	if err != nil {
		return err
	}
	defer unlock()
	if _, statErr := os.Stat(binary(root)); statErr == nil {
		return nil
	}

	work, err := os.MkdirTemp(cache, "pulumi-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for name, content := range map[string][]byte{"go.mod": pinnedMod, "go.sum": pinnedSum} {
		if err := os.WriteFile(filepath.Join(work, name), content, 0o644); err != nil {
			return err
		}
	}
	built := filepath.Join(work, "made")
	if err := compile(ctx, o, goCommand, work, binary(built)); err != nil {
		return err
	}
	if _, err := open(built); err != nil {
		return err
	}
	return os.Rename(built, root)
}

// compile runs the Go toolchain in work. The linker flag is what Pulumi's own release build sets: without it the CLI
// has no version that the Automation API accepts. -s and -w leave the debugger's tables out: a third of the size, and
// seconds of linking.
func compile(ctx context.Context, o Options, goCommand, work, out string) error {
	cmd := exec.CommandContext(ctx, goCommand, "build", "-v", "-mod=readonly",
		"-ldflags", "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v"+Version.String(),
		"-o", out, cliPackage)
	cmd.Dir = work
	// The caller's settings for their own builds must not reach this one: flags, workspaces, another target platform.
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GO111MODULE=on", "GOOS=", "GOARCH=", "PWD="+work)
	cmd.WaitDelay = 5 * time.Second
	log := &buildLog{}
	cmd.Stdout, cmd.Stderr = log, log

	start := time.Now()
	o.say("building the Pulumi CLI %s from source, once (some minutes) ...", Version)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			o.say("building the Pulumi CLI %s: %s, %s", Version, time.Since(start).Round(time.Second), log.progress())
		case err := <-done:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("%s build: %w\n%s", goCommand, err, log.tail())
			}
			o.say("built the Pulumi CLI %s in %s", Version, time.Since(start).Round(time.Second))
			return nil
		}
	}
}

// buildLog reads what "go build -v" prints: a line for each module fetched and each package compiled.
type buildLog struct {
	mu       sync.Mutex
	rest     []byte
	lines    []string
	fetched  int
	compiled int
}

const downloading = "go: downloading "

func (l *buildLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		line := string(l.rest[:end])
		l.rest = l.rest[end+1:]
		switch {
		case strings.HasPrefix(line, downloading):
			l.fetched++
		case !strings.Contains(line, " "):
			l.compiled++
		default:
			l.lines = append(l.lines, line)
		}
	}
}

func (l *buildLog) progress() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%d modules fetched, %d packages compiled", l.fetched, l.compiled)
}

// tail is the end of what is neither a fetch nor a package: the compiler's or the network's own words.
func (l *buildLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	if len(l.rest) > 0 {
		lines = append(lines, string(l.rest))
	}
	if len(lines) > 20 {
		lines = lines[len(lines)-20:]
	}
	return strings.Join(lines, "\n")
}
