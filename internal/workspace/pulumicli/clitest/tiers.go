package clitest

import "os"

// Nightly reports whether the tests run in the nightly tier: GUARDRAILS_NIGHTLY is set, as "make nightly" does. What
// takes minutes runs whole there, and in every other run as a sample of the same.
func Nightly() bool { return os.Getenv("GUARDRAILS_NIGHTLY") != "" }

// Sample gives the first n of the cases of a test, and all of them in the nightly tier. Whoever writes the cases puts
// those first that hold most.
func Sample[T any](n int, all ...T) []T {
	if Nightly() {
		return all
	}
	return all[:min(n, len(all))]
}
