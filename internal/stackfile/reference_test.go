package stackfile

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/testkit"
)

// The page about the stack file is what the decoder does.
func TestTheReferenceIsUpToDate(t *testing.T) {
	testkit.GoldenFile(t, "../../docs/stack-file.md", Reference())
}

// The schema that editors read is what the decoder reads by.
func TestTheCheckedInSchemaIsUpToDate(t *testing.T) {
	got, err := SchemaText()
	require.NoError(t, err)
	testkit.GoldenFile(t, "../../docs/stack-file.schema.json", string(got))
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
