package judge

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// A newcomer reads nothing of a grant that is over, for years: check says of every shipped folder at the end of 2029
// what it said in November 2026, and no grant of a shipped stack file ends before.
func TestShippedFoldersAreCheckedAlikeForYears(t *testing.T) {
	written, years := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), time.Date(2029, 12, 31, 0, 0, 0, 0, time.UTC)
	grants := 0
	for _, folder := range shippedFolders(t) {
		files, err := filepath.Glob(filepath.Join(folder, "Pulumi.*.yaml"))
		require.NoError(t, err)
		var stacks []*stack.Stack
		for _, file := range files {
			s, problems := stack.ReadFile(file)
			require.NoError(t, problems.Err())
			stacks = append(stacks, s)
			for _, g := range s.Grants {
				grants++
				assert.True(t, g.Until.After(years), "%s: the grant %s ends at %s", file, g.Ticket, g.Until)
			}
		}
		then, now := StacksFrom(written, stacks...), StacksFrom(years, stacks...)
		for i := range stacks {
			assert.Equal(t, textOf(t, then[i], true, Whole), textOf(t, now[i], true, Whole), files[i])
		}
	}
	assert.NotZero(t, grants)
}
