package people

import (
	"bytes"
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/view/render"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// left finds out whether anything still names those who left: any value of a stack file, any document of any account,
// and any OS user of a role. The error has every place, in the files as they are.
func (l *leaving) left(outcome *Outcome) error {
	var errs []error
	for _, s := range l.stacks {
		var problems problem.List
		for _, p := range l.empty {
			if p.File == s.File {
				problems = append(problems, p)
			}
		}
		values, err := edit.Values(s.File)
		if err != nil {
			return err
		}
		for _, who := range l.who {
			problems = append(problems, l.values(s, who, values)...)
			problems = append(problems, l.osUsers(s, who)...)
			if outcome != nil {
				problems = append(problems, l.documents(outcome.Stacks, s, who)...)
			}
		}
		slices.SortStableFunc(problems, func(a, b *problem.Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		if len(problems) > 0 {
			errs = append(errs, &exit.RefusedError{Stack: s.Name, Err: problems.Err()})
		}
	}
	return errors.Join(errs...)
}

// goes reports whether a place of a stack file goes with what is taken out.
func (l *leaving) goes(s *stack.Stack, place []any) bool {
	return slices.ContainsFunc(l.removed[s.Name], func(r edit.Removal) bool {
		return len(r.Keys) <= len(place) && slices.Equal(r.Keys, place[:len(r.Keys)])
	})
}

// values are the values of a file that name the leaver and stay: as alias/name, as an ARN, or as the end of one.
func (l *leaving) values(s *stack.Stack, who Leaver, values []edit.Value) problem.List {
	patterns := l.patterns(s, who)
	var out problem.List
	for _, v := range values {
		names := func(p *regexp.Regexp) bool { return p.MatchString(v.Text) }
		if !l.goes(s, v.Keys) && slices.ContainsFunc(patterns, names) {
			out = append(
				out,
				&problem.Problem{
					Position: problem.Position{File: s.File, Line: v.Line, Column: v.Column},
					Path:     problem.Path(v.Place()),
					Kind:     problem.Refused,
					Value:    quoted(v.Text),
					Why:      "still names " + who.Name + ", who leaves",
					Fix:      "take the person out here first",
				},
			)
		}
	}
	return out
}

// patterns are how a value of a file of the stack can name the leaver, wherever it stands.
func (l *leaving) patterns(s *stack.Stack, who Leaver) []*regexp.Regexp {
	if who.ARN == "" {
		return nil
	}
	var all []*regexp.Regexp
	const before, behind = `(^|[^A-Za-z0-9+=,.@_-])`, `($|[^A-Za-z0-9+=,.@_/-])`
	add := func(text string) { all = append(all, regexp.MustCompile("(?i)"+before+regexp.QuoteMeta(text)+behind)) }
	for _, alias := range []string{l.home.Name, l.home.Account.Alias, l.home.Account.ID} {
		if alias != "" {
			add(alias + "/" + who.Name)
		}
	}
	arn, _ := policy.ParseARN(who.ARN)
	add(who.ARN)
	add(l.home.Account.Partition.MFADeviceARN(l.home.Account.ID, who.Name))
	if s.Account.ID == l.home.Account.ID {
		add(arn.Resource)
	}
	return all
}

// osUsers are the OS users that are the leaver's and that others would go on using.
func (l *leaving) osUsers(s *stack.Stack, who Leaver) problem.List {
	if who.OSUser == "" {
		return nil
	}
	var out problem.List
	check := func(osUser string, place ...any) {
		if osUser == who.OSUser && !l.goes(s, place) {
			p := problem.Path("guardrails:" + edit.Removal{Keys: place}.String())
			out = append(out, &problem.Problem{
				Position: positionOf(s, p),
				Path:     p,
				Kind:     problem.Refused,
				Value:    quoted(osUser),
				Why:      "is the OS user of " + who.Name + ", who leaves, and others would go on as it",
				Fix:      "give them another OS user first",
			})
		}
	}
	for i, r := range s.OperationRoles {
		check(r.RunAs, "operationRoles", i, "runAs")
	}
	for i, g := range s.Grants {
		check(g.RunAs, "grants", i, "runAs")
	}
	if s.OSAccess != nil {
		check(s.OSAccess.RunAs, "osAccess", "runAs")
	}
	if s.Sessions != nil {
		check(s.Sessions.RunAs.DefaultUser, "sessions", "runAs", "defaultUser")
	}
	return out
}

// documents says whether a document that the stack would deploy names the leaver.
func (l *leaving) documents(after []*stack.Stack, was *stack.Stack, who Leaver) problem.List {
	i := slices.IndexFunc(after, func(s *stack.Stack) bool { return s.Name == was.Name })
	if who.ARN == "" || i < 0 {
		return nil
	}
	s := after[i]
	rendering, err := render.Of(s)
	if err != nil {
		return problem.List{
			{Position: problem.Position{File: s.File}, Kind: problem.Invalid, Why: err.Error()},
		}
	}
	var b bytes.Buffer
	if err := render.WriteJSON(&b, rendering); err != nil {
		return problem.List{
			{Position: problem.Position{File: s.File}, Kind: problem.Invalid, Why: err.Error()},
		}
	}
	if strings.Contains(b.String(), `"`+who.ARN+`"`) {
		return problem.List{
			{
				Position: problem.Position{File: s.File},
				Kind:     problem.Refused,
				Value:    quoted(who.ARN),
				Why:      "would still be in a document or a user that the stack deploys",
				Fix:      l.setting.Quoted("render", s.Name) + " shows which; take the person out there first",
			},
		}
	}
	return nil
}
