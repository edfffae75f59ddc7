package clitest

import (
	"testing"

	"aws-access-guardrails/internal/testkit/tier"
)

// Tests that need the CLI find the tiers beside it.

// Nightly is [tier.Nightly].
func Nightly() bool { return tier.Nightly() }

// Landing is [tier.Landing].
func Landing() bool { return tier.Landing() }

// Long is [tier.Long].
func Long(t testing.TB) {
	t.Helper()
	tier.Long(t)
}

// Sample is [tier.Sample].
func Sample[T any](n int, all ...T) []T { return tier.Sample(n, all...) }
