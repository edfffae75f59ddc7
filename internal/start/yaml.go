package start

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// text is a file under way.
type text struct{ strings.Builder }

// line adds a line that is formatted; what comes from people is given through value or values.
func (t *text) line(format string, args ...any) {
	fmt.Fprintf(t, format, args...)
	t.WriteByte('\n')
}

// comment adds sentences as comment lines of at most 120 characters, at the depth.
func (t *text) comment(depth int, sentences string) {
	indent := strings.Repeat(" ", depth)
	line := ""
	flush := func() {
		if line != "" {
			t.line("%s# %s", indent, line)
		}
		line = ""
	}
	for _, word := range strings.Fields(sentences) {
		if line != "" && len(indent)+len(line)+len(word)+3 > 120 {
			flush()
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	flush()
}

// plainScalar are texts that YAML reads as themselves everywhere, in flow style too.
var plainScalar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./@-]*$`)

// words are plain scalars that YAML 1.1 or 1.2 reads as something else than text.
var words = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|null|y|n)$`)

// value is a text as a YAML scalar: as it is where that is safe, else in double quotes, whose escapes JSON has too.
func value(s string) string {
	if plainScalar.MatchString(s) && !words.MatchString(s) {
		return s
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // A text always has a form.
	return strings.TrimRight(b.String(), "\n")
}

// values is a list in flow style.
func values(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = value(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// words of people in comments have no line ends.
func inComment(s string) string { return strings.Join(strings.Fields(s), " ") }
