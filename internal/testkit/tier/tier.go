// Package tier says how much of themselves the tests of this run make: of what takes minutes a sample in every run,
// more before a landing, all of it at night.
package tier

import (
	"os"
	"testing"
)

// Nightly reports whether the tests run in the nightly tier: GUARDRAILS_NIGHTLY is set, as "make nightly" does. What
// takes minutes runs whole there, and in every other run as a sample of the same.
func Nightly() bool { return os.Getenv("GUARDRAILS_NIGHTLY") != "" }

// Landing reports whether the tests decide what lands: CI is "true", as .ci/run sets it, or they run at night.
func Landing() bool { return Nightly() || os.Getenv("CI") == "true" }

// Long skips a test in runs that decide nothing, so that "go test ./..." ends in minutes. Only what another test of
// every run holds a part of is long.
func Long(t testing.TB) {
	t.Helper()
	if !Landing() {
		t.Skip("takes long: run with CI=true, as .ci/run does, or with GUARDRAILS_NIGHTLY=1")
	}
}

// Sample gives the first of the cases of a test, the first n where the tests decide what lands, and all of them in the
// nightly tier. Whoever writes the cases puts those first that hold most.
func Sample[T any](n int, all ...T) []T {
	switch {
	case Nightly():
		return all
	case Landing():
		return all[:min(n, len(all))]
	}
	return all[:min(1, n, len(all))]
}

// Times is how often something with chance in it is drawn: fewer in a run that decides nothing.
func Times(always, landing int) int {
	if Landing() {
		return landing
	}
	return always
}
