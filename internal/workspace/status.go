package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Status is the exit status of a verb.
type Status int

const (
	// Holds means that what was asked for was done, or is true.
	Holds Status = 0
	// Refused means that a stack file, a document, a proof or an expectation does not hold. Nothing was registered.
	Refused Status = 1
	// WrongUse means that the command line or the folder makes no sense.
	WrongUse Status = 2
	// Failed means that the engine, the backend or AWS failed on the way.
	Failed Status = 3
)

// StatusOf is the exit status for an error; nil holds. Of several joined errors the most severe counts: a failure
// leaves things half done, and outweighs a refusal, which did nothing. An error of no known kind is a failure.
func StatusOf(err error) Status {
	if err == nil {
		return Holds
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		worst := Holds
		for _, e := range joined.Unwrap() {
			worst = max(worst, StatusOf(e))
		}
		return worst
	}
	var stated interface{ status() Status }
	if errors.As(err, &stated) {
		return stated.status()
	}
	return Failed
}

// RefusedError is a stack that may not be deployed as it is written.
type RefusedError struct {
	// Stack is the name of the stack; empty where the folder is refused.
	Stack string
	// Err says what is refused; its text names the file.
	Err error
	// Headline is what Error says where the rest has been told already; empty where it has not.
	Headline string
}

func (e *RefusedError) Error() string { return cmp.Or(e.Headline, e.Err.Error()) }

// Unwrap gives the problems.
func (e *RefusedError) Unwrap() error { return e.Err }

func (*RefusedError) status() Status { return Refused }

// DiffersError is a stack whose resources in AWS are not what the stack says: somebody changed them by hand, or a
// deployment did not settle.
type DiffersError struct {
	// Stack is the name of the stack.
	Stack string
	// Message says what differs.
	Message string
}

func (e *DiffersError) Error() string { return e.Stack + ": " + e.Message }

func (*DiffersError) status() Status { return Refused }

// UseError is a command that makes no sense in this folder.
type UseError struct {
	// Message says what is wrong and what to write instead.
	Message string
}

func (e *UseError) Error() string { return e.Message }

func (*UseError) status() Status { return WrongUse }

// Usef makes a UseError.
func Usef(format string, args ...any) error { return &UseError{Message: fmt.Sprintf(format, args...)} }

// EngineError is an operation that began and did not end well.
type EngineError struct {
	// Stack and Operation say what was under way; no stack means between two of them.
	Stack     string
	Operation Operation
	// Diagnostics are the errors that the engine reported, in its order. When there are none, Err says what is known.
	Diagnostics []Diagnostic
	// Err is the Automation API's own error: long, with everything that the CLI printed.
	Err error
}

func (e *EngineError) Error() string {
	var b strings.Builder
	if e.Stack != "" {
		b.WriteString(e.Stack + ": ")
	}
	fmt.Fprintf(&b, "%s failed", e.Operation)
	if errors.Is(e.Err, context.Canceled) {
		fmt.Fprintf(&b, " (interrupted; run it again to go on)")
	}
	if len(e.Diagnostics) == 0 {
		fmt.Fprintf(&b, ": %s", brief(e.Err))
		return b.String()
	}
	for _, d := range e.Diagnostics {
		b.WriteString("\n  ")
		b.WriteString(strings.ReplaceAll(d.String(), "\n", "\n    "))
		if d.Advice != "" {
			b.WriteString("; " + d.Advice)
		}
	}
	return b.String()
}

// existing is how AWS says that a name is taken, or that access control attributes are switched on already.
var existing = regexp.MustCompile(
	`(Document|Entity)?AlreadyExists\b|\bDuplicatePolicyException\b|\bConflictException\b`,
)

// adoptable are the types that the verb adopt takes over.
var adoptable = []string{
	"aws:iam/group:Group",
	"aws:iam/policy:Policy",
	"aws:iam/role:Role",
	"aws:iam/user:User",
	"aws:ssm/document:Document",
	attributesType,
}

// attributesType has no function that reads it.
const attributesType = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"

// advise is what to do about a failure: what the stack says of it, else what is known of things that exist. A sandbox
// can begin anew besides.
func (r *run) advise(d Diagnostic) string {
	advice, exists := "", existing.MatchString(d.Message)
	if r.to.advice != nil {
		advice = r.to.advice(d.Message, r.setting())
	}
	if advice == "" && exists {
		advice = "up takes over nothing that it finds: " + r.takeOver(d)
	}
	if exists && r.home != nil {
		advice += fmt.Sprintf("; %s starts over with an empty sandbox", r.setting().Quoted(string(Up), "--fresh"))
	}
	return advice
}

// takeOver is what to do about something that exists.
func (r *run) takeOver(d Diagnostic) string {
	if typ, _ := parseURN(d.URN); slices.Contains(adoptable, typ) {
		return fmt.Sprintf(
			"%s writes it into the stack file, and the next up changes it in place",
			r.setting().Quoted("adopt", r.stack),
		)
	}
	if r.home != nil {
		return "take it out of sandbox.yaml"
	}
	return "delete it there, or import it with \"pulumi import\""
}

// brief is an error of the Automation API without the CLI's standard output: what went wrong, and what the CLI said
// of it.
func brief(err error) string {
	text := err.Error()
	what, _, found := strings.Cut(text, "\ncode: ")
	if !found {
		return strings.TrimSpace(text)
	}
	if _, said, found := strings.Cut(text, "\nstderr: "); found && strings.TrimSpace(said) != "" {
		what += "\n  " + strings.ReplaceAll(strings.TrimSpace(said), "\n", "\n  ")
	}
	return what
}

// Unwrap gives the Automation API's error.
func (e *EngineError) Unwrap() error { return e.Err }

func (*EngineError) status() Status { return Failed }
