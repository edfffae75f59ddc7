package main

import (
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/cmd/guardrails/usage"
)

// What --help says of every verb fits the terminal and says every word that it says elsewhere. Its examples are the
// same command lines to a shell.
func TestTheHelpOfEveryVerbFitsTheTerminal(t *testing.T) {
	verbs := everyVerb()
	verbs[""] = newRoot(&flags{})
	inOneLine := func(text string) string { return strings.ReplaceAll(text, " \\\n      ", " ") }
	for name, verb := range verbs {
		whole := usage.Help(verb, 0)
		for _, width := range []int{60, 80, 132} {
			help := usage.Help(verb, width)
			assert.Equal(t, strings.Fields(inOneLine(whole)), strings.Fields(inOneLine(help)), "%s at %d", name, width)
			for line := range strings.Lines(help) {
				line = strings.TrimRight(line, "\n")
				quoted := strings.Count(line, `"`) == 2 && strings.HasSuffix(line, `" \`)
				if strings.HasPrefix(line, "  #") || quoted {
					continue // Copied as it is.
				}
				assert.LessOrEqual(t, displaywidth.String(line), width, "%s: %s", name, line)
			}
			for example := range strings.SplitSeq(inOneLine(verb.Example), "\n") {
				if !strings.Contains(strings.TrimSpace(example), "  ") {
					assert.Contains(t, inOneLine(help), example, "%s at %d", name, width)
				}
			}
		}
	}
}

// On no terminal the help stays as it is written.
func TestTheHelpIsLeftAsItIsInPipes(t *testing.T) {
	verb := &cobra.Command{Use: "x", Long: strings.Repeat("long ", 60), Run: func(*cobra.Command, []string) {}}
	assert.Contains(t, usage.Help(verb, 0), verb.Long)
}
