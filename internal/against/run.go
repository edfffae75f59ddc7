package against

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// FromRevision says what the stack files of a folder mean against those of a revision of git. Names are stacks of
// either side; none means all. The report comes also beside an error that says that what is there now is refused.
func FromRevision(
	ctx context.Context,
	folder *project.Folder,
	rev string,
	moment time.Time,
	stacks ...string,
) (_ *change.Report, err error) {
	now, err := readNow(folder, stacks)
	if err != nil {
		return nil, err
	}
	old, err := atRevision(ctx, folder.Dir, rev)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	then, notes, known, err := old.read(stacks, now...)
	if err != nil {
		return nil, err
	}
	for _, name := range stacks {
		if !slices.Contains(folder.Stacks(), name) && !slices.Contains(known, name) {
			return nil, exit.Usef("stack %q has no file here and none in %s", name, rev)
		}
	}
	report, refused, err := compareStacks(folder.Project, old.name, then, now, moment)
	if err != nil {
		return nil, err
	}
	report.Notes = append(notes, report.Notes...)
	return report, refused
}

// readNow reads the stacks of the working tree; any that cannot be read is refused, because nothing can be said of it.
func readNow(folder *project.Folder, names []string) ([]*stack.Stack, error) {
	if len(names) > 0 {
		names = slices.DeleteFunc(
			slices.Clone(names),
			func(name string) bool { return !slices.Contains(folder.Stacks(), name) },
		)
		if len(names) == 0 {
			return nil, nil
		}
	}
	return folder.Read(names...)
}

// read reads the stacks of the revision, beside those of the working tree where these are there. One that cannot be
// read
// is noted, and compared against nothing.
func (r *revision) read(names []string, now ...*stack.Stack) (stacks []*stack.Stack, notes, known []string, err error) {
	if !r.hasProject() {
		return nil, []string{
			r.name + " has no Pulumi.yaml in this folder: everything is compared against nothing",
		}, nil, nil
	}
	folder, err := project.Open(r.dir)
	if err != nil {
		return nil, nil, nil, err
	}
	reader := stack.ReaderBeside(now...)
	for _, name := range folder.Stacks() {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		known = append(known, name)
		stack, problems := reader.ReadFile(folder.StackFile(name))
		if len(problems) > 0 {
			notes = append(
				notes,
				fmt.Sprintf(
					"stack %s of %s cannot be read, and is compared against nothing: %v", name, r.name, problems.Below(r.root),
				),
			)
			continue
		}
		stacks = append(stacks, stack)
	}
	return stacks, notes, known, nil
}

// FromStacks says what stacks that were read mean against those of the working tree. Project is the name of their
// project. The report comes also beside an error that says that what they would become is refused.
func FromStacks(project string, now, next []*stack.Stack, moment time.Time) (*change.Report, error) {
	report, refused, err := compareStacks(project, "the working tree", now, next, moment)
	if err != nil {
		return nil, err
	}
	report.To = "the change"
	return report, refused
}

// compareStacks compares the stacks of each organization with those that it had. Refused is what keeps what is there
// now
// from being deployed.
func compareStacks(
	project, fromName string,
	then, now []*stack.Stack,
	moment time.Time,
) (all *change.Report, refused, err error) {
	groups, err := groupsOf(then, now)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range groups {
		from, to := change.OfAt(moment, fromName, g.then...), change.OfAt(moment, "the working tree", g.now...)
		before, after := differing(g.then, g.now)
		was, is := listResources(from, project, before), listResources(to, project, after)
		r, err := change.Compare(from, to, moment, changesOf(was, is))
		if err != nil {
			return nil, nil, err
		}
		refused = errors.Join(refused, refusalsOf(to))
		all = joined(all, r)
	}
	return all, refused, nil
}

// joined is the report of two groups of stacks; the first one may be nil.
func joined(all, r *change.Report) *change.Report {
	if all == nil {
		return r
	}
	all.Join(r)
	return all
}

// refusalsOf are what keeps the side from being deployed.
func refusalsOf(s *change.Side) error {
	var errs []error
	for _, j := range s.Judgements {
		if refusals := j.Refusals(); len(refusals) > 0 {
			errs = append(errs, &exit.RefusedError{Stack: j.Stack.Name, Err: refusals.Err()})
		}
	}
	return errors.Join(errs...)
}

// group are stacks of one organization.
type group struct {
	organization string
	then, now    []*stack.Stack
}

// groupsOf joins the stacks of both sides by their organization. Where there is but one, stacks that name none are of
// it.
func groupsOf(then, now []*stack.Stack) ([]*group, error) {
	var groups []*group
	groupOf := func(id string) *group {
		index := slices.IndexFunc(groups, func(g *group) bool { return g.organization == id })
		if index < 0 {
			groups = append(groups, &group{organization: id})
			index = len(groups) - 1
		}
		return groups[index]
	}
	ids := map[string]bool{}
	for _, s := range slices.Concat(then, now) {
		if id := organizationOf(s); id != "" {
			ids[id] = true
		}
	}
	place := func(s *stack.Stack) *group {
		if len(ids) <= 1 {
			return groupOf("")
		}
		return groupOf(organizationOf(s))
	}
	groupOf("")
	for _, s := range then {
		g := place(s)
		g.then = append(g.then, s)
	}
	for _, s := range now {
		g := place(s)
		g.now = append(g.now, s)
	}
	for _, g := range groups {
		for _, side := range [][]*stack.Stack{g.then, g.now} {
			for i, s := range side {
				if index := slices.IndexFunc(
					side[:i],
					func(o *stack.Stack) bool { return o.Account.ID == s.Account.ID },
				); index >= 0 {
					return nil, exit.Usef(
						"stacks %s and %s are of one account, %s; name those that are to be compared",
						side[index].Name,
						s.Name,
						s.Account.ID,
					)
				}
			}
		}
	}
	return slices.DeleteFunc(groups, func(g *group) bool { return len(groups) > 1 && len(g.then)+len(g.now) == 0 }), nil
}

func organizationOf(s *stack.Stack) string {
	if s.Organization != nil && s.Organization.ID != "" {
		return s.Organization.ID
	}
	return s.Account.Organization
}

// Differs is an error that says so when anything of the two sides differs.
func Differs(r *change.Report) error {
	if r.Silent() {
		return nil
	}
	return &exit.RefusedError{Err: errDiffers, Headline: r.From + " and " + r.To + " differ"}
}

var errDiffers = errors.New("the two sides differ")
