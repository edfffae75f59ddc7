package edit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// Grant is what is added to the section "grants", in the words of the stack file.
type Grant struct {
	// Person, RunAs, Projects and Ticket are as the file words them. RunAs and Projects may be empty, which leaves
	// them out.
	Person, RunAs, Ticket string
	// AskedBy and ApprovedBy may be empty too.
	AskedBy, ApprovedBy string
	// Opens is the name of the role that the grant opens; empty means OS access, and leaves it out.
	Opens    string
	Projects []string
	// From and Until are in whole seconds, written with the offset that they have.
	From, Until time.Time
}

// Change is a stack file that was not written yet.
type Change struct {
	// Before and After are the whole content.
	Before, After []byte
	// Grant is the grant that the change speaks of: the new one, the one that ends, or the one that is removed.
	Grant *grant.Args
	// Removed is set where the grant is taken out of the file.
	Removed bool
	// Failing are the expectations that the grant does not meet any more when it ends now, each with its place: up is
	// refused until they are taken out.
	Failing []string
	// Was is when the grant would have ended without the change; zero for a new one.
	Was time.Time

	path string
	// ops are how the texts differ, step by step; nil where one step was made.
	ops []op
}

// AddGrant puts a grant behind the others. The error is problem.List where the file, or what it would become, is
// refused, and a *ByHandError where the file is written in a way that is not edited here.
func AddGrant(path string, given Grant) (*Change, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	after, index, err := f.insert(given)
	if err != nil {
		return nil, err
	}
	stack, err := f.accept(after, func(grants []grant.Args) bool {
		return len(grants) == len(f.stack.Grants)+1 &&
			sameGrants(slices.Delete(slices.Clone(grants), index, index+1), f.stack.Grants) &&
			given.is(grants[index])
	})
	if err != nil {
		return nil, err
	}
	return &Change{Before: f.data, After: after, Grant: stack.AccessGrants()[index], path: f.path}, nil
}

func (g Grant) is(written grant.Args) bool {
	return written.Person == g.Person && string(written.Opens) == cmp.Or(g.Opens, string(grant.GrantOSAccess)) &&
		written.RunAs == g.RunAs && written.Ticket == g.Ticket &&
		written.AskedBy == g.AskedBy && written.ApprovedBy == g.ApprovedBy &&
		slices.Equal(written.Projects, g.Projects) &&
		written.From.Equal(g.From) &&
		written.Until.Equal(g.Until)
}

// NotFoundError says that a stack has no such grant, or several.
type NotFoundError struct {
	text string
	// ticket is the one that no grant of the stack has; empty where one has it.
	ticket string
	// hint says what may be meant instead; empty where nothing may.
	hint string
}

func (e *NotFoundError) Error() string {
	if e.hint == "" {
		return e.text
	}
	return e.text + "; " + e.hint
}

// WithTicket says which stacks have a grant of the ticket in place of one that has none, of those whose files are given
// by their names; empty where none has. A file that is refused has none.
func WithTicket(files map[string]string, ticket, stackName string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		s, problems := stack.ReadFile(files[name])
		if len(problems) == 0 && slices.ContainsFunc(s.Grants, func(g grant.Args) bool { return g.Ticket == ticket }) {
			all = append(all, fmt.Sprintf("the stack %s has one: write %s in place of %s", name, name, stackName))
		}
	}
	return strings.Join(all, "; ")
}

// InPlaceOf is the error with the other stacks that have the ticket. Every error but a *NotFoundError stays as it is,
// and so does one about a stack that has the ticket.
func InPlaceOf(err error, others map[string]string, stackName string) error {
	var missing *NotFoundError
	if !errors.As(err, &missing) || missing.ticket == "" {
		return err
	}
	if hint := WithTicket(others, missing.ticket, stackName); hint != "" {
		return &NotFoundError{text: missing.text, hint: hint}
	}
	return err
}

// OverError says that there is nothing to revoke any more.
type OverError struct{ text string }

func (e *OverError) Error() string { return e.text }

// Revoke ends the grant with the ticket, and with the person where that is not empty. A grant that is open at the
// instant now ends then: its until is set. One that has not begun is removed, with the comment right above it and with
// the expectations about its role, because it never opened anything. One that is over is an *OverError.
func Revoke(path, ticket, person string, now time.Time) (*Change, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	index, err := f.find(ticket, person)
	if err != nil {
		return nil, err
	}
	given := *f.stack.AccessGrants()[index]
	change := &Change{Before: f.data, Grant: &given, path: f.path, Was: given.Until}
	switch {
	case !given.Until.After(now):
		return nil, &OverError{
			fmt.Sprintf(
				"%s: the grant %s of %s is over since %s and opens nothing; remove it, or leave it: it says who had access when",
				f.path,
				given.Ticket,
				given.Person,
				policy.Timestamp(given.Until),
			),
		}
	case given.From.After(now):
		applied, removeErr := f.withoutGrant(index, &given)
		if removeErr != nil {
			return nil, removeErr
		}
		applied.Grant, applied.Removed, applied.Was = &given, true, given.Until
		return applied, nil
	}
	// The window is half-open: what ends now is over now. It is a second long at least, or it would be no window.
	end := now.Truncate(time.Second)
	if !end.After(given.From) {
		end = given.From.Add(time.Second)
	}
	given.Until = end.In(given.Until.Location())
	change.Failing = f.failing(&given, given.Until)
	if change.After, err = f.setUntil(index, given.Until); err != nil {
		return nil, err
	}
	_, err = f.accept(change.After, func(grants []grant.Args) bool {
		want := slices.Clone(f.stack.Grants)
		want[index].Until = given.Until
		return sameGrants(grants, want)
	})
	return change, err
}

// Prune takes the grants out of a stack file that opened their last shell so long ago that it has ended at the
// instant now, each with the comment right above it and with the expectations about its role. The result has no
// Change where there are none.
func Prune(path string, now time.Time) (*Change, []grant.Args, error) {
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	var removals []Removal
	var gone []grant.Args
	for i, given := range f.stack.AccessGrants() {
		if !given.ShellsEndBy().After(now) {
			removals, gone = append(removals, Removal{Keys: []any{"grants", i}}), append(gone, *given)
		}
	}
	removals = append(removals, ofExpectations(f.expecting(gone...))...)
	if len(removals) == 0 {
		return nil, nil, nil
	}
	change, err := f.Change(removals, nil)
	if err != nil {
		return nil, nil, err
	}
	if _, problems := stack.ReadAs(path, change.After); len(problems) > 0 {
		return nil, nil, problems
	}
	return change, gone, nil
}

// find is the one grant that is meant.
func (f *file) find(ticket, person string) (int, error) {
	var found []int
	var known, people []string
	for i, g := range f.stack.Grants {
		known = append(known, g.Ticket)
		if g.Ticket == ticket {
			people = append(people, g.Person)
			if person == "" || g.Person == person {
				found = append(found, i)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return 0, &NotFoundError{
			text: fmt.Sprintf(
				"%s: the ticket %q has several grants; add --person with one of %s",
				f.path,
				ticket,
				strings.Join(people, ", "),
			),
		}
	case len(people) > 0:
		return 0, &NotFoundError{
			text: fmt.Sprintf(
				"%s: %q has no grant for the ticket %q; it is for %s",
				f.path,
				person,
				ticket,
				strings.Join(people, ", "),
			),
		}
	case len(known) == 0:
		return 0, &NotFoundError{text: fmt.Sprintf("%s: there is no grant", f.path), ticket: ticket}
	}
	return 0, &NotFoundError{
		text:   fmt.Sprintf("%s: no grant has the ticket %q", f.path, ticket),
		ticket: ticket,
		hint:   strictyaml.DidYouMean(ticket, known),
	}
}

func sameGrants(a, b []grant.Args) bool {
	return slices.EqualFunc(a, b, func(a, b grant.Args) bool {
		return a.Person == b.Person && a.RunAs == b.RunAs && a.Ticket == b.Ticket && a.Opens == b.Opens &&
			a.AskedBy == b.AskedBy && a.ApprovedBy == b.ApprovedBy &&
			slices.Equal(a.Projects, b.Projects) &&
			a.From.Equal(b.From) &&
			a.Until.Equal(b.Until)
	})
}
