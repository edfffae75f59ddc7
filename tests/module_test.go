package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The Go program of the README, with the go.mod and the replace line that it shows, compiles beside a clone and
// prints what the README says.
func TestTheProgramOfTheReadmeRunsBesideAClone(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "## In a Go program\n")
	require.True(t, found)
	blocks := regexp.MustCompile("(?s)```(?:go)?\n(.*?)```").FindAllStringSubmatch(section, 2)
	require.Len(t, blocks, 2)
	clone, err := filepath.Abs("..")
	require.NoError(t, err)
	folder := t.TempDir()
	const line = "replace aws-access-guardrails => ../aws-access-guardrails\n"
	require.Contains(t, blocks[0][1], line)
	module := strings.Replace(blocks[0][1], line, "replace aws-access-guardrails => "+clone+"\n", 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte(module), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(blocks[1][1]), 0o644))
	var out string
	for _, args := range [][]string{{"mod", "tidy"}, {"run", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off")
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %s: %s", strings.Join(args, " "), output)
		out = string(output)
	}
	assert.Equal(t, "alice/2026.csv allowed\nbob/2026.csv implicitly denied\n", out)
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		assert.Contains(t, section, "`"+line+"`")
	}
}
