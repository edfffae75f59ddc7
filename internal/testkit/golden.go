package testkit

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const updateGolden = "UPDATE_GOLDEN"

// Updating reports whether this run writes goldens anew instead of comparing with them: UPDATE_GOLDEN is set. CI never
// sets it.
func Updating() bool { return os.Getenv(updateGolden) != "" }

// Golden compares a text with the file that people have read, testdata/<name> beside the test. UPDATE_GOLDEN=1 writes
// the file first.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	GoldenFile(t, filepath.Join("testdata", name), got)
}

// GoldenFile compares a text with a file, given by its path from the folder of the test or by an absolute one, such as a
// page that is written from what the code knows. UPDATE_GOLDEN=1 writes the file first.
func GoldenFile(t testing.TB, path, got string) {
	t.Helper()
	if Updating() {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if have, err := os.ReadFile(path); err != nil || string(have) != got {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "no golden yet; write it with %s=1", updateGolden)
	assert.Empty(t, cmp.Diff(string(want), got), "%s: read the difference; if it is meant, %s=1", path, updateGolden)
}

// GoldenFolder compares files, by name, with those of a folder: a file too many or too few is a difference as well.
// difference words what differs in a file of a name; nil shows the lines. UPDATE_GOLDEN=1 writes the folder anew.
func GoldenFolder(t testing.TB, folder string, files map[string]string, difference func(name, want, got string) string) {
	t.Helper()
	if Updating() {
		require.NoError(t, os.RemoveAll(folder))
		require.NoError(t, os.MkdirAll(folder, 0o755))
		for name, content := range files {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644))
		}
		return
	}
	kept := map[string]string{}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err, "no goldens yet; write them with %s=1", updateGolden)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(t, err)
		kept[entry.Name()] = string(content)
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if _, rendered := files[name]; !rendered {
			t.Errorf("%s/%s is no longer rendered; if that is meant, %s=1", folder, name, updateGolden)
		}
	}
	if difference == nil {
		difference = func(_, want, got string) string { return "(-golden +rendered)\n" + cmp.Diff(want, got) }
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		want, there := kept[name]
		switch {
		case !there:
			t.Errorf("%s/%s is new; if that is meant, %s=1", folder, name, updateGolden)
		case want != files[name]:
			t.Errorf(
				"%s/%s differs:\n%s\nif that is meant, %s=1",
				folder,
				name,
				difference(name, want, files[name]),
				updateGolden,
			)
		}
	}
}

// GoldenPart compares the part of a page between two texts, such as comments that say who writes it, with what the code
// knows. An empty end is the end of the page. UPDATE_GOLDEN=1 writes the part anew and leaves the rest.
func GoldenPart(t testing.TB, page, begin, end, want string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "%s has lost %q", page, begin)
	got, after := rest, ""
	if end != "" {
		got, after, found = strings.Cut(rest, end)
		require.True(t, found, "%s has lost %q", page, end)
	}
	if Updating() && got != want {
		require.NoError(t, os.WriteFile(page, []byte(before+begin+want+end+after), 0o644))
		return
	}
	assert.Empty(t, cmp.Diff(want, got), "%s: read the difference; if it is meant, %s=1", page, updateGolden)
}
