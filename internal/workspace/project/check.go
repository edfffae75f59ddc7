package project

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/problem"
)

// Read reads the files of the named stacks (none means all). The stacks that could be read come in the order of the
// names, also beside an error; the error joins a RefusedError for each of the others.
func (f *Folder) Read(names ...string) ([]*stack.Stack, error) {
	names, err := f.Select(names)
	if err != nil {
		return nil, err
	}
	var (
		stacks []*stack.Stack
		errs   []error
	)
	var reader stack.Reader
	for _, name := range names {
		stack, problems := reader.ReadFile(Relative(f.StackFile(name)))
		if len(problems) > 0 {
			errs = append(errs, &exit.RefusedError{Stack: name, Err: problems.Err()})
			continue
		}
		stacks = append(stacks, stack)
	}
	return stacks, errors.Join(CausesFirst(errs)...)
}

// Check holds the named stacks (none means all) against everything that can be known before a deployment: no network,
// no engine, no Pulumi CLI. The stacks that hold come in the order of the names, also beside an error; the error
// joins a RefusedError for each of the others.
func (f *Folder) Check(names ...string) ([]*stack.Stack, error) {
	stacks, err := f.Read(names...)
	var (
		holding []*stack.Stack
		errs    []error
	)
	for _, j := range judge.StacksFrom(time.Now(), stacks...) {
		if refusals := j.Refusals(); len(refusals) > 0 {
			errs = append(errs, &exit.RefusedError{Stack: j.Stack.Name, Err: refusals.Err()})
			continue
		}
		holding = append(holding, j.Stack)
	}
	return holding, errors.Join(append([]error{err}, errs...)...)
}

// Judge is Check with everything that was found out, also about stacks that hold. A strict one wants every waiver and
// assumption accepted. The error is told in the summary already, but for what could not be read. What policies allow
// and deny is looked at from the instant at on.
func (f *Folder) Judge(strict bool, moment time.Time, names ...string) (*CheckSummary, error) {
	stacks, unread := f.Read(names...)
	s := &CheckSummary{
		Version:    1,
		Strict:     strict,
		Stacks:     []CheckedStack{},
		Problems:   []Problem{},
		judgements: judge.StacksFrom(moment, stacks...),
	}
	errs := []error{unread}
	for _, err := range Joined(unread) {
		var refused *exit.RefusedError
		if errors.As(err, &refused) {
			s.unread = append(s.unread, refused)
		}
	}
	for _, j := range s.judgements {
		refusals := j.Refusals()
		if strict {
			refusals = append(refusals, j.StrictRefusals()...)
		}
		s.Stacks = append(s.Stacks, CheckedStack{
			Stack:   j.Stack.Name,
			File:    j.Stack.File,
			Account: j.Stack.Account.ID,
			Holds:   len(refusals) == 0,
			Notices: append([]stack.Notice{}, j.Notices...),
		})
		if len(refusals) > 0 {
			headline := fmt.Sprintf("%s: does not hold: %d of what must hold do not", j.Stack.File, len(refusals))
			errs = append(errs, &exit.RefusedError{Stack: j.Stack.Name, Err: refusals.Err(), Headline: headline})
		}
	}
	err := errors.Join(errs...)
	s.Holds = err == nil
	s.Problems = append(s.Problems, ProblemsOf(err)...)
	return s, err
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

// ProblemsOf lists what refused the stacks of an error.
func ProblemsOf(err error) []Problem {
	var out []Problem
	for _, e := range Joined(err) {
		var refused *exit.RefusedError
		if !errors.As(e, &refused) {
			continue
		}
		for _, cause := range Joined(refused.Err) {
			p := Problem{Stack: refused.Stack, Why: cause.Error()}
			var wrong *problem.Problem
			if errors.As(cause, &wrong) {
				p = Problem{
					Stack:  refused.Stack,
					File:   wrong.File,
					Line:   wrong.Line,
					Column: wrong.Column,
					Path:   string(wrong.Path),
					Kind:   string(wrong.Kind),
					Value:  wrong.Shown(),
					Why:    wrong.Why,
					Fix:    wrong.Fix,
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// Joined gives the errors that an error joins; any other error joins itself.
func Joined(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, Joined(e)...)
	}
	return out
}

// CheckSummary is what a check found out.
type CheckSummary struct {
	// Version is the version of this format.
	Version int `json:"version"`
	// Holds is true when every stack holds, Strict that waivers and assumptions had to be accepted for that.
	Holds  bool `json:"holds"`
	Strict bool `json:"strict"`
	// Stacks are the stacks that could be read.
	Stacks []CheckedStack `json:"stacks"`
	// Problems are what keeps stacks from holding, in the order of the stacks: those that could not be read first.
	Problems []Problem `json:"problems"`
	// Brief leaves out of the text all that holds, All puts every claim and expectation into it.
	Brief bool `json:"-"`
	All   bool `json:"-"`

	judgements []*judge.Judgement
	// unread are the refusals of the stacks that could not be read.
	unread []*exit.RefusedError
}

// CheckedStack is a stack that could be read, with its proofs and expectations.
type CheckedStack struct {
	Stack   string `json:"stack"`
	File    string `json:"file"`
	Account string `json:"account"`
	Holds   bool   `json:"holds"`
	// Notices stop nothing: standing access, grants that are over, what the guardrails of the organization leave open.
	Notices []stack.Notice `json:"notices"`
	// Summary is what was found, which is written down for machines alone.
	judge.Summary
}

// WriteJSON writes the summary as one line of JSON.
func (s *CheckSummary) WriteJSON(w io.Writer) error {
	whole := *s
	whole.Stacks = slices.Clone(s.Stacks)
	for i, j := range s.judgements {
		whole.Stacks[i].Summary = j.Summarize()
	}
	return json.NewEncoder(w).Encode(whole)
}

// WriteText says of each stack whether it holds, and why. The problems of stacks that could not be read are the
// error's business, but where another stack does not hold: then they come first, because that may follow from them.
func (s *CheckSummary) WriteText(w io.Writer) error {
	form := judge.Short
	switch {
	case s.All:
		form = judge.Whole
	case s.Brief:
		form = judge.Brief
	}
	if len(s.unread) > 0 && slices.ContainsFunc(s.Stacks, func(c CheckedStack) bool { return !c.Holds }) {
		for _, refused := range s.unread {
			if _, err := fmt.Fprintln(w, refused.Err); err != nil {
				return err
			}
			refused.Headline = fmt.Sprintf("Pulumi.%s.yaml: refused, as told first", ShortName(refused.Stack))
		}
		const follows = "\nWhat does not hold below may follow from that: mend that first.\n\n"
		if _, err := fmt.Fprint(w, follows); err != nil {
			return err
		}
	}
	for i, j := range s.judgements {
		if i > 0 && form == judge.Whole {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := j.WriteText(w, s.Strict, form); err != nil {
			return err
		}
	}
	return nil
}
