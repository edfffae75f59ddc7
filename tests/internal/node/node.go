// Package node runs the programs that the tests hold the product against: JavaScript of independent projects, in a
// Node process of its own. They are no part of the product.
package node

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

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/tier"
)

// Program is a script with the pins of the packages that it needs: package.json and package-lock.json beside it, in
// the test's own folder.
type Program struct {
	// Name is that of its folder in the user's cache.
	Name string
	// Script is its file.
	Script string

	once sync.Once
	dir  string
	err  error
}

// Process is a running program: one JSON value a line in, one a line out, in the same order.
type Process struct {
	name    string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	// stderr is what the process complains about; exec copies it until Wait returns.
	stderr bytes.Buffer
}

// errMissing is a machine that cannot run the program; every other error is a failure.
type errMissing struct{ why string }

func (e errMissing) Error() string { return e.why }

// Start runs the program for a test or benchmark. Where there is no Node it skips, and says so; in CI, where Node is,
// it fails instead of skipping for any other reason.
func (p *Program) Start(t testing.TB) *Process {
	t.Helper()
	p.once.Do(func() { p.dir, p.err = p.install() })
	if missing := (errMissing{}); errors.As(p.err, &missing) {
		t.Skipf("%s did not run: %s", p.Name, missing.why)
	}
	require.NoError(t, p.err)
	run := &Process{name: p.Name, command: exec.Command("node", p.Script)}
	run.command.Dir = p.dir
	run.command.Stderr = &run.stderr
	in, err := run.command.StdinPipe()
	require.NoError(t, err)
	out, err := run.command.StdoutPipe()
	require.NoError(t, err)
	run.in, run.out = in, bufio.NewReaderSize(out, 1<<20)
	require.NoError(t, run.command.Start())
	t.Cleanup(func() {
		_ = run.in.Close()
		if err := run.command.Wait(); err != nil {
			t.Errorf("%s ended badly: %v\n%s", run.name, err, run.stderr.String())
		}
	})
	return run
}

// install puts the pinned packages into the user's cache, once for each set of pins.
func (p *Program) install() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", errMissing{"there is no Node on this machine; install Node 20 or later"}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache: %w", err)
	}
	files := map[string][]byte{}
	hash := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json", p.Script} {
		content, readErr := os.ReadFile(name)
		if readErr != nil {
			return "", fmt.Errorf("read the pins of %s: %w", p.Name, readErr)
		}
		files[name] = content
		hash.Write(content)
	}
	dir := filepath.Join(cache, "aws-access-guardrails", p.Name, fmt.Sprintf("%x", hash.Sum(nil)[:8]))
	if _, statErr := os.Stat(dir); statErr == nil {
		return dir, nil
	}
	if mkdirErr := os.MkdirAll(filepath.Dir(dir), 0o755); mkdirErr != nil {
		return "", fmt.Errorf("make room for %s: %w", p.Name, mkdirErr)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "install-")
	if err != nil {
		return "", fmt.Errorf("make room for %s: %w", p.Name, err)
	}
	defer os.RemoveAll(fresh)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), content, 0o644); err != nil {
			return "", fmt.Errorf("copy the pins of %s: %w", p.Name, err)
		}
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		if tier.Landing() {
			return "", fmt.Errorf("npm ci: %w\n%s", err, out)
		}
		return "", errMissing{fmt.Sprintf("npm ci failed, is the npm registry within reach? %v\n%s", err, out)}
	}
	// Another test process may have been faster; its folder is as good.
	if err := os.Rename(fresh, dir); err != nil && !errors.Is(err, os.ErrExist) {
		if _, there := os.Stat(dir); there != nil {
			return "", fmt.Errorf("keep %s: %w", p.Name, err)
		}
	}
	return dir, nil
}

// Ask writes lines and reads the answers in order, one for each line. Writing and reading go on side by side, or both
// sides would wait for full pipes.
func Ask[Line, Answer any](t testing.TB, p *Process, lines []Line) []Answer {
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
	out := make([]Answer, len(lines))
	for i := range out {
		text, err := p.out.ReadBytes('\n')
		require.NoError(t, err, "%s answered %d of %d lines", p.name, i, len(lines))
		require.NoError(t, json.Unmarshal(text, &out[i]))
	}
	require.NoError(t, <-written)
	return out
}
