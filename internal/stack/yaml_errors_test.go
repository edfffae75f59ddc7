package stack

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stackfile"
)

// What is no YAML is said in the words of somebody who edits a file, with what to write, and a tab with its place.
func TestYAMLMistakesAreExplained(t *testing.T) {
	for text, says := range map[string]string{
		"config:\n\taws:region: x\n": "2:1 the file is no YAML: a tab at 2:1; YAML is " +
			"indented with spaces",
		"config:\n  aws:region: x\n\tguardrails:protect: true\n": "a tab at 3:1; YAML is indented with spaces",
		"config:\n  a:\n  \t- x\n":                               "a tab at 3:3; YAML is indented with spaces",
		"config:\n  a: b: c\n":                                   "put the value in quotes",
		"config:\n  a: [b\n":                                     "close it with ]",
		"config:\n  a: {b: c\n":                                  "close them with }",
		"config:\n  a: \"b\n":                                    "close the quotes",
		"config:\n  a: 1\n   b: 2\n":                             "",
		"config:\n  a: *b\n":                                     "an alias (*name) has no anchor",
		"config:\n  a: @b\n":                                     "put a text that begins with @",
		"config:\n  a: \"\\q\"\n":                                "write the text in single quotes",
		"config:\n  a: \xff\n":                                   "save it as UTF-8",
		"config:\n  a: \x01\n":                                   "control character",
	} {
		_, problems := Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
		p := one(t, problems)
		assert.Contains(t, problems.Error(), says, "%q", text)
		assert.NotEmpty(t, p.Fix, "%q: %s", text, p.Error())
		for _, word := range []string{"token", "yaml: line", "indicator", "scalar", "mapping values", "stream"} {
			assert.NotContains(t, strings.ToLower(p.Error()), word, "%q", text)
		}
	}
}
