package sessiondoc_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/world/sessiondoc"
)

// A document leaves to the caller what a parameter names and does not bound.
func TestWhatADocumentLeavesToTheCaller(t *testing.T) {
	for content, want := range map[string][]string{
		`{"sessionType":"Port","properties":{"portNumber":"5432","host":"db","type":"LocalPortForwarding"}}`: nil,
		`{"sessionType":"Port","parameters":{"h":{"type":"String","allowedPattern":"^[a-z]+$"},"l":{"type":"String"}},
			"properties":{"portNumber":"5432","host":"{{ h }}","localPortNumber":"{{ l }}"}}`: {"the caller chooses the host (h)"},
		`{"sessionType":"Port","parameters":{"h":{"type":"String","allowedValues":["a","b"]},"p":{"type":"String"}},
			"properties":{"portNumber":"{{p}}","host":"{{ h }}"}}`: {"the caller chooses the port (p)"},
		`{"sessionType":"InteractiveCommands","properties":{"linux":{"commands":"top"}}}`: nil,
		`{"sessionType":"InteractiveCommands","parameters":{"f":{"type":"String"},"g":{"type":"String","allowedPattern":"^[a-z]+$"}},
			"properties":{"linux":{"commands":"cat {{ f }} {{ g }}"},"windows":{"commands":"type {{f}}"}}}`: {
			"the caller writes a part of the command (f)"},
		`{"sessionType":"NonInteractiveCommands","properties":{"macos":{"commands":"cat {{ f }}"}}}`: {
			"the caller writes a part of the command (f)"},
		`{"sessionType":"Standard_Stream","inputs":{}}`: nil,
	} {
		found, err := sessiondoc.Freedoms(content)
		require.NoError(t, err, content)
		var says []string
		for _, f := range found {
			says = append(says, f.String())
		}
		assert.Equal(t, want, says, content)
	}
	for _, broken := range []string{"", "{", `{"sessionType":"Port","properties":[]}`,
		`{"sessionType":"InteractiveCommands","properties":{"linux":"top"}}`} {
		_, err := sessiondoc.Freedoms(broken)
		assert.Error(t, err, broken)
	}
}

// A pattern bounds a part of a command when it means the whole text and takes no character of a shell.
func TestPatternsThatBoundAPartOfACommand(t *testing.T) {
	for pattern, says := range map[string]string{
		`^[a-z]+$`: "", `^[a-z]+\.log$`: "", `^(app|web)-[0-9]{1,3}$`: "", `^/var/log/[a-z]+$`: "", `(^[a-z]$)`: "",
		`[a-z]+`: "is not between", `^[a-z]+`: "is not between", `[a-z]+$`: "is not between", `^a|b$`: "is not between",
		`^.*$`: "takes the character", `^[^/]+$`: "takes the character", `^[a-z ]+$`: "takes the character", `^\S+$`: "takes the character",
		`^[a-z]+;?$`: "takes the character", `^[!-~]+$`: "takes the character", `^a\n$`: "takes the character", `(`: "is no regular expression",
		``: "is not between", `^(?s:.)$`: "takes the character",
	} {
		why := sessiondoc.Unbounded(pattern)
		if says == "" {
			assert.Empty(t, why, pattern)
			continue
		}
		assert.Contains(t, why, says, pattern)
	}
}

// No text that a bounding pattern takes has a character of a shell in it, whatever the pattern is made of.
func TestNoTextOfABoundingPatternLeavesItsWord(t *testing.T) {
	parts := []string{"a", "[a-c]", "[^/]", ".", `\w`, `\S`, `\d`, "(a|;)", "(x|y)", " ?", "-", "/", "[+-9]", `\x{3042}`, "$", "^", "(?i:k)"}
	rapid.Check(t, func(t *rapid.T) {
		body := ""
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			body += rapid.SampledFrom(parts).Draw(t, "part") + rapid.SampledFrom([]string{"", "*", "+", "{2}"}).Draw(t, "times")
		}
		pattern := rapid.SampledFrom([]string{"^", ""}).Draw(t, "begin") + body + rapid.SampledFrom([]string{"$", ""}).Draw(t, "end")
		compiled, err := regexp.Compile(pattern)
		if err != nil || sessiondoc.Unbounded(pattern) != "" {
			return
		}
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab;& |$`\n/x9-k")), 0, 6, -1).Draw(t, "text")
		if compiled.MatchString(text) && strings.ContainsAny(text, ";& |$`\n") {
			t.Fatalf("%s takes %q", pattern, text)
		}
	})
}
