package access

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// model is a request that passes the probes as wanted: a point of a class.
type model struct {
	target target
	keys   map[string]values
	// names are the keys as policies write them.
	names map[string]*key
	// timed: a test asked for the instant.
	timed bool
}

// state is a class under construction: the literals decided on so far, and for each variable a value that has them.
type state struct {
	target     []literal
	targetSeen targetSolution
	keys       []keyState
}

type keyState struct {
	name string
	lits []literal
	v    values
}

// search looks for a request of one class of callers. It keeps a request at hand and mends it: a statement that must not apply and does is
// made to fail in one of its tests, one after the other, so that it branches over the tests of such statements alone.
type search struct {
	b *binder
	// classes counts the sets of test results that were looked at.
	classes int
	// gaveUp is set when a branch was closed without certainty; a search that finds nothing then proves nothing. grew is the statement whose test it was.
	gaveUp bool
	grew   Source
	// closed are the statements that closed a branch.
	closed map[*statement]bool
	// narrow are the layers that allow too little.
	narrow []Source
	// usual are literals of keys whose value was read without being asked for anything.
	usual map[string]literal
	// read are those of usual that the question at hand read.
	read map[string]literal
}

func newSearch(b *binder) *search {
	return &search{b: b, closed: map[*statement]bool{}, usual: map[string]literal{}, read: map[string]literal{}}
}

// begin forgets what the last question left behind, and keeps what was solved.
func (s *search) begin() {
	s.classes, s.gaveUp, s.grew, s.closed, s.narrow, s.read = 0, false, Source{}, map[*statement]bool{}, nil, map[string]literal{}
}

// closers are the Denies that closed a branch, in the order of the documents, and the layers that allow too little.
func (s *search) closers(deny []*statement) []Source {
	out := slices.Clone(s.narrow)
	for _, st := range deny {
		if s.closed[st] && !slices.Contains(out, st.by) {
			out = append(out, st.by)
		}
	}
	return out
}

// find looks for a request with which every literal of require comes out as wanted, at least one statement of every group applies, and none of
// avoid does.
func (s *search) find(require []literal, groups []layerGroup, avoid []*bound) (*model, bool) {
	st, ok := s.extend(state{}, require)
	if !ok {
		s.classes++
		return nil, false
	}
	return s.choose(st, groups, avoid)
}

func (s *search) choose(st state, groups []layerGroup, avoid []*bound) (*model, bool) {
	if len(groups) == 0 {
		return s.mend(st, avoid)
	}
	for _, b := range groups[0].allow {
		if b.never {
			continue
		}
		if s.b.caller.effort.spend(); s.b.caller.effort.exhausted() {
			s.gaveUp = true
			s.blame(b)
			return nil, false
		}
		next, ok := s.extend(st, b.lits)
		s.blame(b)
		if !ok {
			s.classes++
			continue
		}
		if m, ok := s.choose(next, groups[1:], avoid); ok {
			return m, true
		}
	}
	if !slices.Contains(s.narrow, groups[0].by) {
		s.narrow = append(s.narrow, groups[0].by)
	}
	return nil, false
}

// mend makes every statement of avoid fail.
func (s *search) mend(st state, avoid []*bound) (*model, bool) {
	s.classes++
	at := slices.IndexFunc(avoid, func(b *bound) bool { return !b.never && s.applies(st, b) })
	if at < 0 {
		return s.model(st), true
	}
	b := avoid[at]
	if s.b.caller.effort.spend(); s.b.caller.effort.exhausted() {
		s.gaveUp = true
		s.blame(busiest(avoid))
		return nil, false
	}
	b.mended++
	for _, l := range b.lits {
		if next, ok := s.extend(st, []literal{l.negated()}); ok {
			if m, ok := s.mend(next, avoid); ok {
				return m, true
			}
		}
		// From here on this test passes: the next branch looks at other requests.
		var ok bool
		if st, ok = s.extend(st, []literal{l}); !ok {
			break
		}
	}
	s.closed[b.st] = true
	s.blame(b)
	return nil, false
}

// busiest is the statement that was mended most.
func busiest(avoid []*bound) *bound {
	return slices.MaxFunc(avoid, func(a, b *bound) int { return cmp.Compare(a.mended, b.mended) })
}

// blame notes the statement at which the search stopped being certain.
func (s *search) blame(b *bound) {
	if s.gaveUp && s.grew == (Source{}) {
		s.grew = b.st.by
	}
}

// maxEffort bounds how many statements are mended for one question and one class of callers, whatever values open keys take. The standing proofs of the shipped examples need a
// few hundred, policies that AWS manages a few thousand.
const maxEffort = 40_000

// effort is what a question has cost.
type effort struct{ spent int }

func (e *effort) spend() { e.spent++ }

func (e *effort) exhausted() bool { return e.spent > maxEffort }

// applies reports whether a statement applies to the request at hand.
func (s *search) applies(st state, b *bound) bool {
	return !slices.ContainsFunc(b.lits, func(l literal) bool { return s.passes(st, l) != l.want })
}

func (s *search) passes(st state, l literal) bool {
	switch l.kind {
	case probeAction:
		t := st.targetSeen
		if t.action >= 0 {
			return l.set.has(t.action)
		}
		return matchedByAny(l.globs, t.name)
	case probeResource:
		return matchedByAny(l.globs, st.targetSeen.resource)
	}
	return l.cond.holdsFor(s.value(st, l))
}

// value is the value at hand of the key that a literal reads.
func (s *search) value(st state, l literal) values {
	for i := range st.keys {
		if st.keys[i].name == l.name {
			return st.keys[i].v
		}
	}
	s.usual[l.name], s.read[l.name] = l, l
	return s.solveKey(l, nil).v
}

// extend adds literals to a state and finds new values for the variables that they read; false when there are none.
func (s *search) extend(st state, lits []literal) (state, bool) {
	if len(lits) == 0 && st.targetSeen.ok {
		return st, true
	}
	targetChanged := !st.targetSeen.ok
	keysCopied := false
	var changed []int
	for _, l := range lits {
		if l.kind != probeKey {
			if contains(st.target, l) {
				continue
			}
			st.target = append(slices.Clip(st.target), l)
			targetChanged = true
			continue
		}
		if !keysCopied {
			st.keys, keysCopied = slices.Clone(st.keys), true
		}
		at := slices.IndexFunc(st.keys, func(k keyState) bool { return k.name == l.name })
		if at < 0 {
			at = len(st.keys)
			st.keys = append(st.keys, keyState{name: l.name})
		}
		if contains(st.keys[at].lits, l) {
			continue
		}
		st.keys[at].lits = append(slices.Clip(st.keys[at].lits), l)
		if !slices.Contains(changed, at) {
			changed = append(changed, at)
		}
	}
	if targetChanged {
		if contradicts(st.target) {
			return state{}, false
		}
		st.targetSeen = s.solveTarget(st.target)
		if !st.targetSeen.ok {
			s.gaveUp = s.gaveUp || st.targetSeen.gaveUp
			return state{}, false
		}
	}
	for _, at := range changed {
		k := &st.keys[at]
		if contradicts(k.lits) {
			return state{}, false
		}
		found := s.solveKey(k.lits[0], k.lits)
		if !found.ok {
			s.gaveUp = s.gaveUp || found.gaveUp
			return state{}, false
		}
		k.v = found.v
	}
	return st, true
}

func contains(lits []literal, l literal) bool {
	return slices.ContainsFunc(lits, func(have literal) bool { return have.id == l.id && have.want == l.want })
}

func contradicts(lits []literal) bool {
	for i, l := range lits {
		if slices.ContainsFunc(lits[:i], func(have literal) bool { return have.id == l.id && have.want != l.want }) {
			return true
		}
	}
	return false
}

func (s *search) solveTarget(lits []literal) targetSolution {
	id := identityOf(lits)
	if have, ok := s.b.lab.targets[id]; ok {
		return have
	}
	found := solveTarget(s.b.caller, lits)
	s.b.lab.targets[id] = found
	return found
}

func (s *search) solveKey(of literal, lits []literal) solution {
	id := of.name + " " + identityOf(lits)
	if k := &of.cond.key; k.kind == keyPrincipalTag {
		// The one key whose domain differs among the callers of an account.
		own := findTag(s.b.caller.principal.tags, k.tag)
		id += strconv.FormatBool(own.present) + own.one
	}
	if have, ok := s.b.lab.values[id]; ok {
		return have
	}
	found := solveKey(lits, s.b.caller.domain(&of.cond.key))
	s.b.lab.values[id] = found
	return found
}

// identityOf is the same for the same literals in any order.
func identityOf(lits []literal) string {
	ids := make([]int, len(lits))
	for i, l := range lits {
		ids[i] = l.id
		if !l.want {
			ids[i] = -l.id
		}
	}
	sort.Ints(ids)
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(strconv.Itoa(id))
		b.WriteByte(' ')
	}
	return b.String()
}

func (s *search) model(st state) *model {
	m := &model{target: st.targetSeen.target, keys: map[string]values{}, names: map[string]*key{}}
	for _, k := range st.keys {
		m.keys[k.name] = k.v
		m.names[k.name] = &k.lits[0].cond.key
		m.timed = m.timed || k.name == timeVariable
	}
	for name, l := range s.usual {
		if _, asked := m.keys[name]; !asked {
			m.keys[name] = s.solveKey(l, nil).v
			m.names[name] = &l.cond.key
		}
	}
	for name, a := range s.b.assigned {
		m.keys[name], m.names[name] = a.v, a.key
	}
	return m
}
