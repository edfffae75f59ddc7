package tests

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

// updateGolden rewrites the golden files instead of comparing with them. CI never sets it.
const updateGolden = "UPDATE_GOLDEN"

// golden compares files, by name, with those of testdata/golden/<dir>: a file too many or too few is a difference as
// well.
func golden(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	root := filepath.Join("testdata", "golden", filepath.FromSlash(dir))
	if os.Getenv(updateGolden) == "1" {
		require.NoError(t, os.RemoveAll(root))
		require.NoError(t, os.MkdirAll(root, 0o755))
		for name, content := range files {
			require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o644))
		}
		return
	}
	kept := map[string]string{}
	entries, err := os.ReadDir(root)
	require.NoError(t, err, "no goldens yet; write them with %s=1", updateGolden)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(root, entry.Name()))
		require.NoError(t, err)
		kept[entry.Name()] = string(content)
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if _, rendered := files[name]; !rendered {
			t.Errorf("%s/%s is no longer rendered; if that is meant, %s=1", dir, name, updateGolden)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		want, there := kept[name]
		if !there {
			t.Errorf("%s/%s is new; if that is meant, %s=1", dir, name, updateGolden)
			continue
		}
		if want == files[name] {
			continue
		}
		if name == resourcesFile {
			t.Errorf(
				"%s/%s differs:\n%s\nif that is meant, review it like a migration, then %s=1",
				dir,
				name,
				resourceChanges(want, files[name]),
				updateGolden,
			)
			continue
		}
		t.Errorf(
			"%s/%s differs (-golden +rendered):\n%s\nif that is meant, %s=1",
			dir,
			name,
			cmp.Diff(want, files[name]),
			updateGolden,
		)
	}
}

const resourcesFile = "resources.txt"

// resourceChanges says what a difference of two resource lists does to a live account. A line begins with type and
// name.
func resourceChanges(want, got string) string {
	index := func(list string) map[string]string {
		lines := map[string]string{}
		for line := range strings.Lines(list) {
			fields := strings.Fields(line)
			if len(fields) >= 2 {
				lines[fields[0]+" "+fields[1]] = strings.TrimSpace(line)
			}
		}
		return lines
	}
	before, after := index(want), index(got)
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, there := after[key]; !there {
			changes = append(changes, "REMOVED "+key+": deletes it from live accounts")
		} else if after[key] != before[key] {
			changes = append(changes, "CHANGED "+before[key]+" => "+after[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, there := before[key]; !there {
			changes = append(
				changes,
				"ADDED   "+key+": creates it; with a REMOVED of the same type it is a rename, which wants an alias",
			)
		}
	}
	return strings.Join(changes, "\n")
}

// The list of differences says which resources a rename would delete.
func TestResourceChangesNameWhatIsDeleted(t *testing.T) {
	changes := resourceChanges(
		"aws:iam/role:Role a-role a\naws:iam/user:User u a\n",
		"aws:iam/role:Role b-role a\naws:iam/user:User u b\n",
	)
	assert.Equal(t, strings.Join([]string{
		"REMOVED aws:iam/role:Role a-role: deletes it from live accounts",
		"CHANGED aws:iam/user:User u a => aws:iam/user:User u b",
		"ADDED   aws:iam/role:Role b-role: creates it; with a REMOVED of the same type it is a rename, which wants " +
			"an alias",
	}, "\n"), changes)
}
