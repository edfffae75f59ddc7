package clitest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/pulumicli"
)

// lessWork has what tests start collect less garbage: it lives for a second and holds little.
var lessWork = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		_ = os.Setenv("GOGC", "800")
	}
})

// Need makes sure of a CLI: with CI=true or GUARDRAILS_E2E=1 it is built when it is not there, which takes minutes;
// otherwise the test is skipped, so that a plain "go test ./..." stays fast. The folder of the CLI that a build made
// is returned, to be put on PATH for commands that run with another cache; it is empty when the CLI came from PATH.
func Need(t testing.TB) (dir string) {
	t.Helper()
	lessWork()
	o := pulumicli.Options{Progress: func(line string) { t.Log(line) }}
	command, err := pulumicli.Look(o)
	if err == nil && command == nil {
		if !tier.Builds() {
			t.Skipf(
				"no Pulumi CLI %s or newer on PATH or in the cache; run with GUARDRAILS_E2E=1 to build it (some minutes, once)",
				pulumicli.Version,
			)
		}
		_, err = pulumicli.Find(t.Context(), o)
	}
	if err != nil {
		t.Fatal(err)
	}
	built, err := pulumicli.Binary(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(built); err != nil {
		return ""
	}
	return filepath.Dir(built)
}
