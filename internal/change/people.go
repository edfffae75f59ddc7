package change

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/view/matrix"
	"aws-access-guardrails/internal/view/words"
	"aws-access-guardrails/policy"
)

// doorOrder is the order in which the report names doors: those of access, then session documents, starting and
// stopping, and the role itself at last.
func doorOrder(door string) int {
	kinds := len(world.Doors())
	if at := slices.Index(world.Doors(), world.DoorKind(door)); at >= 0 {
		return at
	}
	return kinds + 1 + slices.Index([]string{"start", "stop", theRole}, door)
}

// people are the ways that open and shut, a line for each way of a person and time, in the order of people, gains
// before losses.
func (c *comparison) people(was, is *matrix.Matrix) {
	c.nameMembers(was, is)
	names := namesOf(was, is)
	before, after := atoms(was, c.At, names), atoms(is, c.At, names)
	gains := c.ways(true, minus(after, before), before, is, names)
	losses := c.ways(false, minus(before, after), after, was, names)
	c.users()
	c.People = append(c.People, append(gains, losses...)...)
	order := map[string]int{}
	for _, m := range []*matrix.Matrix{is, was} {
		for i := range m.Rows {
			if _, known := order[m.Rows[i].PersonARN]; !known {
				order[m.Rows[i].PersonARN] = len(order)
			}
		}
	}
	slices.SortStableFunc(c.People, func(a, b PersonChange) int {
		return cmp.Or(cmp.Compare(order[a.PersonARN], order[b.PersonARN]), cmp.Compare(sign(a.Gains), sign(b.Gains)))
	})
	for i := range c.People {
		c.People[i].Line = c.People[i].line(c)
	}
}

func sign(gains bool) string {
	if gains {
		return "+"
	}
	return "-"
}

// users are the users who come and go. What they may do besides taking roles is that of their groups.
func (c *comparison) users() {
	for _, gains := range []bool{true, false} {
		side, other, word := c.to, c.from, "comes"
		if !gains {
			side, other, word = c.from, c.to, "goes"
		}
		for i := range side.World.Accounts {
			a := &side.World.Accounts[i]
			known := map[string]bool{}
			if then := other.Account(a.ID); then != nil {
				for j := range then.Users {
					known[then.Users[j].ARN(then)] = true
				}
			}
			for j := range a.Users {
				u := &a.Users[j]
				if known[u.ARN(a)] {
					continue
				}
				c.People = append(c.People, PersonChange{
					Gains:     gains,
					Person:    c.personName(u.ARN(a)),
					PersonARN: u.ARN(a),
					User:      word,
					Account:   a.ID,
					Carries:   slices.Concat(u.Groups, u.Attached),
					Opens:     []Opening{},
					SignIns:   []string{},
				})
			}
		}
	}
}

// ways joins atoms to one change for each way, time and age of MFA.
func (c *comparison) ways(
	gains bool,
	atoms map[atom][]extent,
	others map[atom][]extent,
	m *matrix.Matrix,
	names map[string]*named,
) []PersonChange {
	var out []PersonChange
	index := map[string]int{}
	openings := map[string][]atom{}
	signIns := map[string][]string{}
	networks := map[string][]string{}
	lines := map[string]string{}
	for _, a := range sortedAtoms(atoms) {
		for _, e := range atoms[a] {
			key := fmt.Sprint(a.way(), "\x00", a.assumed, e)
			if a.door == theRole {
				// It goes with the doors of the same way and time, whatever those rest on.
				key = cmp.Or(lines[fmt.Sprint(a.way(), e)], key)
			}
			lines[fmt.Sprint(a.way(), e)] = key
			if _, known := index[key]; !known {
				index[key] = len(out)
				out = append(out, c.way(gains, a, e, m))
			}
			if a.door == theRole {
				// The role itself is gained unless there was another way to sign in, another time or another age.
				out[index[key]].Whole = out[index[key]].Whole || !wasIn(others, a)
			}
			signIns[key] = together(signIns[key], []string{a.signIn})
			networks[key] = together(networks[key], []string{a.network})
			out[index[key]].Networks = networkWords(networks[key], names[a.way()].networks)
			a.signIn, a.network = "", ""
			if a.door != theRole && !slices.Contains(openings[key], a) {
				openings[key] = append(openings[key], a)
			}
		}
	}
	for key, at := range index {
		slices.SortFunc(signIns[key], func(a, b string) int { return cmp.Compare(signInOrder(a), signInOrder(b)) })
		out[at].SignIns = signIns[key]
		out[at].Opens = opensOf(openings[key])
		if out[at].Whole {
			out[at].Carries = c.carries(gains, out[at].RoleARN)
		}
	}
	return out
}

// wasIn reports whether the person is in the role on the other side too, in whatever way.
func wasIn(others map[atom][]extent, a atom) bool {
	for other := range others {
		if other.door == theRole && other.person == a.person && other.role == a.role && other.through == a.through {
			return true
		}
	}
	return false
}

func (c *comparison) way(gains bool, a atom, e extent, m *matrix.Matrix) PersonChange {
	p := PersonChange{
		Gains:          gains,
		PersonARN:      a.person,
		Person:         c.personName(a.person),
		RoleARN:        a.role,
		Opens:          []Opening{},
		MFAOverSeconds: e.younger,
	}
	if e.oldest != math.MaxInt {
		p.MFAMaxAgeSeconds = e.oldest
	}
	p.Role = cmp.Or(c.permissionSets[a.role], nameOf(a.role))
	p.PermissionSet = c.permissionSets[a.role] != ""
	p.Teams = c.teamsOf(gains, a.role, a.person, a.through)
	if a.through != "" {
		p.Through = strings.Split(a.through, " > ")
	}
	arn, _ := policy.ParseARN(cmp.Or(a.role, a.person))
	p.Account = arn.Account
	if e.from > m.At.Unix() {
		p.From = instant(e.from)
	}
	if e.until != always {
		p.Until = instant(e.until)
	}
	if a.door != theRole {
		for id := range strings.SplitSeq(strings.TrimSuffix(a.assumed, "\x00"), "\x00") {
			if id != "" {
				p.If = append(p.If, id)
			}
		}
	}
	return p
}

func instant(unix int64) *time.Time {
	at := time.Unix(unix, 0).UTC()
	return &at
}

// opensOf joins atoms to openings: the projects and Regions of a door, then the doors with the same ones and the same
// OS user.
func opensOf(atoms []atom) []Opening {
	out := []Opening{}
	var byDoor []Opening
	for _, a := range atoms {
		at := slices.IndexFunc(byDoor, func(o Opening) bool {
			return o.Doors[0] == a.door && o.OSUser == a.osUser && o.Superuser == a.superuser
		})
		if at < 0 {
			at = len(byDoor)
			byDoor = append(
				byDoor,
				Opening{
					Doors:     []string{a.door},
					OSUser:    a.osUser,
					Superuser: a.superuser,
					Nodes:     []string{},
					Regions:   []string{},
				},
			)
		}
		if !slices.Contains(byDoor[at].Nodes, a.project) {
			byDoor[at].Nodes = append(byDoor[at].Nodes, a.project)
		}
		if !slices.Contains(byDoor[at].Regions, a.region) {
			byDoor[at].Regions = append(byDoor[at].Regions, a.region)
		}
	}
	for i := range byDoor {
		slices.Sort(byDoor[i].Nodes)
		slices.Sort(byDoor[i].Regions)
	}
	for _, o := range byDoor {
		at := slices.IndexFunc(out, func(have Opening) bool {
			return have.OSUser == o.OSUser && have.Superuser == o.Superuser && slices.Equal(have.Nodes, o.Nodes) &&
				slices.Equal(have.Regions, o.Regions)
		})
		if at < 0 {
			out = append(out, o)
		} else {
			out[at].Doors = append(out[at].Doors, o.Doors...)
		}
	}
	for i := range out {
		out[i].Nodes, out[i].Regions = nodeWords(out[i].Nodes), regionWords(out[i].Regions)
	}
	return out
}

// nodeWords says which nodes.
func nodeWords(projects []string) []string {
	var named, words []string
	for _, p := range projects {
		if p != otherProjects && p != noProject {
			named = append(named, p)
		}
	}
	other, none := slices.Contains(projects, otherProjects), slices.Contains(projects, noProject)
	switch {
	case other && none:
		return []string{"every node"}
	case other:
		words = append(words, "nodes of every project")
	case len(named) > 0:
		words = append(words, "nodes of "+strings.Join(named, ", "))
	}
	if none {
		words = append(words, "nodes without a project")
	}
	return words
}

// regionWords names the Regions; none stands for all.
func regionWords(regions []string) []string {
	if slices.Contains(regions, otherRegions) {
		return []string{}
	}
	return regions
}

// networkWords says which of all networks that either side names; none stands for every network.
func networkWords(some, all []string) []string {
	if !slices.Contains(some, otherNetworks) {
		return slices.Sorted(slices.Values(some))
	}
	var but []string
	for _, network := range all {
		if !slices.Contains(some, network) {
			but = append(but, network)
		}
	}
	if len(but) == 0 {
		return nil
	}
	return []string{"every network but " + words.Joined(but, "and")}
}

// carries are the managed policies of a role, by name.
func (c *comparison) carries(gains bool, role string) []string {
	side := c.to
	if !gains {
		side = c.from
	}
	arn, _ := policy.ParseARN(role)
	a := side.Account(arn.Account)
	if a == nil {
		return nil
	}
	var out []string
	for i := range a.Roles {
		if a.Roles[i].ARN(a) != role {
			continue
		}
		for _, attached := range a.Roles[i].Attached {
			// The policies that the stacks make for their own roles say no more than the doors.
			if parsed, err := policy.ParseARN(attached); err == nil && parsed.Account != a.ID {
				out = append(out, nameOf(attached))
			}
		}
	}
	return out
}

// nameOf is the last part of an ARN.
func nameOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// nameMembers remembers what the matrices call whom IAM Identity Center knows, and permission sets.
func (c *comparison) nameMembers(matrices ...*matrix.Matrix) {
	c.members, c.permissionSets = map[string]string{}, map[string]string{}
	for _, m := range matrices {
		for i := range m.Rows {
			r := &m.Rows[i]
			if isMember(r.PersonARN) {
				c.members[r.PersonARN] = r.Person
			}
			if strings.Contains(r.RoleARN, ":role"+policy.PermissionSetRolePath) {
				c.permissionSets[r.RoleARN] = r.Role
			}
		}
	}
}

// personName is the name of a user, with the account where people of several accounts are compared.
func (c *comparison) personName(arn string) string {
	if name := c.members[arn]; name != "" {
		return name
	}
	parsed, err := policy.ParseARN(arn)
	_, _, name, ok := parsed.Entity()
	if err != nil || !ok {
		return arn
	}
	homes := map[string]bool{}
	for _, s := range []*Side{c.from, c.to} {
		for i := range s.World.Accounts {
			if len(s.World.Accounts[i].Users) > 0 {
				homes[s.World.Accounts[i].ID] = true
			}
		}
		for _, other := range s.siblings {
			if len(other.Users) > 0 {
				homes[other.AccountID] = true
			}
		}
	}
	if len(homes) < 2 && homes[parsed.Account] {
		return name
	}
	return c.accountName(parsed.Account) + "/" + name
}

func signInOrder(s string) int {
	return slices.Index(
		[]string{
			"console without MFA",
			"access key",
			"session token without MFA",
			"console with MFA",
			"access key with an MFA code",
			"session token with MFA",
		},
		s,
	)
}
