package terminal

import (
	"io"
	"os"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// mostHanging is how far in the rest of a broken line may stand.
const mostHanging = 16

// NewFitter writes to a file, such as standard error, whole texts that are broken to the width of its terminal.
func NewFitter(f *os.File) io.Writer { return fitter{f} }

type fitter struct{ to *os.File }

// Write takes all of text, or returns the error of the file.
func (f fitter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(f.to, Fit(string(text), Width(f.to))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Columns is how many columns of a terminal a text takes.
func Columns(text string) int { return displaywidth.String(text) }

// Fit breaks the lines of a text that are wider than width, between words where it can. What goes on below stands in as
// far as the line's last column, where the line begins with one, and otherwise two places further than its beginning.
// Lines that fit stay as they are; a width of zero leaves all of them.
func Fit(text string, width int) string {
	if width == 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		if displaywidth.String(body) <= width {
			b.WriteString(line)
			continue
		}
		first, hanging := margins(body, width)
		rest := body[first:]
		for i, piece := range wrapAfter(rest, width-first, width-hanging) {
			if i == 0 {
				b.WriteString(body[:first] + piece)
				continue
			}
			b.WriteString("\n" + strings.Repeat(" ", hanging) + piece)
		}
		switch {
		case ended:
			b.WriteByte('\n')
		case strings.HasSuffix(body, " "): // A question, behind which somebody types.
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// margins are where the text of a line begins that can be broken, and how far in its rest stands.
func margins(line string, width int) (first, hanging int) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	first, hanging = indent, indent+2
	// A mark such as "ok" or "note", with two spaces or more behind it, is a column.
	if gap := strings.Index(line[indent:min(len(line), indent+mostHanging)], "  "); gap > 0 {
		column := indent + gap
		for column < len(line) && line[column] == ' ' {
			column++
		}
		if column <= mostHanging {
			first, hanging = column, column
		}
	}
	if hanging > width/2 {
		hanging = min(indent, width/4)
	}
	if first > width/2 {
		first = 0
	}
	return first, hanging
}

// wrapAfter is Wrap with another width for the first line.
func wrapAfter(text string, first, others int) []string {
	lines := Wrap(text, first)
	if len(lines) < 2 || first == others {
		return lines
	}
	head := lines[0]
	rest := strings.TrimLeft(strings.TrimPrefix(strings.Join(strings.Fields(text), " "), head), " ")
	return append([]string{head}, Wrap(rest, others)...)
}
