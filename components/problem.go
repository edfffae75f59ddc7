package components

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
	// Path is the place in the words of the stack file, such as "selfService.contactTags[0]". It is relative to the section of the noun
	// ("mfa", "users[0]", "sessions" ...) and empty for the section itself, except for "account...", "tags.project" and "operationRoles[0]...",
	// which are whole: see Under.
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

// Problems are all the problems of an Args, in the order in which its fields are declared and its lists are written. Validate returns
// them as an error; use errors.As or ProblemsOf to get them back.
type Problems []*Problem

// Error is one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the problems to errors.Is and errors.As.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// Err is nil when there is no problem, and the problems otherwise.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Under returns the problems with the section put before each path: Under("mfa") turns "name" into "mfa.name". Paths that several nouns
// report (account, tags.project) and paths that are whole already (operationRoles) stay as they are.
func (p Problems) Under(section string) Problems {
	out := make(Problems, len(p))
	for i, problem := range p {
		moved := *problem
		if !whole(moved.Path) {
			moved.Path = join(section, moved.Path)
		}
		out[i] = &moved
	}
	return out
}

// Merge appends the problems of others, leaving out those that are there already: two nouns that read the same section find the same
// problem in it.
func (p Problems) Merge(others ...Problems) Problems {
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

// ProblemsOf returns the problems that an error carries. An error that carries none becomes one problem without a path.
func ProblemsOf(err error) Problems {
	if err == nil {
		return nil
	}
	var problems Problems
	if errors.As(err, &problems) {
		return problems
	}
	var problem *Problem
	if errors.As(err, &problem) {
		return Problems{problem}
	}
	return Problems{{Why: err.Error()}}
}

func whole(path string) bool {
	return strings.HasPrefix(path, "account.") || path == "tags.project" || strings.HasPrefix(path, "operationRoles[")
}

func join(section, path string) string {
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

// add appends a problem.
func (p *Problems) add(path string, value any, why, fix string) {
	*p = append(*p, &Problem{Path: path, Value: value, Why: why, Fix: fix})
}

// check appends a problem when a check of package policy fails, and reports whether it passed.
func (p *Problems) check(path string, value any, err error) bool {
	if err == nil {
		return true
	}
	why, fix := err.Error(), ""
	var refused *policy.ValueError
	if errors.As(err, &refused) {
		why, fix = refused.Why, refused.Fix
	}
	p.add(path, value, why, fix)
	return false
}

// document appends what is wrong with a document that the values would render, for the use it is put to.
func (p *Problems) document(path, what string, d policy.Document, use policy.Use, q policy.Quotas) {
	for _, found := range d.Validate(use, q) {
		fix := found.Fix
		found.Fix = ""
		p.add(path, nil, what+": "+found.Error(), fix)
	}
}

// at is the path of a list element.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// keyed is the path of the entry of a table whose keys the admin chooses.
func keyed(table, key string) string { return table + "[" + strconv.Quote(key) + "]" }
