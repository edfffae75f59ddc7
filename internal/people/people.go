package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// Joiner is somebody who comes, as the stack file has the person: Name is required.
type Joiner struct {
	Name, Email, DisplayName, Path, RunAs string
	Tags                                  map[string]string
	// Teams are the teams of the stack that the person joins. One that does not exist yet is made.
	Teams []string
}

// Mover is somebody who changes the team.
type Mover struct {
	Name string
	// From are the teams that the person leaves; nil means every team that is not in To. To are those that the person
	// is in afterwards, and are there already.
	From, To []string
}

// Options say how people are edited.
type Options struct {
	// DryRun writes nothing.
	DryRun bool
	// WithRoles also removes roles that nobody but those who leave may take.
	WithRoles bool
	// Now is the time from which the report looks on.
	Now time.Time
	// Compare says what the stacks of a project would mean for people against those that it has now, from an instant on.
	// The report comes also beside an error that says that what they would become is refused.
	Compare func(project string, now, next []*stack.Stack, moment time.Time) (*change.Report, error)
	// Documents says everything that a stack would deploy, as one text.
	Documents func(*stack.Stack) (string, error)
	// Setting is where the command runs, for the command lines of refusals.
	Setting commandline.Setting
}

// Add puts people behind the users of a stack, and into teams. Nothing is written when anything of what the folder
// would become is refused; the error has all of it.
func Add(ctx context.Context, folder *project.Folder, stack string, joiners []Joiner, o Options) (*Outcome, error) {
	path := folder.RelativeFile(stack)
	return run(ctx, folder, []string{path}, o, func() ([]*edit.Change, func(*Outcome) error, error) {
		f, err := edit.Open(path)
		if err != nil {
			return nil, nil, &exit.RefusedError{Stack: stack, Err: err}
		}
		var additions []edit.Addition
		begun := map[string]bool{}
		for _, j := range joiners {
			additions = append(additions, edit.Addition{Keys: []any{"users", edit.Element}, Value: j.pairs()})
		}
		for _, j := range joiners {
			for _, team := range j.Teams {
				keys := []any{"teams", team, edit.Element}
				if _, is := f.Stack().Teams[team]; !is && !begun[team] {
					begun[team] = true
					additions = append(additions, edit.Addition{Keys: []any{"teams", team}, Value: []string{j.Name}})
					continue
				}
				additions = append(additions, edit.Addition{Keys: keys, Value: j.Name})
			}
		}
		change, err := f.Change(nil, additions)
		return []*edit.Change{change}, nil, err
	})
}

// pairs are the person as an element of users, in the order of the reference.
func (j Joiner) pairs() []edit.Pair {
	pairs := []edit.Pair{{Key: "name", Value: j.Name}}
	for _, p := range []edit.Pair{{Key: "path", Value: j.Path}, {Key: "email", Value: j.Email}, {Key: "displayName", Value: j.DisplayName}, {Key: "runAs", Value: j.RunAs}} {
		if p.Value != "" {
			pairs = append(pairs, p)
		}
	}
	if len(j.Tags) > 0 {
		pairs = append(pairs, edit.Pair{Key: "tags", Value: j.Tags})
	}
	return pairs
}

// Move takes people from teams of a stack to others.
func Move(ctx context.Context, folder *project.Folder, stack string, movers []Mover, o Options) (*Outcome, error) {
	path := folder.RelativeFile(stack)
	return run(ctx, folder, []string{path}, o, func() ([]*edit.Change, func(*Outcome) error, error) {
		f, err := edit.Open(path)
		if err != nil {
			return nil, nil, &exit.RefusedError{Stack: stack, Err: err}
		}
		var removals []edit.Removal
		var additions []edit.Addition
		var errs []error
		for _, m := range movers {
			more, fewer, editsErr := m.edits(f.Stack(), folder)
			errs = append(errs, editsErr)
			removals, additions = append(removals, fewer...), append(additions, more...)
		}
		if joinErr := errors.Join(errs...); joinErr != nil {
			return nil, nil, joinErr
		}
		change, err := f.Change(removals, additions)
		return []*edit.Change{change}, nil, err
	})
}

// edits are what moves the person. An unknown person or team is a NobodyError.
func (m Mover) edits(
	s *stack.Stack,
	folder *project.Folder,
) (additions []edit.Addition, removals []edit.Removal, err error) {
	var names, teams []string
	for _, u := range s.Users {
		names = append(names, u.Name)
	}
	for team := range s.Teams {
		teams = append(teams, team)
	}
	slices.Sort(teams)
	var errs []error
	refuse := func(format string, args ...any) {
		errs = append(errs, &NobodyError{s.File + ": " + fmt.Sprintf(format, args...)})
	}
	if !slices.Contains(names, m.Name) {
		stacks, err := folder.Read()
		if err != nil {
			return nil, nil, err
		}
		errs = append(errs, nobody(s, m.Name, stacks))
	}
	for _, team := range slices.Concat(m.From, m.To) {
		if _, is := s.Teams[team]; !is {
			fix := strictyaml.DidYouMean(team, teams)
			if len(teams) == 0 {
				fix = "the stack has no teams: guardrails:teams makes them, and so does person add --team"
			}
			refuse("there is no team %q; %s", team, fix)
		}
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	for _, team := range teams {
		index := slices.Index(s.Teams[team], m.Name)
		leaves := slices.Contains(m.From, team) || m.From == nil
		switch {
		case slices.Contains(m.To, team):
			if index < 0 {
				additions = append(additions, edit.Addition{Keys: []any{"teams", team, edit.Element}, Value: m.Name})
			}
		case leaves && index >= 0:
			removals = append(removals, edit.Removal{Keys: []any{"teams", team, index}})
		case slices.Contains(m.From, team):
			refuse("%s is not in the team %s, and cannot leave it", m.Name, team)
		}
	}
	if len(additions)+len(removals) == 0 && len(errs) == 0 {
		refuse("%s is in %s already", m.Name, strings.Join(m.To, ", "))
	}
	return additions, removals, errors.Join(errs...)
}

// Left is what becomes of those who leave.
type Left struct {
	*Outcome
	// Ends are the command lines that end what they have open, in the order in which they are run.
	Ends []Ending
}

// Remove takes people out of every stack file of the folder: the user, teams, lists of roles, standing access,
// grants, assignments, and the expectations that are about them. It is refused, with every place, where anything of a
// file would still name one of them afterwards, or a role would be left with nobody.
func Remove(ctx context.Context, folder *project.Folder, stack string, names []string, o Options) (*Left, error) {
	left := &Left{}
	var paths []string
	for _, name := range folder.Stacks() {
		paths = append(paths, folder.RelativeFile(name))
	}
	outcome, err := run(ctx, folder, paths, o, func() ([]*edit.Change, func(*Outcome) error, error) {
		l, changes, err := leave(folder, stack, names, o)
		if err != nil {
			return nil, nil, err
		}
		for _, who := range l.who {
			left.Ends = append(left.Ends, l.ends(who)...)
		}
		return changes, func(outcome *Outcome) error { return l.left(outcome) }, nil
	})
	left.Outcome = outcome
	return left, err
}

// leave are the changes that take people out: of the other stacks first, so that no trust policy names somebody who
// is gone, whenever the writing ends.
func leave(folder *project.Folder, st string, names []string, o Options) (*leaving, []*edit.Change, error) {
	stacks, err := folder.Read()
	if err != nil {
		return nil, nil, err
	}
	home := slices.IndexFunc(stacks, func(s *stack.Stack) bool { return s.Name == st })
	l := &leaving{
		home:      stacks[home],
		withRoles: o.WithRoles,
		setting:   o.Setting,
		deploys:   o.Documents,
		stacks:    stacks,
		removed:   map[string][]edit.Removal{},
	}
	if err := l.find(names); err != nil {
		return nil, nil, err
	}
	l.findRoles(stacks)
	ordered := append(slices.Delete(slices.Clone(stacks), home, home+1), l.home)
	var changes []*edit.Change
	var errs []error
	for _, s := range ordered {
		removals := l.removals(s)
		l.removed[s.Name] = removals
		if len(removals) == 0 {
			continue
		}
		f, err := edit.Open(s.File)
		if err == nil {
			var change *edit.Change
			if change, err = f.Change(removals, nil); err == nil {
				changes = append(changes, change)
				continue
			}
		}
		errs = append(errs, &exit.RefusedError{Stack: s.Name, Err: err})
	}
	return l, changes, errors.Join(errs...)
}

// run makes changes of stack files, holds what the folder would become against everything, and writes them unless it
// is a dry run.
func run(
	ctx context.Context,
	folder *project.Folder,
	paths []string,
	o Options,
	changes func() ([]*edit.Change, func(*Outcome) error, error),
) (*Outcome, error) {
	var outcome *Outcome
	judged := func() ([]*edit.Change, error) {
		applied, more, err := changes()
		if err != nil {
			return nil, err
		}
		outcome, err = judge(folder, applied, o)
		if more != nil {
			err = errors.Join(more(outcome), err)
		}
		return applied, err
	}
	if o.DryRun {
		_, err := judged()
		return outcome, err
	}
	_, err := edit.ApplyAll(ctx, paths, judged)
	return outcome, err
}
