package visible

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Texts that people write pass as they are, in every script.
func TestWhatIsSeenPasses(t *testing.T) {
	for _, s := range []string{"", "plain", "Größe é", "日本語", "αβγ", "עברית", "العربية", "ไทย", "emoji 🙂", "a b\u00a0c", "∑→“”"} {
		assert.Equal(t, s, Line(s))
	}
	assert.Equal(t, "a\nb\tc\r\nd", Text("a\nb\tc\r\nd"))
}

// What does something is shown as an escape that says what it is.
func TestWhatDoesSomethingIsShown(t *testing.T) {
	for in, out := range map[string]string{
		"\x1b[31m": `\u001b[31m`, "a\rb": `a\rb`, "a\nb": `a\nb`, "\x7f": `\u007f`, "\u009b": `\u009b`, "\u202e": `\u202e`, "\u200b": `\u200b`, "\ufeff": `\ufeff`,
		"\u2028": `\u2028`, "\xff": `\xff`, "\U000e0041": `\udb40\udc41`, "\ufe0f": `\ufe0f`, "\u3164": `\u3164`, "\ufffd": "\ufffd",
	} {
		assert.Equal(t, out, Line(in))
	}
	assert.Equal(t, `a\rb`, Text("a\rb"))
}

// Whatever is written, in pieces of any size: nothing harmful comes out, what is harmless is not changed, and JSON
// stays the same JSON.
func TestTheWriterIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(
			rapid.SliceOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom(nil, unicode.Cf, unicode.Cc))).Draw(t, "text"),
		)
		data := []byte(text)
		asJSON := rapid.Bool().Draw(t, "json")
		if asJSON {
			var err error
			data, err = json.Marshal(text)
			require.NoError(t, err)
		}
		var out bytes.Buffer
		w := NewWriter(&out)
		for rest := data; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			written, err := w.Write(rest[:n])
			require.NoError(t, err)
			require.Equal(t, n, written)
			rest = rest[n:]
		}
		require.NoError(t, w.Close())
		for _, r := range strings.ReplaceAll(out.String(), "\r\n", "\n") {
			require.False(t, r != '\n' && r != '\t' && harmful(r), "%q of %q", r, out.String())
		}
		if asJSON {
			var again string
			require.NoError(t, json.Unmarshal(out.Bytes(), &again))
			require.Equal(t, text, again)
		} else if strings.IndexFunc(text, harmful) < 0 {
			require.Equal(t, text, out.String())
		}
	})
}

// A word stays one word of a shell, and nothing in it is expanded or seen by the terminal as anything but itself.
func TestWordsOfAShell(t *testing.T) {
	for in, out := range map[string]string{
		"dev": "dev", "": "''", "a b": "'a b'", "$(id)": "'$(id)'", "it's": `'it'\''s'`, "-x;y": "'-x;y'", "a\nb": `$'a\nb'`, "\x1b'": `$'\u001b\''`,
	} {
		assert.Equal(t, out, Shell(in))
	}
}

// Markdown shows names as they are.
func TestMarkdownIsText(t *testing.T) {
	for in, out := range map[string]string{
		"a|b": `a\|b`, "[x](y)": `\[x](y)`, "<img src=x>": "&lt;img src=x>", "@everyone": "@<!-- -->everyone", "`x`": "\\`x\\`", "a\nb": `a\\nb`, "*b*_i_": `\*b\*\_i\_`,
		"https://x": "https:<!-- -->//x",
	} {
		assert.Equal(t, out, Markdown(in))
	}
}
