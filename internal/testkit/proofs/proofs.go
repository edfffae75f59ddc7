// Package proofs has the tests of a package share what was proven: many of them read the same stacks, each with an edit
// of its own.
package proofs

import (
	"os"
	"testing"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/internal/judge"
	_ "aws-access-guardrails/internal/testkit/garbage" // Tests end soon.
	"aws-access-guardrails/internal/verdicts"
)

// Shared runs the tests of a package with one memory of proofs, as a command has it for the two sides of a comparison,
// and ends the process. That what is kept is what would be found is held by TestKeptVerdictsAreThoseThatWouldBeFound.
func Shared(m *testing.M) {
	judge.Use(claims.With{Memory: verdicts.InMemory()})
	os.Exit(m.Run())
}
