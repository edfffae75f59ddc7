package program

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/config"
)

// Every noun of the stack file is made, once.
func TestEveryNounIsMade(t *testing.T) {
	var made []string
	for _, s := range steps {
		made = append(made, s.noun)
	}
	assert.ElementsMatch(t, config.Nouns(), made, "a noun of internal/config/nouns.go needs a step of create.go")
}
