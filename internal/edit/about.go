package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/stack"
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

// withoutGrant takes a grant out of the file, and the expectations about its role, which does not exist any more then:
// up would be refused for them.
func (f *file) withoutGrant(index int, gone *grant.Args) (*Change, error) {
	removals := []Removal{{Keys: []any{"grants", index}}}
	for i := range f.stack.Expect {
		if about(&f.stack.Expect[i], *gone) {
			removals = append(removals, Removal{Keys: []any{"expect", i}, Heading: true})
		}
	}
	if len(removals) == 1 {
		after, err := f.remove(index)
		return &Change{Before: f.data, After: after, path: f.path}, err
	}
	return (&File{file: f}).Change(removals, nil)
}

// acceptWithout is accept for a file that has one grant less, and expectations less.
func (f *file) acceptWithout(after []byte, index int) error {
	read, problems := stack.ReadAs(f.path, after)
	if len(problems) > 0 {
		return problems
	}
	if !sameGrants(read.Grants, slices.Delete(slices.Clone(f.stack.Grants), index, index+1)) {
		return f.byHand("it is laid out in a way that the change would not fit into")
	}
	return nil
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
