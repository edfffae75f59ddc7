package problem

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/policy"
)

// Problem is one thing wrong with the values of an Args, said where the admin wrote it.
type Problem struct {
	// Path is the place in the words of the stack file, such as "selfService.contactTags[0]". It is relative to the
	// section of the noun ("mfa", "users[0]", "sessions" ...) and empty for the section itself, except for
	// "account...", "tags.project" and "operationRoles[0]...", which are whole: see Under.
	Path string
	// Value is the bad value; nil means that it is missing.
	Value any
	// Why says what is wrong with it, as the rest of a sentence whose subject is the value.
	Why string
	// Fix says what to write instead.
	Fix string
}

// Error is "<path>: <bad value> <why>; <fix>", in one line.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	switch v := p.Value.(type) {
	case nil:
	case string:
		fmt.Fprintf(&b, "%q ", v)
	default:
		fmt.Fprintf(&b, "%v ", v)
	}
	b.WriteString(p.Why)
	if p.Fix != "" {
		b.WriteString("; ")
		b.WriteString(p.Fix)
	}
	return b.String()
}

// List are all the problems of an Args, in the order in which its fields are declared and its lists are written.
// Validate returns them as an error; use errors.As or ProblemsOf to get them back.
type List []*Problem

// Error is one problem a line.
func (p List) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the problems to errors.Is and errors.As.
func (p List) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// Err is nil when there is no problem, and the problems otherwise.
func (p List) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Under returns the problems with the section put before each path: Under("mfa") turns "name" into "mfa.name". Paths
// that several nouns report (account, tags.project) and paths that are whole already (operationRoles) stay as they
// are.
func (p List) Under(section string) List {
	out := make(List, len(p))
	for i, problem := range p {
		moved := *problem
		if !Whole(moved.Path) {
			moved.Path = Join(section, moved.Path)
		}
		out[i] = &moved
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

func Whole(path string) bool {
	return strings.HasPrefix(path, "account.") || path == "tags.project" || strings.HasPrefix(path, "operationRoles[")
}

func Join(section, path string) string {
	switch {
	case section == "":
		return path
	case path == "":
		return section
	case path[0] == '[':
		return section + path
	}
	return section + "." + path
}

// Add appends a problem.
func (p *List) Add(path string, value any, why, fix string) {
	*p = append(*p, &Problem{Path: path, Value: value, Why: why, Fix: fix})
}

// Check appends a problem when a check of package policy fails, and reports whether it passed.
func (p *List) Check(path string, value any, err error) bool {
	if err == nil {
		return true
	}
	why, fix := err.Error(), ""
	var refused *policy.ValueError
	if errors.As(err, &refused) {
		why, fix = refused.Why, refused.Fix
	}
	p.Add(path, value, why, fix)
	return false
}

// Document appends what is wrong with a document that the values would render, for the use it is put to.
func (p *List) Document(path, what string, d policy.Document, use policy.Use, q policy.Quotas) {
	for _, found := range d.Validate(use, q) {
		fix := found.Fix
		found.Fix = ""
		p.Add(path, nil, what+": "+found.Error(), fix)
	}
}

// At is the path of a list element.
func At(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// Keyed is the path of the entry of a table whose keys the admin chooses.
func Keyed(table, key string) string { return table + "[" + strconv.Quote(key) + "]" }
