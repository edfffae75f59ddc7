package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/internal/testkit"
)

// Where two entries of a list end alike, one that goes is told from its dash to its last line, whatever else changes in
// the file.
func TestAnEntryThatGoesIsToldWhole(t *testing.T) {
	before := `  grants:
    - person: jump/alice
      runAs: alice
      ticket: CHG1
    - person: jump/alice
      runAs: alice
      ticket: CHG2
    - person: jump/alice
      runAs: alice
      ticket: CHG3
  users:
    - alice
    - bob
`
	after := `  grants:
    - person: jump/alice
      runAs: alice
      ticket: CHG1
    - person: jump/alice
      runAs: alice
      ticket: CHG3
  users:
    - alice
`
	change := &Change{Before: []byte(before), After: []byte(after)}
	assert.Equal(t, `-     - person: jump/alice
-       runAs: alice
-       ticket: CHG2
  ...
-     - bob
`, change.Diff())
}

// An expectation that goes is told by its first line, and everything else as it is.
func TestAnExpectationThatGoesIsItsFirstLine(t *testing.T) {
	before := `  expect:
    - it: alice opens a shell
      as: alice

      opens: shell
    - it: bob does
      as: bob
  users:
    - alice
    - bob
`
	after := `  expect:
    - it: bob does
      as: bob
  users:
    - it: bob
`
	change := &Change{Before: []byte(before), After: []byte(after)}
	assert.Equal(t, `-     - it: alice opens a shell
  ...
-     - alice
-     - bob
+     - it: bob
`, change.Brief())
	assert.Contains(t, change.Diff(), "-       as: alice")
}

// However blocks are moved, the lines that stay and go are the text before, and those that stay and come the text after.
func TestADifferenceTurnsOneTextIntoTheOther(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "- a", "- b", "  c", "  d", "    e"})
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(line, 0, 12).Draw(t, "before")
		after := rapid.SliceOfN(line, 0, 12).Draw(t, "after")
		ops := opsOf(before, after)
		changed := func(of []op) int {
			return len(slices.DeleteFunc(slices.Clone(of), func(o op) bool { return o.sign == ' ' }))
		}
		least := changed(ops)
		ops = settled(ops)
		side := func(sign byte) string {
			var lines []string
			for _, o := range ops {
				if o.sign == ' ' || o.sign == sign {
					lines = append(lines, o.line)
				}
			}
			return strings.Join(lines, "\n")
		}
		assert.Equal(t, strings.Join(before, "\n"), side('-'))
		assert.Equal(t, strings.Join(after, "\n"), side('+'))
		assert.Equal(t, least, changed(ops))
	})
}

// Whichever entries of the lists of a stack file go at once, neighbours too, what is told are their lines and no
// others, each entry from its first line to its last.
func TestNeighboursThatGoAreToldWhole(t *testing.T) {
	f, err := Open(testkit.Path(t, "examples", "organization", "Pulumi.workload.yaml"))
	require.NoError(t, err)
	lists := map[string]int{"operationRoles": 5, "grants": 2, "expect": 34}
	diffs := map[string]string{}
	alone := func(t require.TestingT, r Removal) string {
		keys := fmt.Sprint(r.Keys...)
		if _, known := diffs[keys]; !known {
			one, err := f.Change([]Removal{r}, nil)
			require.NoError(t, err)
			diffs[keys] = one.Diff()
		}
		return diffs[keys]
	}
	rapid.Check(t, func(t *rapid.T) {
		var removals []Removal
		for _, list := range slices.Sorted(maps.Keys(lists)) {
			// The last one stays: a list that is left empty is written otherwise.
			for i := range lists[list] - 1 {
				if rapid.Bool().Draw(t, list) {
					removals = append(removals, Removal{Keys: []any{list, i}})
				}
			}
		}
		all, err := f.Change(removals, nil)
		require.NoError(t, err)
		told := strings.ReplaceAll(all.Diff(), "  ...\n", "")
		for _, r := range removals {
			lines := alone(t, r)
			require.Contains(t, told, lines, "%s", r)
			told = strings.Replace(told, lines, "", 1)
		}
		require.Empty(t, told)
	})
}
