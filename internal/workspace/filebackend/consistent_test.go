package filebackend

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A state whose resources do not hold together is told by what does not, whatever it is; one that an engine writes
// holds together, also with a resource that was replaced and is deleted yet.
func TestAStateThatDoesNotHoldTogetherIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dev.json")
	for _, c := range []struct{ resources, says string }{
		{`{"urn": "a"}, {"urn": "b", "parent": "a", "dependencies": ["a"], "propertyDependencies": {"x": ["a"]}}`, ""},
		{`{"urn": "a"}, {"urn": "a", "delete": true}`, ""},
		{``, ""},
		{`{"urn": "a"}, {"urn": "a"}`, "it has a twice"},
		{`{"urn": "a"}, {}`, "its resource 2 has no name"},
		{`{"urn": "b", "parent": "a"}, {"urn": "a"}`, "b needs a, which does not stand before it"},
		{`{"urn": "b", "parent": "a"}`, "b needs a"},
		{`{"urn": "b", "dependencies": ["a"]}`, "b needs a"},
		{`{"urn": "b", "propertyDependencies": {"x": [], "y": ["a"]}}`, "b needs a"},
		{`{"urn": "b", "deletedWith": "a"}`, "b needs a"},
	} {
		state := `{"version": 3, "checkpoint": {"latest": {"resources": [` + c.resources + `]}}}`
		require.NoError(t, os.WriteFile(file, []byte(state), 0o600))
		_, err := ReadState(file)
		require.NoError(t, err)
		err = Sound(file)
		if c.says == "" {
			assert.NoError(t, err, c.resources)
			continue
		}
		assert.ErrorContains(t, err, c.says, c.resources)
		faults := Place{}.stateFaults(file)
		if assert.Len(t, faults, 1, c.resources) {
			assert.True(t, faults[0].Inconsistent)
			assert.Empty(t, faults[0].Cure, "an older state would lose what AWS has")
		}
	}
	for _, state := range []string{
		`[]`, `{"version": "x"}`, `{"version": 3, "checkpoint": []}`,
		`{"version": 3, "checkpoint": {"latest": {"resources": "x"}}}`,
	} {
		require.NoError(t, os.WriteFile(file, []byte(state), 0o600))
		_, err := ReadState(file)
		assert.EqualError(t, err, "this is not the engine's state of a stack", state)
	}
}
