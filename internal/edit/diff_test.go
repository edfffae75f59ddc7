package edit

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
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
