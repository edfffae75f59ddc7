package tests

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shown is a command in a page with what it prints.
var shown = regexp.MustCompile("(?s)```\n\\$ guardrails ([^\n]+)\n(.*?)\n```")

// What a page shows is what the command prints.
func TestPagesShowWhatCommandsPrint(t *testing.T) {
	page, err := os.ReadFile("../docs/expectations.md")
	require.NoError(t, err)
	commands := shown.FindAllStringSubmatch(string(page), -1)
	require.Len(t, commands, 2)
	for _, c := range commands {
		args := append([]string{"run", "./cmd/guardrails"}, strings.Fields(c[1])...)
		cmd := exec.Command("go", args...)
		cmd.Dir = ".."
		out, err := cmd.Output()
		require.NoError(t, err, c[1])
		assert.Equal(t, c[2], strings.TrimRight(string(out), "\n"), c[1])
	}
}
