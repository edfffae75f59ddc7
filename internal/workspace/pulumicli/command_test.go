package pulumicli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fakeCLI(t *testing.T, body string) *Command {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bin", "pulumi")
	script(t, path, body)
	return &Command{path: path, version: Version}
}

// A run gives output, errors and the exit code, finds plugins beside the CLI, and never asks a question.
func TestARunIsTheAutomationAPIs(t *testing.T) {
	c := fakeCLI(t, `echo "$1 $2 $EXTRA $PULUMI_AUTOMATION_API"; echo "${PATH%%:*}" >&2; cat; exit 3`)
	var copied bytes.Buffer
	stdout, stderr, code, err := c.Run(
		t.Context(),
		t.TempDir(),
		strings.NewReader("in"),
		[]io.Writer{&copied},
		nil,
		[]string{"EXTRA=x"},
		"up",
	)
	require.Error(t, err)
	assert.Equal(t, 3, code)
	assert.Equal(t, "--non-interactive up x true\nin", stdout)
	assert.Equal(t, stdout, copied.String())
	assert.Equal(t, filepath.Dir(c.Path())+"\n", stderr)
}

// A hermetic run sees neither the PULUMI_* nor the VAULT_* settings of whoever started this process; what the run is given counts.
func TestAHermeticRunSeesNoSettingsOfOthers(t *testing.T) {
	t.Setenv("PULUMI_SKIP_CHECKPOINTS", "true")
	t.Setenv("PULUMI_BACKEND_URL", "s3://theirs")
	t.Setenv("VAULT_ADDR", "https://vault.example.com")
	c := fakeCLI(t, `echo "$PULUMI_SKIP_CHECKPOINTS$VAULT_ADDR $PULUMI_BACKEND_URL"`)
	given := []string{"PULUMI_BACKEND_URL=file://ours"}
	stdout, _, _, err := c.Hermetic().Run(t.Context(), t.TempDir(), nil, nil, nil, given, "up")
	require.NoError(t, err)
	assert.Equal(t, " file://ours\n", stdout)
	stdout, _, _, err = c.Run(t.Context(), t.TempDir(), nil, nil, nil, given, "up")
	require.NoError(t, err)
	assert.Equal(t, "truehttps://vault.example.com file://ours\n", stdout)
}

// A cancelled run interrupts the engine once, and waits for what it has to finish.
func TestACancelledRunInterruptsOnce(t *testing.T) {
	dir := t.TempDir()
	c := fakeCLI(t, `
n=0
trap 'n=$((n+1)); echo interrupt' INT
touch ready
while [ ! -e finish ]; do if [ $n -gt 0 ]; then touch interrupted; fi; done
echo finished $n
`)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan string)
	go func() {
		stdout, _, _, _ := c.Run(ctx, dir, nil, nil, nil, nil, "up")
		done <- stdout
	}()
	appears := func(name string) {
		require.Eventually(
			t,
			func() bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil },
			10*time.Second,
			time.Millisecond,
		)
	}
	appears("ready")
	cancel()
	appears("interrupted")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "finish"), nil, 0o644))
	assert.Equal(t, "interrupt\nfinished 1\n", <-done)
}
