package change

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/stack"
)

// teams says who comes into which team and who leaves it. What that opens and shuts is said of each person.
func (c *comparison) teams() {
	for _, is := range c.to.stacks {
		index := slices.IndexFunc(c.from.stacks, func(s *stack.Stack) bool { return s.Account.ID == is.Account.ID })
		if index < 0 {
			continue
		}
		was := c.from.stacks[index]
		all := maps.Clone(was.Teams)
		if all == nil {
			all = map[string][]string{}
		}
		maps.Copy(all, is.Teams)
		for _, team := range slices.Sorted(maps.Keys(all)) {
			before, isOld := was.Teams[team]
			after, isNew := is.Teams[team]
			var what []string
			if come := without(after, before); len(come) > 0 {
				what = append(what, "gains "+strings.Join(come, ", "))
			}
			if gone := without(before, after); len(gone) > 0 {
				what = append(what, "loses "+strings.Join(gone, ", "))
			}
			switch {
			case !isOld:
				what = append([]string{"is new"}, what...)
			case !isNew:
				what = append([]string{"is gone"}, what...)
			}
			if len(what) > 0 {
				c.setting(is.Account.ID, "team "+team, strings.Join(what, ", and "), false)
			}
		}
	}
}

// without are the words of a that b does not have, in their order.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(word string) bool { return slices.Contains(b, word) })
}

// teamWords says by which teams a role names the person; nothing where it names the person alone.
func (p *PersonChange) teamWords() string {
	switch len(p.Teams) {
	case 0:
		return ""
	case 1:
		return " (team " + p.Teams[0] + ")"
	}
	return " (teams " + strings.Join(p.Teams, ", ") + ")"
}

// teamsOf are the teams by which a role names the person on one of the sides, where there is no other way into it.
func (c *comparison) teamsOf(gains bool, way wayKey) []string {
	if way.through != "" {
		return nil
	}
	side := c.to
	if !gains {
		side = c.from
	}
	if side.teams == nil {
		side.teams = stack.RoleTeams(side.stacks...)
	}
	return side.teams[stack.RolePerson{Role: way.role, Person: way.person}]
}
