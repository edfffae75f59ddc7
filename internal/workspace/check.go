package workspace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/program"
)

// Check reads the files of the named stacks (none means all) and holds each against everything that can be known before a deployment: no
// network, no engine, no Pulumi CLI. The stacks that hold come in the order of the names, also beside an error; the error joins a RefusedError
// for each of the others.
func (f *Folder) Check(names ...string) ([]*config.Stack, error) {
	names, err := f.Select(names)
	if err != nil {
		return nil, err
	}
	var (
		stacks []*config.Stack
		errs   []error
	)
	for _, name := range names {
		stack, err := checkFile(relative(f.StackFile(name)))
		if err != nil {
			errs = append(errs, &RefusedError{Stack: name, Err: err})
			continue
		}
		stacks = append(stacks, stack)
	}
	return stacks, errors.Join(errs...)
}

func checkFile(file string) (*config.Stack, error) {
	stack, problems := config.ReadFile(file)
	if len(problems) > 0 {
		return nil, problems.Err()
	}
	return stack, program.Check(stack)
}

// Problem is one thing wrong with a stack file, for machines.
type Problem struct {
	Stack string `json:"stack"`
	File  string `json:"file"`
	// Line and Column count from one; zero means that the problem is not at one place.
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Value  string `json:"value,omitempty"`
	Why    string `json:"why"`
	Fix    string `json:"fix,omitempty"`
}

// problemsOf lists what refused the stacks of an error.
func problemsOf(err error) []Problem {
	var out []Problem
	for _, e := range unjoin(err) {
		var refused *RefusedError
		if !errors.As(e, &refused) {
			continue
		}
		for _, cause := range unjoin(refused.Err) {
			p := Problem{Stack: refused.Stack, Why: cause.Error()}
			var problem config.Problem
			if errors.As(cause, &problem) {
				p = Problem{
					Stack: refused.Stack, File: problem.File, Line: problem.Line, Column: problem.Column, Path: string(problem.Path),
					Kind: string(problem.Kind), Value: problem.Value, Why: problem.Why, Fix: problem.Fix,
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// unjoin gives the errors that an error joins; any other error joins itself.
func unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, unjoin(e)...)
	}
	return out
}

// CheckSummary is what a check found, for machines.
type CheckSummary struct {
	// Version is the version of this format.
	Version int `json:"version"`
	// Holds is true when every stack holds.
	Holds bool `json:"holds"`
	// Stacks are the stacks that hold.
	Stacks []CheckedStack `json:"stacks"`
	// Problems are those of the others, in the order of the stacks and, within one, of its file.
	Problems []Problem `json:"problems"`
}

// CheckedStack is a stack that holds.
type CheckedStack struct {
	Stack   string `json:"stack"`
	File    string `json:"file"`
	Account string `json:"account"`
}

// Summarize says for machines what Check returned.
func Summarize(stacks []*config.Stack, err error) *CheckSummary {
	s := &CheckSummary{Version: 1, Holds: err == nil, Stacks: []CheckedStack{}, Problems: []Problem{}}
	for _, stack := range stacks {
		s.Stacks = append(s.Stacks, CheckedStack{Stack: stack.Name, File: stack.File, Account: stack.Account.ID})
	}
	s.Problems = append(s.Problems, problemsOf(err)...)
	return s
}

// WriteJSON writes the summary as one line of JSON.
func (s *CheckSummary) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(s) }

// WriteText names the stacks that hold. The problems of the others are the error's business.
func (s *CheckSummary) WriteText(w io.Writer) error {
	for _, stack := range s.Stacks {
		if _, err := fmt.Fprintf(w, "%s: holds (account %s)\n", stack.File, stack.Account); err != nil {
			return err
		}
	}
	return nil
}
