// Package exit has the exit statuses of the verbs, and the errors that say whose fault something is: a stack file, a
// document or a proof does not hold; the command makes no sense; or the engine, the backend or AWS failed.
package exit

import (
	"cmp"
	"errors"
	"fmt"
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
	var stated interface{ ExitStatus() Status }
	if errors.As(err, &stated) {
		return stated.ExitStatus()
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

func (*RefusedError) ExitStatus() Status { return Refused }

// DiffersError is a stack whose resources in AWS are not what the stack says: somebody changed them by hand, or a
// deployment did not settle.
type DiffersError struct {
	// Stack is the name of the stack.
	Stack string
	// Message says what differs.
	Message string
}

func (e *DiffersError) Error() string { return e.Stack + ": " + e.Message }

func (*DiffersError) ExitStatus() Status { return Refused }

// UseError is a command that makes no sense in this folder.
type UseError struct {
	// Message says what is wrong and what to write instead.
	Message string
}

func (e *UseError) Error() string { return e.Message }

func (*UseError) ExitStatus() Status { return WrongUse }

// Usef makes a UseError.
func Usef(format string, args ...any) error { return &UseError{Message: fmt.Sprintf(format, args...)} }

// UndeployedError is a stack that the operation could only look at, and of which nothing is deployed.
type UndeployedError struct {
	// Message says so, and what to run first.
	Message string
}

func (e *UndeployedError) Error() string { return e.Message }

func (*UndeployedError) ExitStatus() Status { return WrongUse }

// Undeployedf makes an UndeployedError.
func Undeployedf(format string, args ...any) error {
	return &UndeployedError{Message: fmt.Sprintf(format, args...)}
}
