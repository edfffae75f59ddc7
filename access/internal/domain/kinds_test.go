package domain

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/access/internal/engine"
)

// Every kind of comparison has a row, which says why its representatives are all.
func TestEveryComparisonHasItsRow(t *testing.T) {
	for base, meaning := range engine.OperatorMeanings {
		rows := 0
		for _, row := range valueKinds {
			assert.NotEmpty(t, row.complete, row.name)
			if slices.Contains(row.comparisons, meaning.Compare) {
				rows++
			}
		}
		if meaning.Compare == engine.ComparePresence {
			assert.Zero(t, rows, base)
			continue
		}
		assert.Equal(t, 1, rows, base)
	}
}
