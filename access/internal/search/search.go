package search

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/model"
)

// state is a class under construction: the literals decided on so far, and for each variable a value that has them.
type state struct {
	target     []Literal
	targetSeen call.Solution
	keys       []keyState
}

type keyState struct {
	name string
	lits []Literal
	v    engine.Values
}

// search looks for a request of one class of callers. It keeps a request at hand and mends it: a statement that must
// not apply and does is made to fail in one of its tests, one after the other, so that it branches over the tests of
// such statements alone.
type search struct {
	B *binder
	// classes counts the sets of test results that were looked at.
	Classes int
	// gaveUp is set when a branch was closed without certainty; a search that finds nothing then proves nothing. grew
	// is the statement whose test it was.
	GaveUp bool
	grew   engine.Source
	// closed are the statements that closed a branch.
	closed map[*engine.Statement]bool
	// narrow are the layers that allow too little.
	narrow []engine.Source
	// usual are literals of keys whose value was read without being asked for anything.
	usual map[string]Literal
	// read are those of usual that the question at hand read.
	read map[string]Literal
}

func NewSearch(b *binder) *search {
	return &search{B: b, closed: map[*engine.Statement]bool{}, usual: map[string]Literal{}, read: map[string]Literal{}}
}

// Begin forgets what the last question left behind, and keeps what was solved.
func (s *search) Begin() {
	s.Classes, s.GaveUp, s.grew, s.closed, s.narrow, s.read = 0, false, engine.Source{}, map[*engine.Statement]bool{}, nil, map[string]Literal{}
}

// closers are the Denies that closed a branch, in the order of the documents, and the layers that allow too little.
func (s *search) closers(deny []*engine.Statement) []engine.Source {
	out := slices.Clone(s.narrow)
	for _, st := range deny {
		if s.closed[st] && !slices.Contains(out, st.By) {
			out = append(out, st.By)
		}
	}
	return out
}

// Find looks for a request with which every literal of require comes out as wanted, at least one statement of every
// group applies, and none of avoid does.
func (s *search) Find(require []Literal, groups []layerGroup, avoid []*bound) (*model.Model, bool) {
	st, ok := s.extend(state{}, require)
	if !ok {
		s.Classes++
		return nil, false
	}
	return s.choose(st, groups, avoid)
}

func (s *search) choose(st state, groups []layerGroup, avoid []*bound) (*model.Model, bool) {
	if len(groups) == 0 {
		return s.mend(st, avoid)
	}
	for _, b := range groups[0].allow {
		if b.Never {
			continue
		}
		if s.B.caller.Effort.spend(); s.B.caller.Effort.exhausted() {
			s.GaveUp = true
			s.blame(b)
			return nil, false
		}
		next, ok := s.extend(st, b.Lits)
		s.blame(b)
		if !ok {
			s.Classes++
			continue
		}
		if m, ok := s.choose(next, groups[1:], avoid); ok {
			return m, true
		}
	}
	if !slices.Contains(s.narrow, groups[0].source) {
		s.narrow = append(s.narrow, groups[0].source)
	}
	return nil, false
}

// mend makes every statement of avoid fail.
//
// A statement fails when one of its literals does: its negation is a clause, over whose literals the search splits as
// DPLL does with clauses. The n-th branch makes the n-th literal fail and those before it pass, so that the branches
// are disjoint and together all ways to fail; a request that one of them could have had is not looked at twice. It
// ends, because every branch adds a literal and there are finitely many.
func (s *search) mend(st state, avoid []*bound) (*model.Model, bool) {
	s.Classes++
	applying := slices.IndexFunc(avoid, func(b *bound) bool { return !b.Never && s.applies(st, b) })
	if applying < 0 {
		return s.model(st), true
	}
	b := avoid[applying]
	if s.B.caller.Effort.spend(); s.B.caller.Effort.exhausted() {
		s.GaveUp = true
		s.blame(busiest(avoid))
		return nil, false
	}
	b.mended++
	for _, l := range b.Lits {
		if next, ok := s.extend(st, []Literal{l.negated()}); ok {
			if m, ok := s.mend(next, avoid); ok {
				return m, true
			}
		}
		// From here on this test passes: the next branch looks at other requests.
		var ok bool
		if st, ok = s.extend(st, []Literal{l}); !ok {
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
	if s.GaveUp && s.grew == (engine.Source{}) {
		s.grew = b.st.By
	}
}

// maxEffort bounds how many statements are mended for one question and one class of callers, whatever values open
// keys take. The standing proofs of the shipped examples need a few hundred, policies that AWS manages a few
// thousand.
const maxEffort = 40_000

// effort is what a question has cost, and what it may cost.
type effort struct{ spent, most int }

func newEffort(e *engine.Engine) *effort { return &effort{most: cmp.Or(e.Effort, maxEffort)} }

func (e *effort) spend() { e.spent++ }

// giveUp notes that the search for a target was given up, which costs much and tells nothing. It is the last one where
// all that such searches may cost is spent.
func (e *effort) giveUp(last bool) {
	const several = 20
	if e.spent += maxEffort / several; last {
		e.spent = e.most
	}
}

func (e *effort) exhausted() bool { return e.spent > e.most }

// applies reports whether a statement applies to the request at hand.
func (s *search) applies(st state, b *bound) bool {
	return !slices.ContainsFunc(b.Lits, func(l Literal) bool { return s.passes(st, l) != l.Want })
}

func (s *search) passes(st state, l Literal) bool {
	switch l.kind {
	case probeAction:
		t := st.targetSeen
		if t.Action >= 0 {
			return l.set.Has(t.Action)
		}
		return glob.MatchedByAny(l.Globs, t.Name)
	case probeResource:
		return glob.MatchedByAny(l.Globs, st.targetSeen.Resource)
	}
	return l.cond.HoldsFor(s.value(st, l))
}

// value is the value at hand of the key that a literal reads.
func (s *search) value(st state, l Literal) engine.Values {
	for i := range st.keys {
		if st.keys[i].name == l.name {
			return st.keys[i].v
		}
	}
	s.usual[l.name], s.read[l.name] = l, l
	return s.solveKey(l, nil).Value
}

// extend adds literals to a state and finds new values for the variables that they read; false when there are none.
//
// The literals are a conjunction, and each reads one variable: the target, or one condition key. So a conjunction can
// be satisfied when the literals of every variable can (the theories have no symbol in common, as Nelson and Oppen
// have it), and only variables with new literals are solved again. States share memory: a slice is copied before it
// is changed, so that the state that was extended stays as it was.
func (s *search) extend(st state, lits []Literal) (state, bool) {
	if len(lits) == 0 && st.targetSeen.Found {
		return st, true
	}
	st, targetChanged, changed := st.with(lits)
	if targetChanged || !st.targetSeen.Found {
		if contradicts(st.target) {
			return state{}, false
		}
		st.targetSeen = s.solveTarget(st.target)
		if !st.targetSeen.Found {
			s.GaveUp = s.GaveUp || st.targetSeen.GaveUp
			return state{}, false
		}
	}
	for _, i := range changed {
		key := &st.keys[i]
		if contradicts(key.lits) {
			return state{}, false
		}
		found := s.solveKey(key.lits[0], key.lits)
		if !found.Found {
			s.GaveUp = s.GaveUp || found.GaveUp
			return state{}, false
		}
		key.v = found.Value
	}
	return st, true
}

// with is a state with more literals, whose values do not have them yet: whether the target has new ones, and the
// places of the keys that have.
func (st state) with(lits []Literal) (more state, target bool, keys []int) {
	copied := false
	for _, l := range lits {
		if l.kind != probeKey {
			if !contains(st.target, l) {
				st.target, target = append(slices.Clip(st.target), l), true
			}
			continue
		}
		if !copied {
			st.keys, copied = slices.Clone(st.keys), true
		}
		i := slices.IndexFunc(st.keys, func(k keyState) bool { return k.name == l.name })
		if i < 0 {
			i = len(st.keys)
			st.keys = append(st.keys, keyState{name: l.name})
		}
		if contains(st.keys[i].lits, l) {
			continue
		}
		st.keys[i].lits = append(slices.Clip(st.keys[i].lits), l)
		if !slices.Contains(keys, i) {
			keys = append(keys, i)
		}
	}
	return st, target, keys
}

func contains(lits []Literal, l Literal) bool {
	return slices.ContainsFunc(lits, func(have Literal) bool { return have.id == l.id && have.Want == l.Want })
}

func contradicts(lits []Literal) bool {
	for i, l := range lits {
		if slices.ContainsFunc(lits[:i], func(have Literal) bool { return have.id == l.id && have.Want != l.Want }) {
			return true
		}
	}
	return false
}

func (s *search) solveTarget(lits []Literal) call.Solution {
	id := identityOf(lits)
	found, known := s.B.solved.targets[id]
	if !known {
		found = call.Solve(s.B.caller.arnForms(), targetLiterals(lits))
		s.B.solved.targets[id] = found
	}
	if found.GaveUp {
		s.B.caller.Effort.giveUp(s.B.solved.budget.Spent())
	}
	return found
}

func (s *search) solveKey(first Literal, lits []Literal) domain.Solution {
	id := first.name + " " + identityOf(lits)
	if k := &first.cond.Key; k.Kind == conditionkey.KeyPrincipalTag {
		// The one key whose domain differs among the callers of an account.
		own := engine.FindTag(s.B.caller.Principal.Tags, k.Tag)
		id += strconv.FormatBool(own.Present) + own.One
	}
	if have, ok := s.B.solved.values[id]; ok {
		return have
	}
	found := domain.Solve(conditionsOf(lits), s.B.caller.domain(&first.cond.Key))
	s.B.solved.values[id] = found
	return found
}

// conditionsOf are the conditions of literals on one key.
func conditionsOf(lits []Literal) []domain.Literal {
	out := make([]domain.Literal, len(lits))
	for i, l := range lits {
		out[i] = domain.Literal{Cond: l.cond, Want: l.Want}
	}
	return out
}

// identityOf is the same for the same literals in any order.
func identityOf(lits []Literal) string {
	ids := make([]int, len(lits))
	for i, l := range lits {
		ids[i] = l.id
		if !l.Want {
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

func (s *search) model(st state) *model.Model {
	m := &model.Model{
		Target: st.targetSeen.Target,
		Keys:   map[string]engine.Values{},
		Names:  map[string]*conditionkey.Key{},
	}
	for _, k := range st.keys {
		m.Keys[k.name] = k.v
		m.Names[k.name] = &k.lits[0].cond.Key
		m.Timed = m.Timed || k.name == timeVariable
	}
	for name, l := range s.usual {
		if _, asked := m.Keys[name]; !asked {
			m.Keys[name] = s.solveKey(l, nil).Value
			m.Names[name] = &l.cond.Key
		}
	}
	for name, a := range s.B.Assigned {
		m.Keys[name], m.Names[name] = a.v, a.key
	}
	return m
}
