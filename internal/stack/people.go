package stack

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// elsewhere is the ARN of a person of another stack; empty where there is none.
func (s *Stack) elsewhere(alias, name string) string {
	for _, other := range s.Siblings {
		if path, known := other.Users[name]; known && other.Named(alias) {
			if path == "" {
				path = "/"
			}
			return other.Partition.UserARN(other.AccountID, path, name)
		}
	}
	return ""
}

// osUsers are the OS users of people by the ARN of their user: of this stack, and of its siblings.
func (s *Stack) osUsers() map[string]string {
	all := map[string]string{}
	for _, u := range s.Users {
		if u.RunAs != "" {
			all[s.Account.Partition.UserARN(s.Account.ID, u.Path, u.Name)] = u.RunAs
		}
	}
	for _, other := range s.Siblings {
		for name, user := range other.OSUsers {
			if user != "" {
				all[other.Partition.UserARN(other.AccountID, cmp.Or(other.Users[name], "/"), name)] = user
			}
		}
	}
	return all
}

// OSUserOf is the OS user of the person with the ARN, of this stack or of another one of the folder; empty where
// there is none.
func (s *Stack) OSUserOf(arn string) string { return s.osUsers()[arn] }

// person is the user name of a person of this stack, or the ARN of somebody else.
func (s *Stack) person(person string) (user, arn string) {
	if strings.HasPrefix(person, "arn:") {
		return "", person
	}
	alias, name := sections.SplitPerson(person)
	if alias == "" || alias == s.Account.Alias {
		return name, ""
	}
	return "", s.elsewhere(alias, name)
}

// principals splits people, and the people of teams, into users of this account and ARNs, which join those that are
// given.
func (s *Stack) principals(people []sections.PersonOrTeam, arns []string) (users, all []string) {
	list := make([]string, len(people))
	for i, who := range people {
		list[i] = string(who)
	}
	all = slices.Clone(arns)
	for _, n := range s.named(list) {
		if n.user != "" {
			users = append(users, n.user)
		} else {
			all = append(all, n.arn)
		}
	}
	return users, all
}

// checkPerson refuses a person whom neither this stack nor a sibling has.
func (s *Stack) checkPerson(d *strictyaml.Decoder, path problem.Path, person string) {
	if person == "" || strings.HasPrefix(person, "arn:") || d.Refused(path) {
		return
	}
	alias, name := sections.SplitPerson(person)
	p := problem.Problem{Path: path, Kind: problem.NotFound, Value: person}
	other := slices.IndexFunc(s.Siblings, func(o stackfile.Sibling) bool { return o.Named(alias) })
	switch {
	case alias == "" || alias == s.Account.Alias:
		// Somebody may be the one whose name is not there.
		if slices.ContainsFunc(s.Users, func(u user.Args) bool { return u.Name == "" || u.Name == name }) {
			return
		}
		p.Why = "is no user of this stack"
		p.Fix = "add the user to guardrails:users, write alias/name for somebody of another stack, or a user ARN"
		if best, near := nearestNamed(name, s.userNames(), s.Teams); near {
			p.Fix = "did you mean " + strconv.Quote(best) + "?"
		} else if elsewhere := s.writtenElsewhere(name); elsewhere != "" {
			p.Fix = "write " + elsewhere
		}
	case other < 0:
		p.Why = "names no account: no stack file of this folder has the alias " + strconv.Quote(alias)
		p.Fix = "write the alias of an account whose stack file is in this folder, or a user ARN"
		if best, near := strictyaml.Nearest(alias, s.aliasesOfOthers()); near {
			p.Fix = "did you mean " + strconv.Quote(best+"/"+name) + "?"
		}
		p.OtherStack = s.unreadSibling()
	default:
		sibling := s.Siblings[other]
		if _, known := sibling.Users[name]; known {
			return
		}
		p.Why, p.OtherStack = "is no user of the stack "+sibling.Stack, sibling.Stack
		p.Fix = "add the user to " + stackFile(sibling.Stack)
		if best, near := nearestNamed(name, slices.Sorted(maps.Keys(sibling.Users)), sibling.Teams); near {
			p.Fix = "did you mean " + strconv.Quote(alias+"/"+best) + "?"
		} else if elsewhere := s.writtenElsewhere(name); elsewhere != "" {
			p.Fix = "write " + elsewhere
		}
	}
	d.Report(p)
}

// aliasesOfOthers are how the other stacks of the folder are written before a name.
func (s *Stack) aliasesOfOthers() []string {
	var aliases []string
	for _, o := range s.Siblings {
		aliases = append(aliases, cmp.Or(o.Alias, o.Stack))
	}
	return aliases
}

// writtenElsewhere is how other stacks of the folder that have a user or a person of Identity Center of the name are
// written with it: "jump/alice", or several with "or" between them; empty where none has.
func (s *Stack) writtenElsewhere(name string) string {
	var ways []string
	for _, other := range s.Siblings {
		if _, has := other.Users[name]; has || slices.Contains(other.IdentityCenterUsers(), name) {
			ways = append(ways, strconv.Quote(cmp.Or(other.Alias, other.Stack)+"/"+name))
		}
	}
	return strings.Join(ways, " or ")
}

// unreadSibling is a stack of the folder whose file says no account, so that nobody knows its alias; empty where there
// is none.
func (s *Stack) unreadSibling() string {
	for _, other := range s.Siblings {
		if other.AccountID == "" {
			return other.Stack
		}
	}
	return ""
}
