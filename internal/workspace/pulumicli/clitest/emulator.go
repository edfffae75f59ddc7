package clitest

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aws-access-guardrails/internal/testkit/tier"
)

// Emulator starts an object store on this machine, of a kind below tools/emulators, and gives the address at which it
// answers. It ends with the test. It is built on first use where the CLI would be built too, and the test is skipped
// where it is not there.
func Emulator(t testing.TB, root, kind string) (address string) {
	t.Helper()
	binary := emulator(t, filepath.Join(root, "tools", "emulators"), kind)
	cmd := exec.Command(binary)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe() // Closed with this process at the latest, which ends the store.
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if startErr := cmd.Start(); startErr != nil {
		t.Fatal(startErr)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// emulator is the program of a store, kept in the cache under the sum of what it is built from.
func emulator(t testing.TB, module, kind string) string {
	t.Helper()
	sum := sha256.New()
	for _, name := range []string{"go.sum", "serve.go", filepath.Join(kind, "main.go")} {
		data, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(cache, "guardrails", "emulators", kind+"-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	if !tier.Builds() {
		t.Skipf("the store %q is not built; run with GUARDRAILS_E2E=1 to build it, once", kind)
	}
	built := filepath.Join(t.TempDir(), kind)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", built, "./"+kind)
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the store %q: %v\n%s", kind, err, out)
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(built, binary); err == nil {
		return binary
	}
	t.Cleanup(func() { _ = os.Remove(built) }) // The cache is on another disk than temporary files.
	return built
}
