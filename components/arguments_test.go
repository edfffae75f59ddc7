package components_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider"
)

// The providers take every argument of every program: of each stack file that is shipped, of the examples, of the
// full one of the tests, and of the fixtures for what no stack file has.
func TestTheProvidersTakeTheArgumentsOfEveryProgram(t *testing.T) {
	held := 0
	for _, p := range orderedPrograms(t) {
		rec, err := p.run()
		require.NoError(t, err, p.name)
		for _, r := range rec.Resources() {
			if !r.Custom || strings.HasPrefix(r.Type, "pulumi:") {
				continue
			}
			reasons, known := provider.Refused(r.Type, r.Inputs)
			assert.True(t, known, "%s: the schema does not have the type %s", p.name, r.Type)
			assert.Empty(t, reasons, "%s: %s %s", p.name, r.Type, r.Name)
			held++
		}
	}
	assert.Positive(t, held)
	t.Logf("%d resources", held)
}
