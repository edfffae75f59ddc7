// Package tier says how much of themselves the tests of this run make: of what takes minutes a sample in every run,
// more before a landing, all of it at night. It is the only place that reads the environment variables which ask a
// test for more.
package tier

import (
	"os"
	"strconv"
	"testing"

	_ "aws-access-guardrails/internal/testkit/garbage" // Tests end soon.
)

// Nightly reports whether the tests run in the nightly tier: GUARDRAILS_NIGHTLY is set, as "make nightly" does. What
// takes minutes runs whole there, and in every other run as a sample of the same.
func Nightly() bool { return Asked("GUARDRAILS_NIGHTLY") }

// Landing reports whether the tests decide what lands: CI is "true", as .ci/run sets it, or they run at night.
func Landing() bool { return Nightly() || os.Getenv("CI") == "true" }

// Builds reports whether tests build what they need and do not find, such as the Pulumi CLI: GUARDRAILS_E2E is set, as
// "make e2e" does, or the tests decide what lands. Otherwise such tests are skipped.
func Builds() bool { return Landing() || Asked("GUARDRAILS_E2E") }

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
func Times(always, landing int) int { return Pick(always, landing, landing) }

// Pick is the value for the tier of this run: every run, before a landing, at night.
func Pick[T any](always, landing, nightly T) T {
	switch {
	case Nightly():
		return nightly
	case Landing():
		return landing
	}
	return always
}

// Asked reports whether somebody asks a test for more than an ordinary run makes: the environment variable is set.
func Asked(variable string) bool { return os.Getenv(variable) != "" }

// Number is the whole number in an environment variable with which somebody asks a test for more, or for less;
// otherwise where it is unset or empty. Anything else fails the test.
func Number(t testing.TB, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s is a number, not %q", variable, text)
	}
	return n
}
