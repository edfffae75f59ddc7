package people

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/stack"
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
			found := append(l.values(s, who, values), l.osUsers(s, who, values)...)
			if outcome != nil && len(found) == 0 {
				found = l.documents(outcome.Stacks, s, who)
			}
			problems = append(problems, found...)
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

// values are the values of a file that name the leaver and stay, and the lines of the files that it names: as
// alias/name, as an ARN, as the end of one, or by the id of the identity store.
func (l *leaving) values(s *stack.Stack, who Leaver, values []edit.Value) problem.List {
	patterns := l.patterns(s, who)
	names := func(text string) bool {
		return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(text) })
	}
	var out problem.List
	add := func(p problem.Problem) {
		p.Kind, p.Why, p.Fix = problem.Refused, "still names "+who.Name+", who leaves", "take the person out here first"
		out = append(out, &p)
	}
	for _, v := range values {
		if l.goes(s, v.Keys) {
			continue
		}
		if names(v.Text) {
			add(problem.Problem{
				Position: problem.Position{File: s.File, Line: v.Line, Column: v.Column},
				Path:     problem.Path(v.Place()),
				Value:    quoted(v.Text),
			})
		}
		for i, line := range linesOf(s, v.Text) {
			if names(line) {
				add(problem.Problem{
					Position: problem.Position{
						File:   filepath.Join(filepath.Dir(s.File), v.Text),
						Line:   i + 1,
						Column: len(line) - len(strings.TrimLeft(line, " \t")) + 1,
					},
					Path:  problem.Path(v.Place()),
					Value: quoted(strings.TrimSpace(line)),
				})
			}
		}
	}
	return out
}

// linesOf are the lines of the file below the folder of a stack that a value names; none where it names none.
func linesOf(s *stack.Stack, value string) []string {
	if s.Folder == "" || value == "" || strings.ContainsAny(value, "\n\x00") || filepath.IsAbs(value) {
		return nil
	}
	if info, err := os.Stat(filepath.Join(s.Folder, value)); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := files.ReadBelow(s.Folder, value)
	if err != nil {
		return nil // The stack is refused for it, if it reads the file.
	}
	return strings.Split(string(data), "\n")
}

// patterns are how a text of a file of the stack can name the leaver, wherever it stands.
func (l *leaving) patterns(s *stack.Stack, who Leaver) []*regexp.Regexp {
	all := l.exactly(who)
	for _, alias := range []string{l.home.Name, l.home.Account.Alias, l.home.Account.ID} {
		if alias != "" {
			all = append(all, naming(alias+"/"+who.Name))
		}
	}
	if arn, err := policy.ParseARN(who.ARN); err == nil && s.Account.ID == l.home.Account.ID {
		all = append(all, naming(arn.Resource))
	}
	return all
}

// exactly is how a document names the leaver, and nobody else.
func (l *leaving) exactly(who Leaver) []*regexp.Regexp {
	var all []*regexp.Regexp
	if who.ARN != "" {
		all = append(all, naming(who.ARN), naming(l.home.Account.Partition.MFADeviceARN(l.home.Account.ID, who.Name)))
	}
	if who.IdentityCenterID != "" {
		all = append(all, naming(who.IdentityCenterID))
	}
	return all
}

// naming finds a name that is not a part of a longer one.
func naming(text string) *regexp.Regexp {
	const before, behind = `(^|[^A-Za-z0-9+=,.@_-])`, `($|[^A-Za-z0-9+=,.@_/-])`
	return regexp.MustCompile("(?i)" + before + regexp.QuoteMeta(text) + behind)
}

// osUserKeys are the keys of a stack file under which an OS user stands.
var osUserKeys = []any{"runAs", "defaultUser"}

// osUsers are the OS users that are the leaver's and that others would go on using.
func (l *leaving) osUsers(s *stack.Stack, who Leaver, values []edit.Value) problem.List {
	if who.OSUser == "" {
		return nil
	}
	var out problem.List
	for _, v := range values {
		if len(v.Keys) == 0 || v.Text != who.OSUser || l.goes(s, v.Keys) ||
			!slices.Contains(osUserKeys, v.Keys[len(v.Keys)-1]) {
			continue
		}
		out = append(out, &problem.Problem{
			Position: problem.Position{File: s.File, Line: v.Line, Column: v.Column},
			Path:     problem.Path(v.Place()),
			Kind:     problem.Refused,
			Value:    quoted(v.Text),
			Why:      "is the OS user of " + who.Name + ", who leaves, and others would go on as it",
			Fix:      "give them another OS user first",
		})
	}
	return out
}

// documents says whether a document that the stack would deploy names the leaver.
func (l *leaving) documents(after []*stack.Stack, was *stack.Stack, who Leaver) problem.List {
	i := slices.IndexFunc(after, func(s *stack.Stack) bool { return s.Name == was.Name })
	if i < 0 {
		return nil
	}
	s := after[i]
	deployed, err := l.deploys(s)
	if err != nil {
		return problem.List{
			{Position: problem.Position{File: s.File}, Kind: problem.Invalid, Why: err.Error()},
		}
	}
	for _, p := range l.exactly(who) {
		named := strings.Trim(p.FindString(deployed), `"`)
		if named == "" {
			continue
		}
		return problem.List{
			{
				Position: problem.Position{File: s.File},
				Kind:     problem.Refused,
				Value:    quoted(named),
				Why:      "would still be in a document or a user that the stack deploys",
				Fix:      l.setting.Quoted("render", s.Name) + " shows which; take the person out there first",
			},
		}
	}
	return nil
}
