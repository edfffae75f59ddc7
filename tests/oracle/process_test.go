package oracle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answer is what the oracle says to one simulation.
type answer struct {
	Outcome string   `json:"outcome"`
	Ignored []string `json:"ignored"`
	Error   string   `json:"error"`
}

// answers are those to one line.
type answers struct {
	Results     []answer `json:"results"`
	Nanoseconds int64    `json:"nanoseconds"`
}

// process is the oracle: Node with simulate.mjs, one line in and one line out.
type process struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	// stderr is what the process complains about; exec copies it until Wait returns.
	stderr bytes.Buffer
}

// installed is where the oracle's packages were installed in this run, or why they are not there.
var installed = sync.OnceValues(install)

// errNoOracle is a machine that cannot run the oracle; every other error is a failure.
type errNoOracle struct{ why string }

func (e errNoOracle) Error() string { return e.why }

// start runs the oracle for a test or benchmark. Where there is no Node it skips, and says so; in CI, where Node is, it fails instead of
// skipping for any other reason.
func start(t testing.TB) *process {
	t.Helper()
	dir, err := installed()
	if missing := (errNoOracle{}); errors.As(err, &missing) {
		t.Skipf("the oracle did not run: %s", missing.why)
	}
	require.NoError(t, err)
	p := &process{command: exec.Command("node", "simulate.mjs")}
	p.command.Dir = dir
	p.command.Stderr = &p.stderr
	p.in, err = p.command.StdinPipe()
	require.NoError(t, err)
	out, err := p.command.StdoutPipe()
	require.NoError(t, err)
	p.out = bufio.NewReaderSize(out, 1<<20)
	require.NoError(t, p.command.Start())
	t.Cleanup(func() {
		_ = p.in.Close()
		if err := p.command.Wait(); err != nil {
			t.Errorf("the oracle ended badly: %v\n%s", err, p.stderr.String())
		}
	})
	return p
}

// install puts the pinned packages into the user's cache, once for each set of pins.
func install() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", errNoOracle{"there is no Node on this machine; install Node 20 or later to compare with the independent evaluator"}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache: %w", err)
	}
	files := map[string][]byte{}
	hash := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json", "simulate.mjs"} {
		content, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read the oracle's pins: %w", err)
		}
		files[name] = content
		hash.Write(content)
	}
	dir := filepath.Join(cache, "aws-access-guardrails", "oracle", fmt.Sprintf("%x", hash.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", fmt.Errorf("make room for the oracle: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "install-")
	if err != nil {
		return "", fmt.Errorf("make room for the oracle: %w", err)
	}
	defer os.RemoveAll(fresh)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), content, 0o644); err != nil {
			return "", fmt.Errorf("copy the oracle's pins: %w", err)
		}
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			return "", fmt.Errorf("npm ci: %w\n%s", err, out)
		}
		return "", errNoOracle{fmt.Sprintf("npm ci failed, is the npm registry within reach? %v\n%s", err, out)}
	}
	// Another test process may have been faster; its folder is as good.
	if err := os.Rename(fresh, dir); err != nil && !errors.Is(err, os.ErrExist) {
		if _, there := os.Stat(dir); there != nil {
			return "", fmt.Errorf("keep the oracle: %w", err)
		}
	}
	return dir, nil
}

// ask sends lines and reads the answers in order. Writing and reading go on side by side, or both sides would wait for full pipes.
func (p *process) ask(t testing.TB, lines []line) []answers {
	t.Helper()
	written := make(chan error, 1)
	go func() {
		encoder := json.NewEncoder(p.in)
		encoder.SetEscapeHTML(false)
		for i := range lines {
			if err := encoder.Encode(lines[i]); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	out := make([]answers, len(lines))
	for i := range out {
		text, err := p.out.ReadBytes('\n')
		require.NoError(t, err, "the oracle answered %d of %d lines", i, len(lines))
		require.NoError(t, json.Unmarshal(text, &out[i]))
		require.Len(t, out[i].Results, len(lines[i].Simulations))
	}
	require.NoError(t, <-written)
	return out
}

// elapsed is the time that the oracle spent evaluating.
func elapsed(all []answers) time.Duration {
	var sum time.Duration
	for i := range all {
		sum += time.Duration(all[i].Nanoseconds)
	}
	return sum
}
