package stack

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// named is somebody whom a list of people names, in person or as a member of a team.
type named struct {
	// index is that of the element of the list.
	index int
	// team is the team as the list has it; empty for somebody who is named in person.
	team string
	// user is the name of a user of this account, and arn the ARN of anybody else: one of the two is set.
	user, arn string
}

// named are the people of a list, in its order, and of a team in the team's order. Somebody of a team who is named in
// person too, or in an earlier team, is left out there, so that a team can be listed beside one of its members.
func (s *Stack) named(people []string) []named {
	direct := map[string]bool{}
	for _, p := range people {
		if _, isTeam := s.team(p); !isTeam {
			user, arn := s.person(p)
			direct[user+arn] = true
		}
	}
	var out []named
	for i, p := range people {
		if strings.HasPrefix(p, "arn:") {
			continue // Refused where it stands.
		}
		members, isTeam := s.team(p)
		if !isTeam {
			if user, arn := s.person(p); user != "" || arn != "" {
				out = append(out, named{index: i, user: user, arn: arn})
			}
			continue
		}
		for _, member := range members {
			user, arn := s.person(member)
			if user == "" && arn == "" || direct[user+arn] {
				continue
			}
			direct[user+arn] = true
			out = append(out, named{index: i, team: p, user: user, arn: arn})
		}
	}
	return out
}

// team are the members of a team that is written as the name of a team of this stack or as alias/name, each as a list
// of people would have the person. It is false for what names no team.
func (s *Stack) team(written string) (members []string, isTeam bool) {
	alias, name := sections.SplitPerson(written)
	if strings.HasPrefix(written, "arn:") {
		return nil, false
	}
	if alias == "" || alias == s.Account.Alias {
		members, isTeam = s.Teams[name]
		return members, isTeam
	}
	for _, other := range s.Siblings {
		if team, has := other.Teams[name]; has && other.Named(alias) {
			for _, member := range team {
				members = append(members, alias+"/"+member)
			}
			return members, true
		}
	}
	return nil, false
}

// TeamMembers are the members of a team that is written as a list of people has it, each written in the same way;
// false for what names no team.
func (s *Stack) TeamMembers(team string) ([]string, bool) { return s.team(team) }

// arnOf is the ARN of somebody.
func (s *Stack) arnOf(n named) string {
	if n.arn != "" {
		return n.arn
	}
	return s.Account.Partition.UserARN(s.Account.ID, cmp.Or(s.userPaths()[n.user], "/"), n.user)
}

// checkTeams refuses teams that could be taken for a user, and members whom the stack does not have.
func (s *Stack) checkTeams(d *strictyaml.Decoder) {
	users := s.userNames()
	for _, team := range slices.Sorted(maps.Keys(s.Teams)) {
		path := stackPath("teams").Key(team)
		for i, member := range s.Teams[team] {
			if _, isTeam := s.Teams[member]; isTeam && !slices.Contains(users, member) {
				d.Report(
					problem.Problem{
						Path:  path.Index(i),
						Kind:  problem.Invalid,
						Value: member,
						Why:   "is a team, and teams have people alone",
						Fix:   "list its people here too",
					},
				)
				continue
			}
			s.checkPerson(d, path.Index(i), member)
		}
		if i := slices.IndexFunc(
			users,
			func(u string) bool { return strings.EqualFold(u, team) },
		); i >= 0 &&
			!d.Refused(path) {
			d.Report(problem.Problem{
				Path:  path,
				Kind:  problem.Duplicate,
				Value: team,
				Why:   "is the name of the user " + users[i] + " too, and lists of people could mean either",
				Fix:   "give the team another name",
			})
		}
	}
}

// teamRefused refuses a team where one person is named. It reports whether it did.
func (s *Stack) teamRefused(d *strictyaml.Decoder, path problem.Path, person, why, fix string) bool {
	members, isTeam := s.team(person)
	if !isTeam {
		return false
	}
	if len(members) > 0 {
		fix += ": " + strings.Join(members, ", ")
	}
	d.Report(
		problem.Problem{Path: path, Kind: problem.Invalid, Value: person, Why: why, Fix: fix},
	)
	return true
}

// checkNamed refuses an element of a list of people that is neither a team nor a person.
func (s *Stack) checkNamed(d *strictyaml.Decoder, path problem.Path, written string) {
	if _, isTeam := s.team(written); isTeam {
		return
	}
	s.checkPerson(d, path, written)
}

// nearestNamed is the user or team that was meant by a name.
func nearestNamed(name string, users []string, teams map[string][]string) (string, bool) {
	return strictyaml.Nearest(name, append(slices.Clone(users), slices.Sorted(maps.Keys(teams))...))
}

// checkExpectedTeams refuses expectations about teams without anybody: they would hold whatever the stack says.
func (s *Stack) checkExpectedTeams(d *strictyaml.Decoder) {
	for i, x := range s.Expect {
		path := stackPath("expect").Index(i)
		if members, isTeam := s.team(x.As); isTeam && len(members) == 0 {
			d.Report(
				problem.Problem{
					Path:  path.Child("as"),
					Kind:  problem.Invalid,
					Value: x.As,
					Why:   "is a team without anybody, of whom everything would be true",
					Fix:   "remove the expectation, or name a person",
				},
			)
		}
		s.teamRefused(
			d,
			path.Child("on").Child("user"),
			x.On.User,
			"is a team, and a target is one user",
			"write one expectation for each person of it",
		)
	}
}

// ARNOf is the ARN of a person of a list of people of this stack; empty for a team, and for nobody.
func (s *Stack) ARNOf(person string) string {
	if _, isTeam := s.team(person); isTeam {
		return ""
	}
	user, arn := s.person(person)
	if user == "" {
		return arn
	}
	return s.arnOf(named{user: user})
}
