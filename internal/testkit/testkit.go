// Package testkit is what tests of all rooms share: files that people have read (goldens), copies of shipped files with
// edits, and where both lie. It needs no other room, so that every room can use it. A test stays as it is when its
// package moves.
package testkit

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "aws-access-guardrails/internal/testkit/garbage" // Tests end soon.
)

// Path is a file of the repository, given by its path from the root. It is absolute.
func Path(t testing.TB, elements ...string) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(append([]string{folder}, elements...)...)
		}
		above := filepath.Dir(folder)
		require.NotEqual(t, folder, above, "the test runs outside of the repository")
		folder = above
	}
}

// Walk visits every file of the repository, by its path from the root.
func Walk(t testing.TB, visit func(path string)) {
	t.Helper()
	root := Path(t)
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "bin"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if entry.Name() == ".git" { // The file of a work tree, which says where its repository is.
			return nil
		}
		visit(filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))))
		return nil
	}))
}
