package worktree

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(
		"git",
		append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

// A file that differs, is staged, is gone, or is named and not tracked is uncommitted; one outside the folder, or
// untracked and not named, is not.
func TestUncommittedIsWhatNoCommitHolds(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is missing")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir := filepath.Join(root, "stacks é")
	names := []string{"same.yaml", "changed.yaml", "staged.yaml", "gone.yaml"}
	for _, name := range names {
		write(t, dir, name, "a\n")
	}
	outside := write(t, root, "outside.txt", "a\n")
	run(t, root, "init", "-q")
	run(t, root, "add", ".")
	run(t, root, "commit", "-q", "-m", "one")
	same := filepath.Join(dir, "same.yaml")

	got, err := Uncommitted(t.Context(), dir, same)
	require.NoError(t, err)
	assert.Empty(t, got)

	write(t, dir, "changed.yaml", "b\n")
	write(t, dir, "staged.yaml", "b\n")
	run(t, dir, "add", "staged.yaml")
	require.NoError(t, os.Remove(filepath.Join(dir, "gone.yaml")))
	require.NoError(t, os.WriteFile(outside, []byte("b\n"), 0o644))
	write(t, dir, "report.json", "{}")
	write(t, dir, ".gitignore", "*.local.yaml\n")
	ignored, untracked := write(t, dir, "Pulumi.local.yaml", "x"), write(t, dir, "Pulumi.new.yaml", "x")
	got, err = Uncommitted(t.Context(), dir, same, ignored, untracked)
	require.NoError(t, err)
	assert.Equal(
		t,
		[]string{
			ignored,
			untracked,
			filepath.Join(dir, "changed.yaml"),
			filepath.Join(dir, "gone.yaml"),
			filepath.Join(dir, "staged.yaml"),
		},
		got,
	)
}

// Where there is no repository nobody can tell, and that is said.
func TestWithoutARepositoryNobodyCanTell(t *testing.T) {
	_, err := Uncommitted(t.Context(), t.TempDir())
	assert.ErrorIs(t, err, ErrNoRepository)
}
