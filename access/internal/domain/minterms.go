package domain

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/glob"
)

const (
	// MaxTests bounds how many tests of an open key are told apart.
	MaxTests = 200
	// maxPlaces bounds the search for the classes, maxTexts how many texts stand for them.
	maxPlaces, maxTexts = 2_000, 500
	// maxClassStates bounds one search for a value, and all searches for the values of one key.
	maxClassStates, maxAllStates = 4_000, 20_000
	// unrelated is a value that nothing has a reason to name.
	unrelated = "unrelated"
)

// Representatives are texts of every class that the globs tell apart, so many of each as there are of keys that meet;
// false when that is not certain.
//
// They are the minterms of the tests, found by splitting: a class is divided by one test after the other into the
// texts that pass it and those that do not, and a half without texts is left. The leaves are all classes that have a
// text, because each text goes one way at every test. A half is known to have a text when a candidate lies in it;
// otherwise the search for a witness of the globs decides. Whatever bound is reached, sure becomes false.
func Representatives(tests []glob.Glob, each int) (texts []string, sure bool) {
	if len(tests) > MaxTests {
		return []string{unrelated}, false
	}
	candidates := candidateTexts(tests)
	m := minterms{tests: tests, each: each, passes: make([]map[string]bool, len(tests)), sure: true}
	for i, g := range tests {
		m.passes[i] = map[string]bool{}
		for _, text := range candidates {
			m.passes[i][text] = g.Match(text)
		}
	}
	m.split(minterm{candidates: candidates})
	slices.Sort(m.texts)
	return slices.Compact(m.texts), m.sure
}

// candidateTexts are texts that are cheap to make and likely to lie in different classes, the most readable first,
// none twice.
func candidateTexts(tests []glob.Glob) []string {
	candidates := []string{unrelated, ""}
	for _, g := range tests {
		if text, found, _ := glob.GlobWitness([]glob.Glob{g}, nil); found {
			candidates = append(candidates, text, text+"x", strings.ToUpper(text), strings.ToLower(text))
		}
	}
	var distinct []string
	for _, text := range candidates {
		if !slices.Contains(distinct, text) {
			distinct = append(distinct, text)
		}
	}
	return distinct
}

// minterms is the search for the classes that tests tell apart.
type minterms struct {
	tests []glob.Glob
	each  int
	// passes says of each test which candidates pass it.
	passes []map[string]bool
	// texts are those found so far; sure: no class was left out.
	texts []string
	sure  bool
	// places and states are what the search has cost.
	places, states int
}

// minterm is a class under construction: the texts that all globs of in match and none of out does. Its candidates
// are those that lie in it.
type minterm struct {
	in, out    []glob.Glob
	candidates []string
}

func (t minterm) decided() int { return len(t.in) + len(t.out) }

// half is the part of a class that passes the next test, or fails it.
func (m *minterms) half(t minterm, passing bool) minterm {
	next := t.decided()
	half := minterm{in: t.in, out: t.out}
	half.candidates = slices.DeleteFunc(
		slices.Clone(t.candidates),
		func(text string) bool { return m.passes[next][text] != passing },
	)
	if passing {
		half.in = append(slices.Clip(t.in), m.tests[next])
	} else {
		half.out = append(slices.Clip(t.out), m.tests[next])
	}
	return half
}

func (m *minterms) split(t minterm) {
	if m.places++; m.places > maxPlaces || len(m.texts) > maxTexts || m.states >= maxAllStates {
		m.sure = false
		return
	}
	if t.decided() == len(m.tests) {
		m.represent(t)
		return
	}
	for _, passing := range []bool{true, false} {
		half := m.half(t, passing)
		if len(half.candidates) == 0 {
			_, found, decided := m.witness(half.in, half.out)
			m.sure = m.sure && decided
			if !found {
				continue
			}
		}
		m.split(half)
	}
}

// represent adds as many different texts of a class as are wanted, or as it has.
func (m *minterms) represent(t minterm) {
	ready := t.candidates[:min(m.each, len(t.candidates))]
	without := slices.Clip(t.out)
	for _, text := range ready {
		m.texts = append(m.texts, text)
		without = append(without, glob.LiteralGlob(text, false))
	}
	for range m.each - len(ready) {
		text, found, decided := m.witness(t.in, without)
		m.sure = m.sure && (found || decided)
		if !found {
			return
		}
		m.texts = append(m.texts, text)
		without = append(without, glob.LiteralGlob(text, false))
	}
}

func (m *minterms) witness(in, out []glob.Glob) (text string, found, decided bool) {
	text, found, decided, states := glob.GlobWitnessWithin(in, out, min(maxClassStates, maxAllStates-m.states))
	m.states += states
	return text, found, decided
}
