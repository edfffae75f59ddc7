package problem

import (
	"fmt"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/visible"
)

// Position is where a value stands in a file. The zero value means that the position is not known.
type Position struct {
	// File is the path of the file as it was given, or "stack <name>" where the engine handed over values.
	File string
	// Line and Column count from one; zero means not known.
	Line, Column int
}

// Problem is one thing wrong with what somebody wrote: in a stack file, or in the Args of a component.
type Problem struct {
	// Position is zero where no file was read.
	Position
	// Path is the place in the words of the stack file, such as "selfService.contactTags[0]". In what a component says
	// of its Args it is relative to the section of the noun ("mfa", "users[0]", "sessions" ...) and empty for the
	// section itself, except for paths that are whole already: see Path.Whole.
	Path Path
	// Kind is empty in what a component says of its Args, but for what is missing there.
	Kind Kind
	// Value is the bad value; nil means that there is none, as with a missing key. Text is shown in quotes.
	Value any
	// Why says what is wrong with it, as the rest of a sentence whose subject is the value.
	Why string
	// Fix says what to write instead; empty where Why says it already.
	Fix string
	// OtherStack is the stack of the folder with whose file the value does not go together; empty where the file is
	// wrong by itself.
	OtherStack string
}

// Written is a value that is shown as it reads in the file, without quotes.
type Written string

// Shown is the value as the problem quotes it; empty where there is none.
func (p *Problem) Shown() string {
	switch v := p.Value.(type) {
	case nil:
		return ""
	case string:
		return Quoted(v)
	default:
		return fmt.Sprint(v)
	}
}

// Quoted cuts long values: a problem stays a line.
func Quoted(s string) string {
	const longest = 80
	if runes := []rune(s); len(runes) > longest {
		return strconv.Quote(string(runes[:longest])) + "..."
	}
	return strconv.Quote(s)
}

// Error is "<path>: <bad value> <why>; <fix>", in one line, without its position.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(visible.Line(string(p.Path)) + ": ")
	}
	if shown := p.Shown(); shown != "" {
		b.WriteString(visible.Line(shown) + " ")
	}
	b.WriteString(visible.Text(p.Why))
	if p.Fix != "" {
		b.WriteString("; " + visible.Text(p.Fix))
	}
	return b.String()
}
