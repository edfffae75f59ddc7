package program

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stack"
)

// Every noun of the stack file is made, once.
func TestEveryNounIsMade(t *testing.T) {
	var made []string
	for _, s := range steps {
		made = append(made, s.noun)
	}
	assert.ElementsMatch(t, stack.Nouns(), made, "a noun of internal/stack/nouns.go needs a step of create.go")
}
