package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/guardrail/grant"
)

// about reports whether an expectation speaks of the role of one of the grants.
func about(x *expectation.Expectation, grants ...grant.Args) bool {
	return slices.ContainsFunc(grants, func(g grant.Args) bool {
		return slices.ContainsFunc(
			[]string{x.Via, x.Then, x.On.Role},
			func(role string) bool { return role != "" && (role == g.RoleName() || role == g.RoleARN()) },
		)
	})
}

// expecting are the places of the expectations about the role of one of the grants.
func (f *file) expecting(grants ...grant.Args) []int {
	var places []int
	for i := range f.stack.Expect {
		if about(&f.stack.Expect[i], grants...) {
			places = append(places, i)
		}
	}
	return places
}

// ofExpectations are the removals of expectations, by their places.
func ofExpectations(places []int) []Removal {
	removals := make([]Removal, len(places))
	for n, i := range places {
		removals[n] = Removal{Keys: []any{"expect", i}, Heading: true}
	}
	return removals
}

// withoutGrant takes a grant out of the file, and the expectations about its role, which does not exist any more then:
// up would be refused for them.
func (f *file) withoutGrant(index int, gone *grant.Args) (*Change, error) {
	expectations := f.expecting(*gone)
	removals := append(ofExpectations(expectations), Removal{Keys: []any{"grants", index}})
	change, err := (&File{file: f}).Change(removals, nil)
	if err != nil {
		return nil, err
	}
	_, err = f.accept(change.After, func(grants []grant.Args) bool {
		return sameGrants(grants, slices.Delete(slices.Clone(f.stack.Grants), index, index+1))
	}, expectations...)
	return change, err
}

// failing are the expectations that a grant which ends at an instant does not meet any more: that its role opens
// something then or at no time in particular. Each is its place and what it says.
func (f *file) failing(g *grant.Args, end time.Time) []string {
	var all []string
	for i := range f.stack.Expect {
		x := &f.stack.Expect[i]
		if about(x, *g) && !x.Denied && (x.At.IsZero() || !x.At.Before(end)) {
			place := Addition{Keys: []any{"expect", i}}.Place()
			all = append(all, fmt.Sprintf("%s: %s", place, strconv.Quote(x.It)))
		}
	}
	return all
}

// Refused says which expectations keep up from being run until they are taken out; empty where none does.
func (c *Change) Refused() string {
	if len(c.Failing) == 0 {
		return ""
	}
	return "Up is refused until these expectations, which do not hold any more, are taken out or changed:\n  " +
		strings.Join(c.Failing, "\n  ") + "\n"
}
