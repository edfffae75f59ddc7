package stack

import (
	"slices"

	"aws-access-guardrails/problem"
)

// Roles are the roles of the stack that lists of people may take, in the order of the file.
func (s *Stack) Roles() []Role {
	all := s.written()
	for i := range all {
		r := &all[i]
		r.People = slices.Clone(r.PrincipalARNs.List)
		for _, n := range s.named(r.Users.List) {
			r.People = append(r.People, s.arnOf(n))
		}
	}
	return all
}

// written are the roles with their lists as the file has them, and without the people that these name.
func (s *Stack) written() []Role {
	var all []Role
	for _, n := range nouns {
		all = append(all, n.roles(s)...)
	}
	return all
}

// RolePerson is a person in a role, both by their ARNs.
type RolePerson struct{ Role, Person string }

// RoleTeams are the teams by which roles of the stacks name people, as the files write them, in their order. Somebody
// whom a role names in person is there by no team, whatever teams it lists.
func RoleTeams(stacks ...*Stack) map[RolePerson][]string {
	all := map[RolePerson][]string{}
	for _, s := range stacks {
		for _, r := range s.written() {
			s.addRoleTeams(all, r)
		}
	}
	return all
}

func (s *Stack) addRoleTeams(all map[RolePerson][]string, role Role) {
	byTeam := map[string]bool{}
	for _, n := range s.named(role.Users.List) {
		byTeam[s.arnOf(n)] = n.team != ""
	}
	for _, p := range role.Users.List {
		members, _ := s.team(p)
		for _, m := range members {
			user, arn := s.person(m)
			if person := s.arnOf(named{user: user, arn: arn}); byTeam[person] {
				key := RolePerson{Role: role.ARN, Person: person}
				all[key] = append(all[key], p)
			}
		}
	}
}

// writtenPeople is where the file has the people of trust policies, by the path that their component gives them. People
// of other stacks and of teams are written among users and come to a component one by one, those of other accounts
// among the ARNs.
func (s *Stack) writtenPeople() map[problem.Path]problem.Path {
	written := map[problem.Path]problem.Path{}
	for _, r := range s.written() {
		inUsers, inARNs := r.Users.path(), r.PrincipalARNs.path()
		users, others := 0, len(r.PrincipalARNs.List)
		for _, who := range s.named(r.Users.List) {
			path := inARNs.Index(others)
			if who.user != "" {
				path = inUsers.Index(users)
				users++
			} else {
				others++
			}
			written[path] = inUsers.Index(who.index)
		}
	}
	return written
}
