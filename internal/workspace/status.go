package workspace

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
)

// EngineError is an operation that began and did not end well.
type EngineError struct {
	// Stack and Operation say what was under way; no stack means between two of them.
	Stack     string
	Operation result.Operation
	// Diagnostics are the errors that the engine reported, in its order. When there are none, Err says what is known.
	Diagnostics []result.Diagnostic
	// Err is the Automation API's own error: long, with everything that the CLI printed.
	Err error
}

// OfStack is the stack whose run failed; empty where it was none.
func (e *EngineError) OfStack() string { return e.Stack }

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

// adoptable reports whether the verb adopt takes over resources of the type.
func adoptable(typ string) bool {
	facts, _ := awstype.TypeOf(typ)
	return facts.Adopted == awstype.ByAdopt
}

// attributesType has no function that reads it.
const attributesType = token.SSOAdminInstanceAccessControlAttributes

// advise is what to do about a failure: what the stack says of it, else what is known of things that exist. A sandbox
// can begin anew besides.
func (r *run) advise(d result.Diagnostic) string {
	advice, exists := "", existing.MatchString(d.Message)
	if r.to.advice != nil {
		advice = r.to.advice(d.Message, r.setting())
	}
	if advice == "" && exists {
		advice = "up takes over nothing that it finds: " + r.takeOver(d)
	}
	if exists && r.home != nil {
		advice += fmt.Sprintf(
			"; %s starts over with an empty sandbox",
			r.setting().Quoted(string(result.Up), "--fresh"),
		)
	}
	return advice
}

// takeOver is what to do about something that exists.
func (r *run) takeOver(d result.Diagnostic) string {
	if typ, _ := urn.Parse(d.URN); adoptable(typ) {
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

func (*EngineError) ExitStatus() exit.Status { return exit.Failed }
