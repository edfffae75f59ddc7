package change

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/words"
)

// An atom is the smallest thing that a person gains or loses: one door on the nodes of one project in one Region as
// one OS user, at the end of one way, after one way to sign in; or being in the role at the end of the way at all.
type atom struct {
	wayKey
	// inRole is being in the role, which has neither door nor nodes.
	inRole bool
	door   reach.Door
	login  login
	nodes  nodes
	region region
	signIn reach.SignIn
	// network is where the call comes from.
	network network
	// assumed are the ids of what the way rests on, as comparison.assumed has them.
	assumed string
}

// wayKey tells ways apart: a person and the roles that the person takes, by ARN. Through are those before the last, as
// a report calls them.
type wayKey struct{ person, through, role string }

func keyOf(w *reach.Way) wayKey {
	key := wayKey{person: w.Person.ARN, through: strings.Join(throughOf(w), " > ")}
	if role := w.Role(); role != nil {
		key.role = role.ARN
	}
	return key
}

// throughOf are the roles of a way before the last, as a report calls them.
func throughOf(w *reach.Way) []string {
	var names []string
	for i := range max(len(w.Via)-1, 0) {
		names = append(names, words.OfRole(&w.Via[i]))
	}
	return names
}

// login is the OS user behind a door.
type login struct {
	name               string
	superuser, unknown bool
}

// text is what a report calls it.
func (l login) text() string {
	if l.unknown {
		return "unknown"
	}
	return l.name
}

// nodes are those of one project.
type nodes struct {
	kind nodesKind
	// project is the value of the project tag of named nodes.
	project string
}

type nodesKind int

// What is said of nodes, in the order in which a report sorts them. Those of other projects stand for all projects that
// neither side names.
const (
	nodesWithoutProject nodesKind = iota
	nodesOfOthers
	nodesOfProject
)

func (n nodes) compare(o nodes) int {
	return cmp.Or(cmp.Compare(n.kind, o.kind), cmp.Compare(n.project, o.project))
}

// region is a Region by its name. The empty name stands for all Regions that neither side names.
type region string

const otherRegions region = ""

// network is a network from which a door opens. The empty name stands for all networks that neither side names.
type network string

const otherNetworks network = ""

// extent is when an atom holds, and for how old an MFA: from the first instant and age until before the second. Until
// is far away where there is no end.
type extent struct {
	from, until     int64
	younger, oldest int
}

const always = math.MaxInt64

// atoms takes ways apart. Values that the other side names and this one does not are among those that this one has for
// all others.
//
// A way is a product of sets: every sign-in with every door in every Region on every project. Its atoms are the
// elements of the product, with one symbol for all values that neither side names, so that the product is finite and
// two sides mean the same when their atoms are the same.
func (c *comparison) atoms(f *reach.Facts, moment time.Time, names map[wayKey]*named) map[atom][]extent {
	out := map[atom][]extent{}
	for i := range f.Ways {
		w := &f.Ways[i]
		way := atom{wayKey: keyOf(w)}
		e := extentOf(w, moment)
		for _, way.signIn = range w.SignIns {
			if w.Role() != nil {
				being := way
				being.inRole = true
				for _, being.network = range networksOf(w, names[way.wayKey]) {
					add(out, being, e)
				}
			}
			opens := way
			opens.login = login{name: w.OSUser.Login.Text, superuser: w.OSUser.Superuser, unknown: w.OSUser.Unknown}
			opens.assumed = c.assume(w.Assumptions)
			for _, a := range product(opens, f, w, names[way.wayKey]) {
				for _, a.network = range networksOf(w, names[way.wayKey]) {
					add(out, a, e)
				}
			}
		}
	}
	return out
}

// assume remembers what a way rests on and gives a key for it.
func (c *comparison) assume(all []reach.Assumption) string {
	var ids []string
	for _, a := range all {
		ids = append(ids, words.OfAssumption(a).ID)
	}
	key := strings.Join(ids, "\x00")
	c.assumed[key] = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	return key
}

// extentOf is when a way holds.
func extentOf(w *reach.Way, moment time.Time) extent {
	e := extent{from: moment.Unix(), until: always, oldest: cmp.Or(int(w.MFAMaxAge/time.Second), math.MaxInt)}
	if w.From != nil {
		e.from = w.From.Unix()
	}
	if w.Until != nil {
		e.until = w.Until.Unix()
	}
	return e
}

// product is an atom at every door, in every Region and on every project of a way.
func product(a atom, f *reach.Facts, w *reach.Way, all *named) []atom {
	regions := slices.Clone(w.Regions.Named)
	if w.Regions.Every {
		// What this side names elsewhere on the way is not among the other Regions.
		regions = covered(regions, all.regions, all.byFacts[f])
	}
	projects := texts(w.Projects.Named)
	if w.Projects.Every {
		projects = covered(projects, all.projects, texts(w.Projects.But))
	}
	var out []atom
	for _, a.door = range w.Doors {
		in := func(r region) {
			a.region = r
			for _, project := range projects {
				a.nodes = nodes{nodesOfProject, project}
				out = append(out, a)
			}
			if w.Projects.Every {
				a.nodes = nodes{kind: nodesOfOthers}
				out = append(out, a)
			}
			if w.Projects.Untagged {
				a.nodes = nodes{kind: nodesWithoutProject}
				out = append(out, a)
			}
		}
		for _, name := range regions {
			in(region(name))
		}
		if w.Regions.Every {
			in(otherRegions)
		}
	}
	return out
}

func texts(values []reach.Value) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Text
	}
	return out
}

// networksOf are the networks of a way: its own, or where any will do, those that either side names and the one that
// stands for all others.
func networksOf(w *reach.Way, all *named) []network {
	names := w.Networks
	if len(names) == 0 {
		names = all.networks
	}
	var out []network
	for _, name := range names {
		out = append(out, network(name))
	}
	if len(w.Networks) == 0 {
		out = append(out, otherNetworks)
	}
	return out
}

func add(to map[atom][]extent, a atom, e extent) {
	if !slices.Contains(to[a], e) {
		to[a] = append(to[a], e)
	}
}

// named are the values that the ways of one key name on either side.
type named struct {
	projects, regions, networks []string
	// byFacts are the Regions that each side names.
	byFacts map[*reach.Facts][]string
}

func namesOf(sides ...*reach.Facts) map[wayKey]*named {
	out := map[wayKey]*named{}
	for _, f := range sides {
		for i := range f.Ways {
			w := &f.Ways[i]
			n := out[keyOf(w)]
			if n == nil {
				n = &named{byFacts: map[*reach.Facts][]string{}}
				out[keyOf(w)] = n
			}
			n.projects = union(n.projects, texts(w.Projects.Named), texts(w.Projects.But))
			n.networks = union(n.networks, w.Networks)
			n.regions = union(n.regions, w.Regions.Named)
			n.byFacts[f] = union(n.byFacts[f], w.Regions.Named)
		}
	}
	return out
}

// union are the values of a list and those of others that it does not have, in their order.
func union[T comparable](all []T, others ...[]T) []T {
	for _, value := range slices.Concat(others...) {
		if !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

// covered are the values that a way covers which covers every other one: its own, and those that anybody names, but
// for the ones that are excepted.
func covered(own, all, except []string) []string {
	return union(own, slices.DeleteFunc(slices.Clone(all), func(v string) bool { return slices.Contains(except, v) }))
}

// minus are the atoms of a that b does not have, with when and how.
func minus(a, b map[atom][]extent) map[atom][]extent {
	out := map[atom][]extent{}
	for key, extents := range a {
		left := extents
		for _, gone := range b[key] {
			var next []extent
			for _, e := range left {
				next = append(next, e.minus(gone)...)
			}
			left = next
		}
		if len(left) > 0 {
			out[key] = left
		}
	}
	return out
}

// minus is what is left of an extent: the time before and after, and within the same time the MFA that is younger and
// older.
func (e extent) minus(o extent) []extent {
	from, until := max(e.from, o.from), min(e.until, o.until)
	younger, oldest := max(e.younger, o.younger), min(e.oldest, o.oldest)
	if from >= until || younger >= oldest {
		return []extent{e}
	}
	var out []extent
	if e.from < from {
		out = append(out, extent{e.from, from, e.younger, e.oldest})
	}
	if until < e.until {
		out = append(out, extent{until, e.until, e.younger, e.oldest})
	}
	if e.younger < younger {
		out = append(out, extent{from, until, e.younger, younger})
	}
	if oldest < e.oldest {
		out = append(out, extent{from, until, oldest, e.oldest})
	}
	return out
}

func sortedAtoms(m map[atom][]extent) []atom {
	return slices.SortedFunc(maps.Keys(m), func(a, b atom) int {
		return cmp.Or(
			cmp.Compare(a.person, b.person),
			cmp.Compare(a.through, b.through),
			cmp.Compare(a.role, b.role),
			cmp.Compare(a.doorOrder(), b.doorOrder()),
			cmp.Compare(a.login.text(), b.login.text()),
			cmp.Compare(a.region, b.region),
			a.nodes.compare(b.nodes),
			cmp.Compare(a.signIn, b.signIn),
			cmp.Compare(a.network, b.network),
			cmp.Compare(a.assumed, b.assumed),
			cmp.Compare(a.door, b.door),
		)
	})
}
