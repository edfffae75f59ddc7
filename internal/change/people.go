package change

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

// doorOrder is the order in which the report names doors: those of access, then session documents, starting and
// stopping, and being in the role at last.
func (a *atom) doorOrder() int {
	named := reach.Doors()
	opening := len(world.Doors())
	switch place := slices.Index(named, a.door); {
	case a.inRole:
		return len(named) + 1
	case place < 0:
		return opening
	case place >= opening:
		return place + 1
	default:
		return place
	}
}

// people are the ways that open and shut, a line for each way of a person and time, in the order of people, gains
// before losses.
func (c *comparison) people(was, is *reach.Facts) {
	c.nameMembers(was, is)
	names := namesOf(was, is)
	before, after := c.atoms(was, c.At, names), c.atoms(is, c.At, names)
	gains := c.ways(true, minus(after, before), before, is, names)
	losses := c.ways(false, minus(before, after), after, was, names)
	c.users()
	c.People = append(c.People, append(gains, losses...)...)
	order := map[string]int{}
	for _, f := range []*reach.Facts{is, was} {
		for i := range f.Ways {
			if _, known := order[f.Ways[i].Person.ARN]; !known {
				order[f.Ways[i].Person.ARN] = len(order)
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
					SignIns:   []reach.SignIn{},
				})
			}
		}
	}
}

// lineKey is what stands on one line of the report: a way in a time and an age of MFA, and what it rests on.
type lineKey struct {
	way     wayKey
	extent  extent
	assumed string
}

// ways joins atoms to one change for each way, time and age of MFA.
func (c *comparison) ways(
	gains bool,
	atoms, others map[atom][]extent,
	f *reach.Facts,
	names map[wayKey]*named,
) []PersonChange {
	var out []PersonChange
	index := map[lineKey]int{}
	openings := map[lineKey][]atom{}
	signIns := map[lineKey][]reach.SignIn{}
	networks := map[lineKey][]network{}
	// latest is the last line of a way and extent, whatever it rests on.
	latest := map[lineKey]lineKey{}
	for _, a := range sortedAtoms(atoms) {
		for _, e := range atoms[a] {
			key := lineKey{a.wayKey, e, a.assumed}
			whatever := lineKey{way: a.wayKey, extent: e}
			if earlier, known := latest[whatever]; known && a.inRole {
				// It goes with the doors of the same way and time, whatever those rest on.
				key = earlier
			}
			latest[whatever] = key
			if _, known := index[key]; !known {
				index[key] = len(out)
				out = append(out, c.way(gains, a, e, f))
			}
			if a.inRole {
				// The role itself is gained unless there was another way to sign in, another time or another age.
				out[index[key]].Whole = out[index[key]].Whole || !wasIn(others, a)
			}
			signIns[key] = union(signIns[key], []reach.SignIn{a.signIn})
			networks[key] = union(networks[key], []network{a.network})
			out[index[key]].Networks = networkWords(networks[key], names[a.wayKey].networks)
			a.signIn, a.network = "", ""
			if !a.inRole {
				openings[key] = union(openings[key], []atom{a})
			}
		}
	}
	for key, i := range index {
		slices.SortFunc(signIns[key], reach.SignIn.Compare)
		out[i].SignIns = signIns[key]
		out[i].Opens = opensOf(openings[key])
		if out[i].Whole {
			out[i].Carries = c.carries(gains, out[i].RoleARN)
		}
	}
	return out
}

// wasIn reports whether the person is in the role on the other side too, in whatever way.
func wasIn(others map[atom][]extent, a atom) bool {
	for other := range others {
		if other.inRole && other.wayKey == a.wayKey {
			return true
		}
	}
	return false
}

func (c *comparison) way(gains bool, a atom, e extent, f *reach.Facts) PersonChange {
	p := PersonChange{
		Gains:          gains,
		PersonARN:      a.person,
		Person:         c.personName(a.person),
		RoleARN:        a.role,
		Through:        c.through[a.wayKey],
		Opens:          []Opening{},
		MFAOverSeconds: e.younger,
	}
	if e.oldest != math.MaxInt {
		p.MFAMaxAgeSeconds = e.oldest
	}
	p.Role = cmp.Or(c.permissionSets[a.role], nameOf(a.role))
	p.PermissionSet = c.permissionSets[a.role] != ""
	p.Teams = c.teamsOf(gains, a.wayKey)
	arn, _ := policy.ParseARN(cmp.Or(a.role, a.person))
	p.Account = arn.Account
	if e.from > f.At.Unix() {
		p.From = instant(e.from)
	}
	if e.until != always {
		p.Until = instant(e.until)
	}
	if !a.inRole {
		p.If = c.assumed[a.assumed]
	}
	return p
}

func instant(unix int64) *time.Time {
	moment := time.Unix(unix, 0).UTC()
	return &moment
}

// opensOf joins atoms to openings: the projects and Regions of a door, then the doors with the same ones and the same
// OS user.
func opensOf(atoms []atom) []Opening {
	type byDoor struct {
		door    reach.Door
		login   login
		nodes   []nodes
		regions []region
	}
	var single []byDoor
	for _, a := range atoms {
		i := slices.IndexFunc(single, func(o byDoor) bool { return o.door == a.door && o.login == a.login })
		if i < 0 {
			i = len(single)
			single = append(single, byDoor{door: a.door, login: a.login})
		}
		if !slices.Contains(single[i].nodes, a.nodes) {
			single[i].nodes = append(single[i].nodes, a.nodes)
		}
		if !slices.Contains(single[i].regions, a.region) {
			single[i].regions = append(single[i].regions, a.region)
		}
	}
	for i := range single {
		slices.SortFunc(single[i].nodes, nodes.compare)
		slices.Sort(single[i].regions)
	}
	out := []Opening{}
	var joined []byDoor
	for _, o := range single {
		i := slices.IndexFunc(joined, func(have byDoor) bool {
			return have.login == o.login && slices.Equal(have.nodes, o.nodes) && slices.Equal(have.regions, o.regions)
		})
		if i >= 0 {
			out[i].Doors = append(out[i].Doors, o.door)
			continue
		}
		joined = append(joined, o)
		out = append(out, Opening{
			Doors:     []reach.Door{o.door},
			OSUser:    o.login.text(),
			Superuser: o.login.superuser,
			Nodes:     nodeWords(o.nodes),
			Regions:   regionWords(o.regions),
			login:     o.login,
		})
	}
	return out
}

// nodeWords says which nodes.
func nodeWords(all []nodes) []string {
	var named, words []string
	for _, n := range all {
		if n.kind == nodesOfProject {
			named = append(named, n.project)
		}
	}
	other := slices.Contains(all, nodes{kind: nodesOfOthers})
	none := slices.Contains(all, nodes{kind: nodesWithoutProject})
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
func regionWords(regions []region) []string {
	names := []string{}
	if slices.Contains(regions, otherRegions) {
		return names
	}
	for _, r := range regions {
		names = append(names, string(r))
	}
	return names
}

// networkWords says which of all networks that either side names; none stands for every network.
func networkWords(some []network, all []string) []string {
	var named, but []string
	for _, name := range all {
		if slices.Contains(some, network(name)) {
			named = append(named, name)
		} else {
			but = append(but, name)
		}
	}
	switch {
	case !slices.Contains(some, otherNetworks):
		slices.Sort(named)
		return named
	case len(but) == 0:
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

// nameMembers remembers what people call whom IAM Identity Center knows, permission sets, and the roles of each way.
func (c *comparison) nameMembers(sides ...*reach.Facts) {
	c.members, c.permissionSets = map[string]string{}, map[string]string{}
	c.through, c.assumed = map[wayKey][]string{}, map[string][]string{}
	for _, f := range sides {
		for i := range f.Ways {
			w := &f.Ways[i]
			c.through[keyOf(w)] = throughOf(w)
			if w.Person.OfIdentityCenter() {
				c.members[w.Person.ARN] = words.OfPerson(f, w.Person)
			}
			if role := w.Role(); role != nil && role.PermissionSet != "" {
				c.permissionSets[role.ARN] = words.OfRole(role)
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
