package smt

import (
	"fmt"
	"slices"
	"strings"
)

// text is a text of the request that is not known. The solver sees one boolean for each pattern that a formula holds
// it against; which of them can be true together is worked out here, with the automata of the patterns, for all texts
// there are.
type text struct {
	name  string
	atoms []regex
	keys  []string
	// forms are the atoms of which one must match; none means that any text will do.
	forms []int
	// value is the text itself where a question fixes it.
	value *string
}

// in says that a text is in the set of a pattern.
func (w *writer) in(v *value, x regex) string {
	if v.fixed {
		return fmt.Sprint(x.matches(v.constant))
	}
	if v.region {
		return w.inRegion(x)
	}
	return v.text.atom(x)
}

func (t *text) atom(x regex) string {
	key := x.key()
	at := slices.Index(t.keys, key)
	if at < 0 {
		at = len(t.atoms)
		t.atoms, t.keys = append(t.atoms, x), append(t.keys, key)
	}
	return t.boolean(at)
}

func (t *text) boolean(at int) string { return fmt.Sprintf("|%s in %d|", t.name, at) }

// pair are two texts that a formula compares.
type pair struct{ a, b *text }

// equal says that two texts are the same.
func (w *writer) equal(a, b *value) string {
	switch {
	case a.region || b.region:
		panic("a Region is compared with constants alone")
	case a.fixed:
		return w.in(b, word(a.constant))
	case b.fixed:
		return w.in(a, word(b.constant))
	case a.text == b.text:
		return "true"
	}
	p := pair{a.text, b.text}
	if p.a.name > p.b.name {
		p = pair{p.b, p.a}
	}
	if !slices.Contains(w.pairs, p) {
		w.pairs = append(w.pairs, p)
	}
	return p.boolean()
}

func (p pair) boolean() string { return fmt.Sprintf("|%s is %s|", p.a.name, p.b.name) }

// class is a set of texts that no pattern tells apart.
type class struct {
	signature string
	// lone is set when there is but one such text.
	lone bool
}

// finish declares the booleans of texts and says which go together.
func (w *writer) finish() {
	// Texts that are compared are told apart by the same patterns.
	for range w.pairs {
		for _, p := range w.pairs {
			for _, x := range p.a.atoms {
				p.b.atom(x)
			}
			for _, x := range p.b.atoms {
				p.a.atom(x)
			}
		}
	}
	classes := map[*text][]class{}
	for _, t := range w.texts {
		for at := range t.atoms {
			w.declare(t.boolean(at), "Bool")
		}
		if t.value != nil {
			for at, x := range t.atoms {
				w.assert("(= " + t.boolean(at) + " " + fmt.Sprint(x.matches(*t.value)) + ")")
			}
			continue
		}
		classes[t] = t.classes()
		var either []string
		for _, c := range classes[t] {
			either = append(either, t.is(c))
		}
		w.assert(or(either...))
	}
	for _, p := range w.pairs {
		w.declare(p.boolean(), "Bool")
		if p.a.value != nil && p.b.value != nil {
			w.assert("(= " + p.boolean() + " " + fmt.Sprint(*p.a.value == *p.b.value) + ")")
			continue
		}
		same := []string{}
		for at, x := range p.a.atoms {
			same = append(same, "(= "+p.a.boolean(at)+" "+p.b.atom(x)+")")
		}
		w.assert(or(not(p.boolean()), and(same...)))
		for _, c := range classes[p.a] {
			if c.lone {
				w.assert(or(p.boolean(), not(and(append(same, p.a.is(c))...))))
			}
		}
	}
}

// is says that a text is in a class.
func (t *text) is(c class) string {
	all := []string{"true"}
	for at := range t.atoms {
		if c.signature[at] == '1' {
			all = append(all, t.boolean(at))
		} else {
			all = append(all, not(t.boolean(at)))
		}
	}
	return and(all...)
}

// classes are the sets of texts that the patterns tell apart: the states that the automata of all patterns, side by
// side, come to.
func (t *text) classes() []class {
	letters := t.letters()
	type state struct {
		places []positions
		// count is how many texts lead here, two meaning more than one.
		count int
	}
	name := func(places []positions) string {
		var b strings.Builder
		for _, p := range places {
			for _, on := range p {
				if on {
					b.WriteByte('1')
				} else {
					b.WriteByte('0')
				}
			}
		}
		return b.String()
	}
	first := &state{count: 1}
	for _, x := range t.atoms {
		first.places = append(first.places, x.start())
	}
	states := map[string]*state{name(first.places): first}
	queue := []*state{first}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, r := range letters {
			next := &state{count: 1}
			for i, x := range t.atoms {
				next.places = append(next.places, x.step(s.places[i], r))
			}
			if t.hopeless(next.places) {
				continue
			}
			id := name(next.places)
			if have, seen := states[id]; seen {
				have.count = 2
				continue
			}
			// The letter that stands for all others leads here by many texts.
			if r == other || s.count == 2 {
				next.count = 2
			}
			states[id] = next
			queue = append(queue, next)
			if len(states) > maxStates {
				panic(fmt.Sprintf("the patterns of %s tell too many texts apart", t.name))
			}
		}
	}
	found := map[string]int{}
	for _, s := range states {
		var b strings.Builder
		for _, p := range s.places {
			if p.accepts() {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
		if t.formed(b.String()) {
			found[b.String()] += s.count
		}
	}
	var out []class
	for _, signature := range names(found) {
		out = append(out, class{signature: signature, lone: found[signature] == 1})
	}
	return out
}

// maxStates bounds the automata; more is a fault of the generator.
const maxStates = 200_000

// other stands for every character that no pattern names.
const other = '\x01'

func (t *text) letters() []rune {
	list := []rune{other, ':'}
	for _, x := range t.atoms {
		for _, token := range x {
			for _, r := range []rune{token.set.a, token.set.b} {
				if r != 0 && !slices.Contains(list, r) {
					list = append(list, r)
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

// hopeless: no form can match any more.
func (t *text) hopeless(places []positions) bool {
	return len(t.forms) > 0 && !slices.ContainsFunc(t.forms, func(at int) bool { return !places[at].dead() })
}

func (t *text) formed(signature string) bool {
	return len(t.forms) == 0 || slices.ContainsFunc(t.forms, func(at int) bool { return signature[at] == '1' })
}
