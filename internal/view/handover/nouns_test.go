package handover

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stack"
)

// Of every noun of the stack file it is said what its people have of it, in the order of the registry.
func TestEveryNounIsHandedOver(t *testing.T) {
	var rows []string
	for _, n := range nouns {
		rows = append(rows, n.key)
	}
	assert.Equal(t, stack.Nouns(), rows, "a noun of internal/stack/nouns.go needs a row of nouns.go")
}
