package glob

import (
	"slices"
	"strings"
	"unicode"
)

// Covers reports whether everything that h matches is matched by g. It may miss a cover, never invent one: the
// wildcards of h are treated as characters that only a wildcard of g can take.
func (g Glob) Covers(h Glob) bool {
	var here, there [fewStates]uint16
	states, spare := g.start(here[:0]), there[:0]
	for _, t := range h {
		if t.Kind == GlobLiteral && !t.Fold {
			states, spare = g.step(spare[:0], states, t.R), states
		} else {
			states, spare = g.stepSymbol(spare[:0], states, t), states
		}
		if len(states) == 0 {
			return false
		}
	}
	return g.accepts(states)
}

// stepSymbol advances over a wildcard or a case-insensitive literal of another glob.
func (g Glob) stepSymbol(next, states []uint16, symbol GlobToken) []uint16 {
	for _, s := range states {
		state := int(s)
		if state == len(g) {
			continue
		}
		t := g[state]
		literal := symbol.Kind == GlobLiteral && t.takes(symbol.R)
		wild := symbol.Kind != GlobLiteral && (!t.Bounded || symbol.Bounded)
		switch {
		case t.Kind == GlobAny && (literal || wild):
			next = g.close(next, state)
		case t.Kind == GlobOne && (literal || wild && symbol.Kind == GlobOne),
			t.Kind == GlobLiteral && t.Fold && literal:
			next = g.close(next, state+1)
		}
	}
	return next
}

// Disjoint reports whether no text matches both, by comparing what stands before the first wildcard and after the
// last one; where all texts of one have as many colons as the other has, it compares so between any two colons. It
// may miss disjoint globs, never invent them.
func Disjoint(g, h Glob) bool {
	if endsDiffer(g, h) {
		return true
	}
	if !g.rigid() && !h.rigid() || g.Colons() != h.Colons() {
		return false
	}
	for len(g) > 0 && len(h) > 0 {
		i, j := g.colon(), h.colon()
		if endsDiffer(g[:i], h[:j]) {
			return true
		}
		g, h = g[min(i+1, len(g)):], h[min(j+1, len(h)):]
	}
	return false
}

func endsDiffer(g, h Glob) bool {
	for i := 0; i < len(g) && i < len(h) && g[i].Kind == GlobLiteral && h[i].Kind == GlobLiteral; i++ {
		if !g[i].takes(h[i].R) && !h[i].takes(g[i].R) {
			return true
		}
	}
	for i, j := len(g)-1, len(h)-1; i >= 0 && j >= 0 && g[i].Kind == GlobLiteral && h[j].Kind == GlobLiteral; i, j = i-1, j-1 {
		if !g[i].takes(h[j].R) && !h[j].takes(g[i].R) {
			return true
		}
	}
	return false
}

// rigid reports whether no wildcard takes a colon, so that all texts of the glob have the same number of colons.
func (g Glob) rigid() bool {
	return !slices.ContainsFunc(g, func(t GlobToken) bool { return t.Kind != GlobLiteral && !t.Bounded })
}

func (g Glob) Colons() int {
	n := 0
	for i := range g {
		if g[i].Kind == GlobLiteral && g[i].R == ':' {
			n++
		}
	}
	return n
}

// colon is the place of the first colon, or the length of a glob without one.
func (g Glob) colon() int {
	for i := range g {
		if g[i].Kind == GlobLiteral && g[i].R == ':' {
			return i
		}
	}
	return len(g)
}

// maxGlobStates bounds one search; real policies need a few hundred.
const maxGlobStates = 50_000

// GlobWitness looks for a text that every glob of all matches and none of none. found is false when there is no such
// text; decided is false when the search was given up, and then nothing is known. The text is short.
func GlobWitness(all, none []Glob) (text string, found, decided bool) {
	text, found, decided, _ = GlobWitnessWithin(all, none, maxGlobStates)
	return text, found, decided
}

// GlobWitnessWithin is globWitness with a bound of its own; states is how far the search went.
func GlobWitnessWithin(all, none []Glob, bound int) (text string, found, decided bool, states int) {
	all = withoutCovering(all)
	if len(all) == 0 {
		all = []Glob{{{Kind: GlobAny}}}
	}
	none = slices.DeleteFunc(slices.Clone(none), func(n Glob) bool {
		return slices.ContainsFunc(all, func(a Glob) bool { return Disjoint(a, n) })
	})
	for i, a := range all {
		if slices.ContainsFunc(none, func(n Glob) bool { return n.Covers(a) }) {
			return "", false, true, 0
		}
		if slices.ContainsFunc(all[i+1:], func(b Glob) bool { return Disjoint(a, b) }) {
			return "", false, true, 0
		}
		if a.IsLiteral() {
			only := a.Text()
			if matchedByAll(all, only) && !MatchedByAny(none, only) {
				return only, true, true, 0
			}
			return "", false, true, 0
		}
	}
	if len(all) == 1 {
		for _, fill := range []string{"", "x", "0"} {
			if filled := all[0].filled(fill); !MatchedByAny(none, filled) {
				return filled, true, true, 0
			}
		}
	}
	search := newGlobSearch(all, none)
	search.bound = bound
	text, found, decided = search.run()
	return text, found, decided, len(search.nodes)
}

// filled is a text that the glob matches: every ? is an x, every * the fill.
func (g Glob) filled(fill string) string {
	var b strings.Builder
	for _, t := range g {
		switch t.Kind {
		case GlobLiteral:
			b.WriteRune(t.R)
		case GlobOne:
			b.WriteByte('x')
		case GlobAny:
			b.WriteString(fill)
		}
	}
	return b.String()
}

func matchedByAll(globs []Glob, text string) bool {
	return !slices.ContainsFunc(globs, func(g Glob) bool { return !g.Match(text) })
}

func MatchedByAny(globs []Glob, text string) bool {
	return slices.ContainsFunc(globs, func(g Glob) bool { return g.Match(text) })
}

// withoutCovering drops the globs that add nothing: those that cover another one.
func withoutCovering(globs []Glob) []Glob {
	var kept []Glob
	for i, g := range globs {
		if g.IsEverything() {
			continue
		}
		redundant := false
		for j, h := range globs {
			if i == j {
				continue
			}
			// Of two that cover each other the first is kept.
			if g.Covers(h) && (j < i || !h.Covers(g)) {
				redundant = true
				break
			}
		}
		if !redundant {
			kept = append(kept, g)
		}
	}
	return kept
}

// globSearch walks the product of the automata, breadth first.
type globSearch struct {
	globs   []Glob
	wanted  int // the first so many globs must match, the others must not
	colons  bool
	visited map[string]bool
	nodes   []globNode
	// key is where the key of a node is written, store the positions of nodes.
	key   []byte
	store []uint16
	// bound is how many nodes are made at most.
	bound int
}

type globNode struct {
	states [][]uint16
	parent int
	r      rune
}

func newGlobSearch(all, none []Glob) *globSearch {
	s := &globSearch{globs: slices.Concat(all, none), wanted: len(all), visited: map[string]bool{}}
	for _, g := range s.globs {
		s.colons = s.colons || slices.ContainsFunc(g, func(t GlobToken) bool { return t.Bounded })
	}
	return s
}

func (s *globSearch) run() (text string, found, decided bool) {
	next := make([][]uint16, len(s.globs))
	for i, g := range s.globs {
		next[i] = g.start(nil)
	}
	s.push(next, -1, 0)
	for node := 0; node < len(s.nodes); node++ {
		if s.accepts(s.nodes[node].states) {
			return s.spell(node), true, true
		}
		if len(s.nodes) > s.bound {
			return "", false, false
		}
		for _, r := range s.alphabet(s.nodes[node].states) {
			for i, g := range s.globs {
				next[i] = g.step(next[i][:0], s.nodes[node].states[i], r)
			}
			s.push(next, node, r)
		}
	}
	return "", false, true
}

// push adds a node unless it is known or hopeless. The positions may be overwritten afterwards.
func (s *globSearch) push(states [][]uint16, parent int, r rune) {
	s.key = s.key[:0]
	for i, set := range states {
		if i < s.wanted && len(set) == 0 || i >= s.wanted && s.globs[i].closed(set) {
			return
		}
		for _, state := range set {
			s.key = append(s.key, byte(state>>8), byte(state))
		}
		s.key = append(s.key, 0xff, 0xff)
	}
	if s.visited[string(s.key)] {
		return
	}
	s.visited[string(s.key)] = true
	own := make([][]uint16, len(states))
	for i, set := range states {
		own[i] = s.stored(set)
	}
	s.nodes = append(s.nodes, globNode{states: own, parent: parent, r: r})
}

// stored is a copy that stays as it is.
func (s *globSearch) stored(set []uint16) []uint16 {
	const several = 256
	if cap(s.store)-len(s.store) < len(set) {
		s.store = make([]uint16, 0, max(several, len(set)))
	}
	begin := len(s.store)
	s.store = append(s.store, set...)
	return s.store[begin:len(s.store):len(s.store)]
}

func (s *globSearch) accepts(states [][]uint16) bool {
	for i, g := range s.globs {
		if g.accepts(states[i]) != (i < s.wanted) {
			return false
		}
	}
	return true
}

// alphabet is one character for each way in which the globs can go on: the literals that come next in any of them, a
// colon where wildcards stop at colons, and a character that is none of those.
func (s *globSearch) alphabet(states [][]uint16) []rune {
	var next []rune
	add := func(r rune) {
		if !slices.Contains(next, r) {
			next = append(next, r)
		}
	}
	wild := true
	for i, g := range s.globs {
		open := false
		for _, state := range states[i] {
			if int(state) == len(g) {
				continue
			}
			t := g[state]
			if t.Kind != GlobLiteral {
				open = true
				continue
			}
			add(t.R)
			if t.Fold {
				for f := unicode.SimpleFold(t.R); f != t.R; f = unicode.SimpleFold(f) {
					add(f)
				}
			}
		}
		// A wanted glob that has only literals ahead takes nothing else.
		wild = wild && (open || i >= s.wanted)
	}
	if s.colons {
		add(':')
	}
	if wild {
		next = append([]rune{freshRune(next)}, next...)
	}
	return next
}

// freshRune is a character of names that is not among the taken ones.
func freshRune(taken []rune) rune {
	for _, r := range "x0yzqwvk123456789abcdefghijlmnoprstuXYZQWVKABCDEFGHIJLMNOPRSTU_" {
		if !slices.Contains(taken, r) {
			return r
		}
	}
	r := rune(0x4e00)
	for slices.Contains(taken, r) {
		r++
	}
	return r
}

func (s *globSearch) spell(node int) string {
	var runes []rune
	for s.nodes[node].parent >= 0 {
		runes = append(runes, s.nodes[node].r)
		node = s.nodes[node].parent
	}
	slices.Reverse(runes)
	return string(runes)
}
