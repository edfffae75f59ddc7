package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
)

// When says when there are colours.
type When string

// The values of --color.
const (
	Auto   When = "auto"
	Always When = "always"
	Never  When = "never"
)

// Set takes one of the values; it is what a flag asks for.
func (w *When) Set(value string) error {
	switch When(value) {
	case Auto, Always, Never:
		*w = When(value)
		return nil
	}
	return fmt.Errorf("write auto, always or never")
}

// String is the value.
func (w *When) String() string { return string(*w) }

// Type is what help calls the value.
func (w *When) Type() string { return "when" }

// Colours reports whether what is written to a file has colours: where they are asked for, and by themselves on a
// terminal that takes them, unless NO_COLOR is set (https://no-color.org).
func Colours(when When, f *os.File) bool {
	switch when {
	case Always:
		return true
	case Never:
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && Width(f) > 0
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	reset  = "\x1b[0m"
)

// rule colours the first part of a line that it matches. There are three meanings: red is what is wrong, lost or
// dangerous, yellow is what to look at, green is what holds or is gained. What has no meaning has no colour.
//
// The rules read what the program itself says, because a text is whole before anybody knows that it goes to a terminal.
// Nothing rests on it but a colour, and where the words become others a test says which rule colours nothing any more.
type rule struct {
	match  *regexp.Regexp
	colour string
}

var rules = []rule{
	{
		regexp.MustCompile(`^\s*FAIL\b`),
		red,
	},
	{regexp.MustCompile(`\bdoes not hold\b`), red},
	{regexp.MustCompile(`WITHOUT MFA(: [a-z, ]+)?`), red},
	// In a narrow column the words go on below; the login stays red.
	{
		regexp.MustCompile(`[\w.-]+ \(can do everything\)`),
		red,
	},
	{regexp.MustCompile(`(^|  )(root|ssm-user)( \(can( do)?)?(  |$)`), red},
	{
		regexp.MustCompile(`\((can )?do everything\)|  \(can do(  |$)`),
		red,
	},
	{regexp.MustCompile(`: (DENIED|FAILS)$`), red},
	{regexp.MustCompile(`^\s*x [a-z]+ failed\b`), red},
	{regexp.MustCompile(`^\s*- .*`), red},
	{regexp.MustCompile(`^(No|Error|error):?\b`), red},
	{
		regexp.MustCompile(`^\s*(ok if|waived|assumed|note)\b`),
		yellow,
	},
	{regexp.MustCompile(`^\s*[~±!] .*`), yellow},
	{regexp.MustCompile(`\(not accepted\)`), yellow},
	{
		regexp.MustCompile(`^\s*ok\b`),
		green,
	},
	{regexp.MustCompile(`: holds\b`), green},
	{regexp.MustCompile(`: ALLOWED$`), green},
	{regexp.MustCompile(`^\s*\+ .*`), green},
	{regexp.MustCompile(`^Yes\b`), green},
	{regexp.MustCompile(`\bdocs/[\w./#-]+$`), dim},
}

// Painter colours whole lines on their way to a terminal. It comes behind whatever makes texts harmless: only its own
// escapes reach the terminal.
type Painter struct {
	to      io.Writer
	colours func() bool
	rest    []byte
}

// NewPainter makes a painter in front of a writer. It asks whether there are colours when something is written: flags
// are read then. Without them everything passes as it comes.
func NewPainter(to io.Writer, colours func() bool) *Painter {
	return &Painter{to: to, colours: colours}
}

// Write takes all of p, or returns the error of the writer behind. The end of a line that has not come yet is kept.
func (p *Painter) Write(text []byte) (int, error) {
	if !p.colours() {
		return p.to.Write(text)
	}
	p.rest = append(p.rest, text...)
	var out bytes.Buffer
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 {
			break
		}
		out.WriteString(paint(string(p.rest[:end])) + "\n")
		p.rest = p.rest[end+1:]
	}
	if _, err := p.to.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Close writes what is left of a line.
func (p *Painter) Close() error {
	if len(p.rest) == 0 {
		return nil
	}
	_, err := io.WriteString(p.to, paint(string(p.rest)))
	p.rest = nil
	return err
}

// paint colours what the rules match, each character at most once.
func paint(line string) string {
	type span struct {
		from, to int
		colour   string
	}
	var spans []span
	for _, r := range rules {
		for _, found := range r.match.FindAllStringIndex(line, -1) {
			free := true
			for _, s := range spans {
				free = free && (found[1] <= s.from || found[0] >= s.to)
			}
			if free && found[0] < found[1] {
				spans = append(spans, span{found[0], found[1], r.colour})
			}
		}
	}
	out, done := "", 0
	for done < len(line) {
		next := -1
		for i, s := range spans {
			if s.from >= done && (next < 0 || s.from < spans[next].from) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		s := spans[next]
		out += line[done:s.from] + s.colour + line[s.from:s.to] + reset
		done = s.to
	}
	return out + line[done:]
}
