package change

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/view/matrix"
)

// An atom is the smallest thing that a person gains or loses: one door on the nodes of one project in one Region as
// one OS user, at the end of one way, after one way to sign in. The door that is called the role itself stands for
// being in the role at all.
type atom struct {
	person, through, role string
	door, osUser          string
	superuser             bool
	project, region       string
	signIn                string
	network               string
	assumed               string
}

// theRole is the door of being in a role.
const theRole = "\x00the role"

// Values that stand for all that nobody names.
const (
	otherProjects = "\x00other"
	noProject     = "\x00none"
	otherRegions  = "\x00other"
	otherNetworks = "\x00other"
)

// extent is when an atom holds, and for how old an MFA: from the first instant and age until before the second. Until
// is far away where there is no end.
type extent struct {
	from, until     int64
	younger, oldest int
}

const always = math.MaxInt64

// atoms takes the rows of a matrix apart. Values that the other matrix names and this one does not are among those
// that this one has for all others.
//
// A row is a product of sets: every sign-in with every door in every Region on every project. Its atoms are the
// elements of the product, with one symbol for all values that neither side names, so that the product is finite and
// two matrices mean the same when their atoms are the same.
func atoms(m *matrix.Matrix, at time.Time, names map[string]*named) map[atom][]extent {
	out := map[atom][]extent{}
	for i := range m.Rows {
		r := &m.Rows[i]
		way := atom{person: r.PersonARN, through: strings.Join(r.Through, " > "), role: r.RoleARN}
		e := extentOf(r, at)
		for _, signIn := range r.SignIns {
			if r.RoleARN != "" {
				being := way
				being.door, being.signIn = theRole, signIn
				for _, being.network = range networksOf(r, names[way.way()]) {
					add(out, being, e)
				}
			}
			signedIn := way
			signedIn.signIn, signedIn.osUser, signedIn.superuser = signIn, r.OSUser, r.Superuser
			for _, assumption := range r.Assumptions {
				signedIn.assumed += assumption.ID + "\x00"
			}
			for _, a := range product(signedIn, m, r, names[way.way()]) {
				for _, a.network = range networksOf(r, names[way.way()]) {
					add(out, a, e)
				}
			}
		}
	}
	return out
}

// extentOf is when a row holds.
func extentOf(r *matrix.Row, at time.Time) extent {
	e := extent{from: at.Unix(), until: always, oldest: cmp.Or(r.MFAMaxAgeSeconds, math.MaxInt)}
	if r.From != nil {
		e.from = r.From.Unix()
	}
	if r.Until != nil {
		e.until = r.Until.Unix()
	}
	return e
}

// product is an atom at every door, in every Region and on every project of a row.
func product(a atom, m *matrix.Matrix, r *matrix.Row, all *named) []atom {
	var out []atom
	for _, a.door = range r.Doors {
		for _, a.region = range expand(r.Regions, r.EveryRegion, nil, all.regions, otherRegions, all.regionsOf(m)) {
			for _, a.project = range expand(r.Projects, r.EveryProject, r.ButProjects, all.projects, otherProjects, nil) {
				out = append(out, a)
			}
			if r.Untagged {
				a.project = noProject
				out = append(out, a)
			}
		}
	}
	return out
}

// networksOf are the networks of a row: its own, or where any will do, those that either side names and the one that
// stands for all others.
func networksOf(r *matrix.Row, all *named) []string {
	return expand(r.Networks, len(r.Networks) == 0, nil, all.networks, otherNetworks, nil)
}

func add(to map[atom][]extent, a atom, e extent) {
	if !slices.Contains(to[a], e) {
		to[a] = append(to[a], e)
	}
}

func (a atom) way() string { return a.person + "\x00" + a.through + "\x00" + a.role }

// named are the values that the rows of one way name on either side.
type named struct {
	projects, regions, networks []string
	// by are the Regions that each matrix names.
	by map[*matrix.Matrix][]string
}

func (n *named) regionsOf(m *matrix.Matrix) []string { return n.by[m] }

func namesOf(matrices ...*matrix.Matrix) map[string]*named {
	out := map[string]*named{}
	for _, m := range matrices {
		for i := range m.Rows {
			r := &m.Rows[i]
			way := atom{person: r.PersonARN, through: strings.Join(r.Through, " > "), role: r.RoleARN}.way()
			n := out[way]
			if n == nil {
				n = &named{by: map[*matrix.Matrix][]string{}}
				out[way] = n
			}
			n.projects = together(n.projects, r.Projects, r.ButProjects)
			n.networks = together(n.networks, r.Networks)
			n.regions, n.by[m] = together(n.regions, r.Regions), together(n.by[m], r.Regions)
		}
	}
	return out
}

// together are the values of lists, each once.
func together(all []string, more ...[]string) []string {
	for _, value := range slices.Concat(more...) {
		if !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

// expand are the values that a row covers: its own, and where it covers every other one, those that nobody here names
// and the one that stands for all.
func expand(own []string, every bool, but, all []string, other string, known []string) []string {
	out := slices.Clone(own)
	if !every {
		return out
	}
	for _, v := range all {
		if !slices.Contains(out, v) && !slices.Contains(but, v) && !slices.Contains(known, v) {
			out = append(out, v)
		}
	}
	return append(out, other)
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
			cmp.Compare(doorOrder(a.door), doorOrder(b.door)),
			cmp.Compare(
				a.osUser,
				b.osUser,
			),
			cmp.Compare(a.region, b.region),
			cmp.Compare(a.project, b.project),
			cmp.Compare(a.signIn, b.signIn),
			cmp.Compare(a.network, b.network),
			cmp.Compare(a.assumed, b.assumed),
		)
	})
}
