package edit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
)

// numbered is a grant with a ticket of its own; many of them fit into one file.
func numbered(i int) Grant {
	g := oneGrant
	g.Ticket = fmt.Sprintf("CHG%d", 100+i)
	return g
}

// writers is how many write at once. GUARDRAILS_WRITERS asks for more.
func writers(t *testing.T) int { return tier.Number(t, "GUARDRAILS_WRITERS", 24) }

// What is said to be written is in the file, however many write at once, and every byte that is not theirs stays.
// Half of the grants are taken back by others in the meantime.
func TestWhatIsSaidToBeWrittenIsThere(t *testing.T) {
	before := head + "  guardrails:grants:\n" + other + "    # nobody's\n\n" + tail
	path := folder(t, before)
	var all sync.WaitGroup
	for i := range writers(t) {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := Apply(t.Context(), path, func() (*Change, error) { return AddGrant(path, numbered(i)) })
			if !assert.NoError(t, err) || i%2 == 1 {
				return
			}
			_, err = Apply(
				t.Context(),
				path,
				func() (*Change, error) { return Revoke(path, numbered(i).Ticket, "", begin.Add(-time.Hour)) },
			)
			assert.NoError(t, err)
		}()
	}
	all.Wait()
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	stack, problems := stack.ReadAs(path, after)
	require.Empty(t, problems)
	assert.Len(t, stack.Grants, 1+writers(t)/2)
	left := string(after)
	for i := range writers(t) {
		entry := strings.Replace(block, "ticket: CHG1\n", "ticket: "+numbered(i).Ticket+"\n", 1)
		assert.Equal(t, i%2, strings.Count(left, entry), numbered(i).Ticket)
		left = strings.Replace(left, entry, "", 1)
	}
	assert.Equal(t, before, left)
}

// writeEnv tells this test binary that it is one of several processes that write.
const writeEnv = "GUARDRAILS_TEST_WRITER"

// Processes wait for each other as well, and one that is killed at any moment leaves the file whole and nobody waiting.
func TestProcessesThatWriteWaitForEachOther(t *testing.T) {
	if at := os.Getenv(writeEnv); at != "" {
		path, number, _ := strings.Cut(at, "|")
		i, err := strconv.Atoi(number)
		require.NoError(t, err)
		_, err = Apply(t.Context(), path, func() (*Change, error) { return AddGrant(path, numbered(i)) })
		require.NoError(t, err)
		fmt.Println("written")
		return
	}
	path := folder(t, head)
	const processes = 8
	var all sync.WaitGroup
	said := make([]bool, processes)
	for i := range processes {
		all.Add(1)
		go func() {
			defer all.Done()
			cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d", writeEnv, path, i))
			var out strings.Builder
			cmd.Stdout = &out
			if !assert.NoError(t, cmd.Start()) {
				return
			}
			if i%4 == 3 { // Wherever it is by then.
				time.AfterFunc(time.Duration(i)*7*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
			err := cmd.Wait()
			said[i] = strings.Contains(out.String(), "written")
			assert.True(t, err == nil || i%4 == 3, "%v: %s", err, out.String())
		}()
	}
	all.Wait()
	stack, problems := stack.ReadFile(path)
	require.Empty(t, problems)
	there := map[string]bool{}
	for _, g := range stack.Grants {
		there[g.Ticket] = true
	}
	for i, written := range said {
		assert.True(t, there[numbered(i).Ticket] || !written, numbered(i).Ticket)
	}
	// The next writer clears up after the killed ones.
	_, err := Apply(t.Context(), path, func() (*Change, error) { return AddGrant(path, numbered(processes)) })
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}

// Whoever waits for the file stops waiting when the command is interrupted, and does not keep the lock that comes
// later.
func TestWaitingForTheFileEndsWithTheCommand(t *testing.T) {
	path := folder(t, head)
	_, err := Apply(t.Context(), path, func() (*Change, error) {
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Apply(interrupted, path, func() (*Change, error) { return AddGrant(path, oneGrant) })
		require.ErrorIs(t, err, context.Canceled)
		return AddGrant(path, oneGrant)
	})
	require.NoError(t, err)
	_, err = Apply(t.Context(), path, func() (*Change, error) { return AddGrant(path, numbered(1)) })
	require.NoError(t, err)
}

// A file or a folder that is read-only is a sentence that names the file and the way out, and nothing is left beside
// it.
func TestAReadOnlyPlaceIsSaid(t *testing.T) {
	for _, read := range []string{"the folder", "the file"} {
		t.Run(read, func(t *testing.T) {
			path := folder(t, head)
			as := nobody(t, path)
			require.NoError(t, os.Chmod(filepath.Dir(path), 0o755))
			require.NoError(t, os.Chmod(path, 0o666))
			if read == "the file" {
				require.NoError(t, os.Chmod(filepath.Dir(path), 0o777))
				require.NoError(t, os.Chmod(path, 0o444))
			}
			var err error
			as(func() {
				var change *Change
				if change, err = AddGrant(path, oneGrant); err == nil {
					var unlock func()
					if unlock, err = lockNow(path); err == nil {
						defer unlock()
						err = change.replace()
					}
				}
			})
			var readOnly *NotWritableError
			require.ErrorAs(t, err, &readOnly)
			assert.Equal(
				t,
				path+": cannot be written: permission denied; nothing was changed; make the file and its folder "+
					"writable, or add --dry-run to see the change",
				err.Error(),
			)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, head, string(left))
			entries, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			assert.Len(t, entries, 3)
		})
	}
}

// ranAlone runs the test once more in a process of its own, and reports whether this process has nothing left to do.
// What a test does to its process would hit the log of the test runner too.
func ranAlone(t *testing.T) bool {
	t.Helper()
	const alone = "GUARDRAILS_TEST_ALONE"
	if os.Getenv(alone) != "" {
		return false
	}
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), alone+"=1")
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return true
}

// A disk that is full leaves the file as it was, and it is the file that is named.
func TestAFullDiskLeavesTheFile(t *testing.T) {
	if ranAlone(t) {
		return
	}
	path := folder(t, head)
	change, err := AddGrant(path, oneGrant)
	require.NoError(t, err)
	limited(t, func() { err = change.replace() })
	require.ErrorContains(t, err, path+": is as it was, because ")
	assert.NotContains(t, err.Error(), nextName(path), "the file that was to take its place says nothing to anybody")
	assert.False(t, errors.Is(err, ErrChanged))
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, head, string(left))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}
