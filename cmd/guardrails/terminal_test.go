//go:build !windows

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/verdicts"
)

// commandCache is where the commands of the tests keep what was proven, for the next one.
var commandCache = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "guardrails-test-") })

func TestMain(m *testing.M) {
	// Verbs are tried in this process, on the same stack files again and again.
	judge.Use(claims.With{Memory: verdicts.InMemory()})
	code := m.Run()
	if dir, err := commandCache(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// dialogue runs the command on a terminal of its own, types the keys, and gives all that stood there and the status.
func dialogue(t *testing.T, dir, term, keys string, columns uint16, args ...string) (string, int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cache, err := commandCache()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_CACHE_HOME="+cache, "TERM="+term, "NO_COLOR=", "CI=")
	screen, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: columns})
	require.NoError(t, err)
	defer screen.Close()
	type read struct {
		text []byte
		err  error
	}
	done := make(chan read, 1)
	begun := make(chan struct{})
	go func() {
		var all []byte
		buf := make([]byte, 4096)
		for {
			n, readErr := screen.Read(buf)
			if all == nil && n > 0 {
				close(begun)
			}
			all = append(all, buf[:n]...)
			if readErr != nil {
				done <- read{all, readErr}
				return
			}
		}
	}()
	if strings.ContainsAny(keys, "\x03\x04") {
		<-begun // What ends a program is for the program that asks.
	}
	_, err = io.WriteString(screen, keys)
	require.NoError(t, err)
	select {
	case got := <-done:
		// The terminal is gone with the program.
		require.True(t, errors.Is(got.err, io.EOF) || errors.Is(got.err, syscall.EIO), got.err)
		_ = cmd.Wait()
		return string(got.text), cmd.ProcessState.ExitCode()
	case <-time.After(5 * time.Minute):
		_ = cmd.Process.Kill()
		t.Fatal("the program waits for something that nobody typed")
	}
	return "", 0
}

// answers are typed at once, as somebody does who knows the questions, or a script.
const answers = "jump=111122223333\rapp=444455556666\r\rjump\r\rap-northeast-1\rshop=app\r\ralice@example.com=shop\r\r\r"

// On a terminal init asks, takes what is typed ahead, and writes the project, at every width; nothing asks the
// terminal itself.
func TestInitAsksOnATerminal(t *testing.T) {
	for _, term := range []string{"xterm-256color", "screen-256color", "dumb"} {
		for _, columns := range []uint16{50, 80, 200} {
			if columns != 80 && term != "xterm-256color" && !tier.Landing() {
				continue
			}
			dir := t.TempDir()
			screen, status := dialogue(t, dir, term, answers, columns, "init")
			require.Zero(t, status, screen)
			assert.NotContains(t, screen, "\x1b]", "a question to the terminal")
			assert.NotContains(t, screen, "\x1b[6n", "a question to the terminal")
			assert.Contains(t, screen, `2 stacks, and "check --strict" holds`)
			assert.FileExists(t, filepath.Join(dir, "Pulumi.app.yaml"))
		}
	}
}

// Ctrl-C and the end of the input leave the folder as it was, and say so on a line of their own.
func TestInitIsLeftWithoutATrace(t *testing.T) {
	for keys, want := range map[string]string{
		"jump=111122223333\r\x03": "interrupted; nothing was changed",
		"jump=111122223333\r\x04": "the answers ended at --account; nothing was written",
		"\x04":                    "the answers ended at --account; nothing was written",
	} {
		dir := t.TempDir()
		screen, status := dialogue(t, dir, "xterm-256color", keys, 80, "init")
		assert.NotZero(t, status)
		assert.Contains(t, screen, "\n"+want, "%q", screen)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, entries)
	}
}

// Nothing is asked of a terminal by any verb, also when standard output is none.
func TestNoVerbAsksTheTerminal(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--help"}, {"check", "-C", "../.."}, {"nonsense"}} {
		screen, _ := dialogue(t, ".", "xterm-256color", "", 80, args...)
		assert.NotContains(t, screen, "\x1b]11", "%v", args)
		assert.NotContains(t, screen, "\x1b[6n", "%v", args)
	}
}

// Lines of check fit the terminal, whatever its width; the narrowest, where most lines are broken, in every run.
func TestCheckFitsTheTerminal(t *testing.T) {
	for _, columns := range tier.Sample[uint16](3, 50, 80, 200) {
		screen, status := dialogue(t, "../../examples/organization", "dumb", "", columns, "check", "--all")
		require.Zero(t, status, screen)
		words := 0
		for line := range strings.Lines(screen) {
			if line = strings.TrimRight(line, "\r\n"); len([]rune(line)) > int(columns) {
				words++
			}
		}
		assert.Zero(t, words, screen)
	}
}

// Lines of what is refused fit the terminal too, whatever its width.
func TestRefusalsFitTheTerminal(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		wrong := strings.Replace(string(text), "runAs: os-user2", "runAs: root", 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(wrong), 0o600))
	}
	for _, columns := range []uint16{50, 80} {
		for _, args := range [][]string{{"check"}, {"matrix"}, {"explain", "--as", "nobody-of-this-stack-whom-anybody-knows"}} {
			screen, status := dialogue(t, dir, "dumb", "", columns, args...)
			assert.NotZero(t, status, screen)
			for line := range strings.Lines(screen) {
				line = strings.TrimRight(line, "\r\n")
				assert.LessOrEqual(t, len([]rune(line)), int(columns), "%v: %q", args, line)
			}
		}
	}
}
