package stackfile

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/strictyaml"
)

// The page about the stack file is what the decoder does.
func TestTheReferenceIsUpToDate(t *testing.T) {
	const page = "../../docs/stack-file.md"
	got := Reference()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(page, []byte(got), 0o644))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), got), "UPDATE_GOLDEN=1 writes the page")
}

// The schema that editors read is what the decoder reads by.
func TestTheCheckedInSchemaIsUpToDate(t *testing.T) {
	const page = "../../docs/stack-file.schema.json"
	got, err := SchemaText()
	require.NoError(t, err)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(page, got, 0o644))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), string(got)), "UPDATE_GOLDEN=1 writes the schema")
}

// The examples on the page can be copied: YAML reads them as what they are.
func TestExamplesOnThePageAreYAML(t *testing.T) {
	for _, k := range Keys() {
		if k.Refused {
			continue
		}
		var read, want any
		require.NoError(t, yaml.Unmarshal([]byte(strictyaml.Inline(k.Example)), &read), k.Path)
		text, err := yaml.Marshal(k.Example)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, &want))
		assert.Equal(t, want, read, k.Path)
	}
}
