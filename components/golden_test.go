package components_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/testkit"
)

// golden compares files, by name, with those of testdata/<dir>. Of a list of resources it says what a difference
// does to a live account.
func golden(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	testkit.GoldenFolder(t, filepath.Join("testdata", filepath.FromSlash(dir)), files,
		func(name, want, got string) string {
			if name == resourcesFile {
				return resourceChanges(want, got) + "\nreview it like a migration"
			}
			return cmp.Diff(want, got)
		})
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
