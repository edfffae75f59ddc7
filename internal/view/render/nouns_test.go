package render

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stack"
)

// Of every noun of the stack file it is said where a rendering shows it, in the order of the registry.
func TestEveryNounIsRendered(t *testing.T) {
	var rows []string
	for _, n := range nouns {
		rows = append(rows, n.key)
	}
	assert.Equal(t, stack.Nouns(), rows, "a noun of internal/stack/nouns.go needs a row of nouns.go")
}
