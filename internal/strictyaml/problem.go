package strictyaml

import (
	"fmt"
	"strings"

	"aws-access-guardrails/internal/visible"
)

// Kind says what is wrong with a value. Tests and tools match on kind and path, people read the sentence.
type Kind string

// The kinds of problems.
const (
	// UnknownKey is a key that the stack file does not have.
	UnknownKey Kind = "unknown key"
	// Missing is a required key that is absent.
	Missing Kind = "missing"
	// WrongType is a value of another type than the key wants: a number where text belongs, a list where one value
	// does.
	WrongType Kind = "wrong type"
	// Invalid is a value of the right type that AWS or the tools behind it do not take.
	Invalid Kind = "invalid"
	// Duplicate is a key or name that is given twice.
	Duplicate Kind = "duplicate"
	// NotFound is a name that nothing declares.
	NotFound Kind = "not found"
	// Refused is well-formed and not permitted: it would open what the guardrails close.
	Refused Kind = "refused"
	// Unproven is something that must hold of the stack and does not: a proof or an expectation.
	Unproven Kind = "unproven"
)

// Position is where a value stands in a file. The zero value means that the position is not known.
type Position struct {
	// File is the path of the file as it was given, or "stack <name>" where the engine handed over values.
	File string
	// Line and Column count from one; zero means not known.
	Line, Column int
}

// Problem is one thing wrong with a stack file.
type Problem struct {
	Position
	Path Path
	Kind Kind
	// Value is the offending value as it reads in the file, text in quotes. Empty where there is none, as with a
	// missing key.
	Value string
	// Why completes the sentence that begins with Value.
	Why string
	// Fix says what to write instead; empty where Why says it already.
	Fix string
}

// Error is the problem on one line, "<path>: <value> <why>; <fix>", without its position.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(visible.Line(string(p.Path)) + ": ")
	}
	if p.Value != "" {
		b.WriteString(visible.Line(p.Value) + " ")
	}
	b.WriteString(visible.Text(p.Why))
	if p.Fix != "" {
		b.WriteString("; " + visible.Text(p.Fix))
	}
	return b.String()
}

// Problems are all problems of one stack, in the order in which they stand in its file. Where no file was read they
// are in the order of the reference. Nil means that there are none.
type Problems []Problem

// Error lists the problems, one per line with line and column below a headline with their number.
func (p Problems) Error() string {
	if len(p) == 0 {
		return "no problems"
	}
	noun := "problems"
	if len(p) == 1 {
		noun = "problem"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d %s", visible.Line(p[0].File), len(p), noun)
	for _, problem := range p {
		b.WriteString("\n  ")
		if problem.File != p[0].File {
			b.WriteString(visible.Line(problem.File) + ":")
		}
		if problem.Line > 0 {
			fmt.Fprintf(&b, "%d:%d ", problem.Line, problem.Column)
		}
		b.WriteString(problem.Error())
	}
	return b.String()
}

// Err is nil where there are no problems: a nil Problems inside an error would not be nil.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Unwrap gives errors.As and errors.Is the single problems.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i := range p {
		errs[i] = p[i]
	}
	return errs
}
