package problem

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/policy"
)

// List are all problems at once: of Args in the order in which its fields are declared and its lists are written, of
// a file in the order in which they stand there. Validate returns them as an error; use errors.As or Of to get them
// back. Nil means that there are none.
type List []*Problem

// Error is one problem a line. Those of a file stand below a headline with the file and their number, each with its
// line and column.
func (p List) Error() string {
	if len(p) == 0 {
		return "no problems"
	}
	if p[0].File == "" {
		lines := make([]string, len(p))
		for i, problem := range p {
			lines[i] = problem.Error()
		}
		return strings.Join(lines, "\n")
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

// Unwrap gives the problems to errors.Is and errors.As.
func (p List) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// Err is nil when there is no problem, and the problems otherwise: an empty List inside an error would not be nil.
func (p List) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Under returns the problems with the section put before each path: Under("mfa") turns "name" into "mfa.name". Paths
// that are whole already stay as they are.
func (p List) Under(section Path) List {
	out := make(List, len(p))
	for i, problem := range p {
		moved := *problem
		moved.Path = moved.Path.Under(section)
		out[i] = &moved
	}
	return out
}

// Below returns the problems with the files below a folder as somebody in the folder names them.
func (p List) Below(folder string) List {
	out := make(List, len(p))
	for i, problem := range p {
		named := *problem
		if below, err := filepath.Rel(folder, named.File); err == nil && filepath.IsLocal(below) {
			named.File = below
		}
		out[i] = &named
	}
	return out
}

// Merge appends the problems of others, leaving out those that are there already: two nouns that read the same
// section find the same problem in it.
func (p List) Merge(others ...List) List {
	out := slices.Clone(p)
	for _, other := range others {
		for _, problem := range other {
			same := func(have *Problem) bool { return have.Error() == problem.Error() }
			if !slices.ContainsFunc(out, same) {
				out = append(out, problem)
			}
		}
	}
	return out
}

// Of returns the problems that an error carries. An error that carries none becomes one problem without a path.
func Of(err error) List {
	if err == nil {
		return nil
	}
	var problems List
	if errors.As(err, &problems) {
		return problems
	}
	var problem *Problem
	if errors.As(err, &problem) {
		return List{problem}
	}
	return List{{Why: err.Error()}}
}

// Add appends a problem.
func (p *List) Add(path Path, value any, why, fix string) {
	*p = append(*p, &Problem{Path: path, Value: value, Why: why, Fix: fix})
}

// Empty appends that a list has nothing in it. Then is what follows from that.
func (p *List) Empty(path Path, then, fix string) {
	*p = append(*p, &Problem{Path: path, Kind: Missing, Why: "is empty, " + then, Fix: fix})
}

// Check appends a problem when a check of package policy fails, and reports whether it passed.
func (p *List) Check(path Path, value any, err error) bool {
	if err == nil {
		return true
	}
	why, fix := policy.Reason(err)
	p.Add(path, value, why, fix)
	return false
}

// Document appends what is wrong with a document that the values would render, for the use it is put to.
func (p *List) Document(path Path, what string, d policy.Document, use policy.Use, q policy.Quotas) {
	for _, found := range d.Validate(use, q) {
		fix := found.Fix
		found.Fix = ""
		p.Add(path, nil, what+": "+found.Error(), fix)
	}
}
