package testkit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Replace gives a text with other texts in the place of some that it has once each: old, new, old, new. One that is
// not there, or there twice, is a mistake of the test: what it says about the edit would be true of nothing.
func Replace(t testing.TB, text string, oldNew ...string) string {
	t.Helper()
	require.Zero(t, len(oldNew)%2, "test bug: an old text has no new one")
	for i := 0; i < len(oldNew); i += 2 {
		require.Equal(t, 1, strings.Count(text, oldNew[i]), "test bug: how often %q stands there", oldNew[i])
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

// EditFile replaces texts of a file, as Replace does.
func EditFile(t testing.TB, file string, oldNew ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(Replace(t, string(text), oldNew...)), 0o600), file)
}

// Edit is the name of a file of a folder, a text that it has once, and what that becomes.
type Edit [3]string

// EditFiles edits files of a folder, one edit after the other.
func EditFiles(t testing.TB, folder string, edits ...Edit) {
	t.Helper()
	for _, e := range edits {
		EditFile(t, filepath.Join(folder, e[0]), e[1], e[2])
	}
}

// Copy is a copy of a folder of the repository, given by its path from the root, in a folder of its own, with edits.
func Copy(t testing.TB, folder string, edits ...Edit) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(Path(t, folder))))
	EditFiles(t, dir, edits...)
	return dir
}

// CopyFiles is a copy of some files of a folder of the repository in a folder of its own, with edits: the root is a
// project too, but not every folder in it belongs to that.
func CopyFiles(t testing.TB, folder string, names []string, edits ...Edit) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		text, err := os.ReadFile(Path(t, folder, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	EditFiles(t, dir, edits...)
	return dir
}
