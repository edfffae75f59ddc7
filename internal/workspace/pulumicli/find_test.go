package pulumicli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The pins in this program are those of the tools module, which a person edits and CI checks.
func TestThePinsAreThoseOfTheToolsModule(t *testing.T) {
	for name, embedded := range map[string][]byte{"go.mod": pinnedMod, "go.sum": pinnedSum} {
		tools, err := os.ReadFile(filepath.Join("..", "..", "..", "tools", name))
		require.NoError(t, err)
		assert.Equal(t, string(tools), string(embedded), "run: go generate ./internal/workspace/pulumicli")
	}
	assert.Contains(t, string(pinnedMod), "github.com/pulumi/pulumi/pkg/v3 v"+Version.String()+" ",
		"the CLI and the SDK of this module must be one release")
	assert.Contains(t, string(pinnedMod), "\t"+cliPackage+"\n")
}

// script writes an executable shell script.
func script(t *testing.T, path, body string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o755))
}

// fakeGo is a Go command that "builds" a pulumi that prints version, and counts its runs by lines in the file that it
// returns.
func fakeGo(t *testing.T, version, before string) (path, runs string) {
	t.Helper()
	dir := t.TempDir()
	runs = filepath.Join(dir, "runs")
	path = filepath.Join(dir, "go")
	script(t, path, fmt.Sprintf(`
echo run >> %q
%s
while [ "$1" != "-o" ]; do shift; done
mkdir -p "$(dirname "$2")"
printf '#!/bin/sh\necho %s\n' > "$2"
chmod +x "$2"
`, runs, before, version))
	return path, runs
}

func lines(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Count(string(data), "\n")
}

// onPath leaves on PATH only what the scripts here call, and a pulumi that prints version; empty means no pulumi at
// all.
func onPath(t *testing.T, version string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"mkdir", "dirname", "chmod", "sleep"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip("this machine has no ", name)
		}
		require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
	}
	if version != "" {
		script(t, filepath.Join(dir, "pulumi"), "echo "+version+"\n")
	}
	t.Setenv("PATH", dir)
}

// A CLI on PATH that is recent enough is taken, and nothing is built.
func TestARecentCLIOnPathIsTaken(t *testing.T) {
	onPath(t, "v3.999.0")
	goCommand, runs := fakeGo(t, "v"+Version.String(), "")
	command, err := Find(t.Context(), Options{Cache: t.TempDir(), Go: goCommand})
	require.NoError(t, err)
	assert.Equal(t, "3.999.0", command.Version().String())
	assert.NoFileExists(t, runs)
}

// A CLI is asked for its version once, and again when its file has changed.
func TestACLIIsAskedAgainWhenItsFileHasChanged(t *testing.T) {
	onPath(t, "v3.999.0")
	program, err := exec.LookPath("pulumi")
	require.NoError(t, err)
	times := filepath.Join(t.TempDir(), "times")
	for _, version := range []string{"v3.999.0", "v3.999.10"} {
		script(t, program, "echo asked >> "+times+"\necho "+version+"\n")
		for range 3 {
			command, err := Look(Options{Cache: t.TempDir()})
			require.NoError(t, err)
			assert.Equal(t, version, "v"+command.Version().String())
		}
	}
	assert.Equal(t, 2, lines(t, times))
}

// A CLI on PATH that is too old, of another major version or broken is passed over for the pinned one, which is built
// once.
func TestAnUnfitCLIOnPathIsPassedOver(t *testing.T) {
	for _, version := range []string{"v3.100.0", "v4.0.0", "nonsense"} {
		t.Run(version, func(t *testing.T) {
			onPath(t, version)
			goCommand, runs := fakeGo(t, "v"+Version.String(), "")
			o := Options{Cache: t.TempDir(), Go: goCommand}

			command, err := Look(o)
			require.NoError(t, err)
			require.Nil(t, command, "nothing is built yet")

			for range 2 {
				command, err = Find(t.Context(), o)
				require.NoError(t, err)
				assert.True(t, command.Version().EQ(Version))
			}
			assert.Equal(t, 1, lines(t, runs))
			left, err := filepath.Glob(filepath.Join(o.Cache, "pulumi-build-*"))
			require.NoError(t, err)
			assert.Empty(t, left, "the build folder is removed")
		})
	}
}

// Two processes that need the CLI at once make it once.
func TestTwoBuildsAtOnceMakeOne(t *testing.T) {
	onPath(t, "")
	gate := filepath.Join(t.TempDir(), "gate")
	require.NoError(t, os.MkdirAll(filepath.Dir(gate), 0o755))
	goCommand, runs := fakeGo(t, "v"+Version.String(), "while [ ! -e "+gate+" ]; do :; done")
	o := Options{Cache: t.TempDir(), Go: goCommand}
	var (
		wg   sync.WaitGroup
		errs [3]error
	)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, errs[i] = Find(t.Context(), o)
		}()
	}
	require.Eventually(t, func() bool { _, err := os.Stat(runs); return err == nil }, 10*time.Second, time.Millisecond)
	require.NoError(t, os.WriteFile(gate, nil, 0o644))
	wg.Wait()
	for _, err := range errs {
		assert.NoError(t, err)
	}
	assert.Equal(t, 1, lines(t, runs))
}

// A build that fails says what the compiler said, leaves nothing behind, and the next one starts afresh.
func TestAFailedBuildLeavesNothing(t *testing.T) {
	onPath(t, "")
	o := Options{Cache: t.TempDir()}
	o.Go, _ = fakeGo(
		t,
		"v"+Version.String(),
		"echo 'go: downloading example.com/m v1.0.0'; echo 'cannot reach the module proxy' >&2; exit 1",
	)
	_, err := Find(t.Context(), o)
	require.ErrorContains(t, err, "not on PATH")
	require.ErrorContains(t, err, "cannot reach the module proxy")
	assert.NotContains(t, err.Error(), "example.com/m")

	path, err := Binary(o)
	require.NoError(t, err)
	assert.NoFileExists(t, path)

	o.Go, _ = fakeGo(t, "v"+Version.String(), "")
	_, err = Find(t.Context(), o)
	require.NoError(t, err)
}

// A build whose result does not say the pinned version is not kept: the Automation API would refuse it at every run.
func TestABuildOfAnotherVersionIsNotKept(t *testing.T) {
	onPath(t, "")
	o := Options{Cache: t.TempDir()}
	o.Go, _ = fakeGo(t, "v3.1.0", "")
	_, err := Find(t.Context(), o)
	require.ErrorContains(t, err, "3.1.0")
	path, err := Binary(o)
	require.NoError(t, err)
	assert.NoFileExists(t, path)
}

// Without Pulumi and without Go the error says what to install.
func TestWithoutGoTheErrorSaysWhatToInstall(t *testing.T) {
	onPath(t, "")
	_, err := Find(t.Context(), Options{Cache: t.TempDir(), Go: filepath.Join(t.TempDir(), "go")})
	require.ErrorContains(t, err, "install Pulumi "+Version.String())
}

// A cancelled build ends at once and is no failure of the compiler's.
func TestACancelledBuildEnds(t *testing.T) {
	onPath(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	goCommand, runs := fakeGo(t, "v"+Version.String(), "exec sleep 600")
	done := make(chan error)
	go func() {
		_, err := Find(ctx, Options{Cache: t.TempDir(), Go: goCommand})
		done <- err
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(runs); return err == nil }, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// The progress counts what "go build -v" prints: modules fetched, packages compiled; the rest is kept for the error.
func TestTheBuildLogCounts(t *testing.T) {
	var log buildLog
	for _, part := range []string{"go: downloading a v1\ngo: down", "loading b v2\ncrypto/tls\n# c\nc.go:1:1: undef", "ined: x"} {
		_, err := log.Write([]byte(part))
		require.NoError(t, err)
	}
	assert.Equal(t, "2 modules fetched, 1 packages compiled", log.progress())
	assert.Equal(t, "# c\nc.go:1:1: undefined: x", log.tail())
}
