package openkeys

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/glob"
)

// Values are the values of open keys, by name.
type Values struct {
	Texts map[string][]string
	// Sure: there is no other class of values. If not, Unsure is the key that has one.
	Sure   bool
	Unsure string
}

// Caller is what the values depend on besides the tests.
type Caller struct {
	Patterns *glob.Memory
	// Domain is the domain of a key.
	Domain func(*conditionkey.Key) domain.Key
	// Looks reports whether the values of another key are to be looked for, and Found is told whether all were found.
	Looks func() bool
	Found func(sure bool)
}

// stand is a pattern in which an open key stands: what comes before and after it.
type stand struct {
	before, after glob.Glob
	subject       string
}

func (s stand) identity() string {
	return s.subject + "\x00" + s.before.Identity() + "\x00" + s.after.Identity()
}

func (s stand) whole() bool { return len(s.before)+len(s.after) == 0 }

// Tests are what open keys, and whatever they stand in, are compared with, by what is compared: a key under the name
// under which patterns meet, or "" for the resource.
type Tests struct {
	keys  map[string]*conditionkey.Key
	names []string
	// plain are the patterns without open keys.
	plain map[string]map[string]glob.Glob
	// folds are the subjects that are compared without regard to case.
	folds  map[string]bool
	stands map[string][]stand
	// others are the tests of numbers, times, addresses and the like.
	others map[string][]domain.Literal
	// tangled are the open keys that stand in one pattern twice, or with another one.
	tangled map[string]bool
	// sundered: an open key stands before the last part of an ARN.
	sundered bool
}

// New has no test of the keys yet. They are given by their names in lower case.
func New(keys map[string]*conditionkey.Key) *Tests {
	return &Tests{
		keys:    keys,
		names:   slices.Sorted(maps.Keys(keys)),
		plain:   map[string]map[string]glob.Glob{},
		folds:   map[string]bool{},
		stands:  map[string][]stand{},
		others:  map[string][]domain.Literal{},
		tangled: map[string]bool{},
	}
}

// firstMark is the first of the characters that stand for open keys in patterns; nobody has them in names.
const firstMark = 0xF0000

// Mark is the character that stands for a key in patterns; false when the key is not open.
func (t *Tests) Mark(name string) (rune, bool) {
	index, found := slices.BinarySearch(t.names, strings.ToLower(name))
	return rune(firstMark + index), found
}

// AddOther notes a test of numbers, times, addresses or the like.
func (t *Tests) AddOther(about string, test domain.Literal) {
	t.others[about] = append(t.others[about], test)
}

// Fold notes that a thing is compared without regard to case.
func (t *Tests) Fold(about string) { t.folds[about] = true }

// Sunder notes that an open key stands before the last part of an ARN, where a value with a colon matches nothing, which
// no pattern says.
func (t *Tests) Sunder() { t.sundered = true }

// Add notes patterns that a thing is compared with: a key under the name under which patterns meet, or "" for the resource.
// Marks stand in them for open keys.
func (t *Tests) Add(about string, globs ...glob.Glob) {
	for _, g := range globs {
		var marks []int
		for i := range g {
			if g[i].R >= firstMark {
				marks = append(marks, i)
			}
		}
		if len(marks) == 0 {
			if t.plain[about] == nil {
				t.plain[about] = map[string]glob.Glob{}
			}
			t.plain[about][g.Identity()] = g
			continue
		}
		for _, mark := range marks {
			name := t.names[g[mark].R-firstMark]
			s := stand{before: g[:mark], after: g[mark+1:], subject: about}
			if len(marks) > 1 {
				t.tangled[name] = true
				s = stand{subject: about}
			}
			if !slices.ContainsFunc(t.stands[name], func(have stand) bool { return have.identity() == s.identity() }) {
				t.stands[name] = append(t.stands[name], s)
			}
		}
	}
}

// connected are the open keys whose values meet that of one, directly or by others, and the subjects that any of them
// is compared with.
func (t *Tests) connected(name string) (keys, subjects map[string]bool) {
	keys, subjects = map[string]bool{name: true}, map[string]bool{t.keys[name].Meeting(): true}
	for grown := true; grown; {
		before := len(keys) + len(subjects)
		for _, other := range t.names {
			meeting := t.keys[other].Meeting()
			if !keys[other] && !subjects[meeting] &&
				!slices.ContainsFunc(t.stands[other], func(s stand) bool { return subjects[s.subject] }) {
				continue
			}
			keys[other], subjects[meeting] = true, true
			for _, s := range t.stands[other] {
				subjects[s.subject] = true
			}
		}
		grown = len(keys)+len(subjects) > before
	}
	return keys, subjects
}

// Values finds the values of every open key, for a class of callers.
//
// The values of a key are infinitely many, and its tests are finitely many predicates, so that the values fall into
// finitely many classes: the minterms of the predicates, as the literature on symbolic automata calls them. Two
// values of one class pass and fail the same tests, so that a request with the one is decided as the request with the
// other, and one value of each class stands for all. Keys that are compared with the same things share their
// predicates (component), and each predicate is about the value alone (predicates). Where a test cannot be said as
// such a predicate, the values are still tried, and the answer says that there may be others.
func (t *Tests) Values(caller Caller) Values {
	out := Values{Texts: map[string][]string{}, Sure: true}
	for _, name := range t.names {
		classes := t.classes(caller, t.component(name))
		out.Texts[name] = classes.Texts
		if !classes.Sure && out.Sure {
			out.Sure, out.Unsure = false, name
		}
	}
	return out
}

// Count is in how many ways the keys have values, or none. It stops counting beyond most.
func (v *Values) Count(most int) int {
	total := 1
	for _, texts := range v.Texts {
		if total *= len(texts) + 1; total > most {
			break
		}
	}
	return total
}

// component is what decides the values of one open key: the connected component of that key in the graph whose edges
// join keys and subjects that are compared with each other.
type component struct {
	key *conditionkey.Key
	// keys are the open keys of the component, subjects what all of them are compared with.
	keys, subjects map[string]bool
	// stands are the patterns in which a key of the component stands.
	stands []stand
	// fold: a subject is compared without regard to case.
	fold bool
	// embedded: a key stands in a pattern with something before or after it.
	embedded bool
	// tangled: a key stands in a pattern twice, or with another one.
	tangled bool
}

func (t *Tests) component(name string) component {
	c := component{key: t.keys[name]}
	c.keys, c.subjects = t.connected(name)
	for key := range c.keys {
		c.tangled = c.tangled || t.tangled[key]
		c.stands = append(c.stands, t.stands[key]...)
	}
	c.embedded = slices.ContainsFunc(c.stands, func(s stand) bool { return !s.whole() })
	for subject := range c.subjects {
		c.fold = c.fold || t.folds[subject]
	}
	return c
}

// Sayable reports whether every test of the open keys can be said as a pattern of the value of one key.
func (t *Tests) Sayable() bool {
	return !slices.ContainsFunc(t.names, func(name string) bool { return !t.sayableOf(t.component(name)) })
}

// sayableOf is Sayable for the keys of a component. The values of an instant are written as such; nothing here knows
// how. Where several keys meet and one stands within a pattern, the values of the one depend on those of the other.
func (t *Tests) sayableOf(c component) bool {
	return !c.tangled && !c.key.Kind.IsTime() && !t.sundered && !(c.embedded && len(c.keys) > 1)
}

// classes are values of every class of a component's key.
func (t *Tests) classes(caller Caller, c component) glob.Classes {
	if !caller.Looks() {
		return glob.Classes{}
	}
	predicates, wild := t.predicates(caller, c)
	found := representatives(caller, predicates, len(c.keys))
	caller.Found(found.Sure)
	out := glob.Classes{Texts: slices.Clone(found.Texts), Sure: found.Sure && t.sayableOf(c)}
	var others []domain.Literal
	for subject := range c.subjects {
		others = append(others, t.others[subject]...)
	}
	if len(others) > 0 {
		out.Texts = append(out.Texts, domain.Candidates(others, caller.Domain(c.key))...)
		slices.Sort(out.Texts)
		out.Texts = slices.Compact(out.Texts)
		out.Sure = out.Sure && !wild
	}
	return out
}

// predicates are the tests of a component as patterns of the value of its key alone, by identity. A pattern that a
// subject is compared with is a test of every key that is compared with the subject as a whole. Where the key stands
// between two texts, the test is the derivative of the pattern by both: what may stand between them (Brzozowski's
// derivative, taken from either end). wild: one of the patterns is not a literal. Of more tests than are told apart
// only that there are so many is known.
func (t *Tests) predicates(caller Caller, c component) (predicates map[string]glob.Glob, wild bool) {
	predicates = map[string]glob.Glob{"": {}}
	add := func(g glob.Glob) {
		if g.IsEverything() || c.key.Kind == conditionkey.KeyUserName && !mayBeUserName(g) {
			return
		}
		predicates[g.Identity()] = g
		if c.fold {
			folded := g.Folding()
			predicates[folded.Identity()] = folded
		}
	}
	for subject := range c.subjects {
		for _, g := range t.plain[subject] {
			wild = wild || !g.IsLiteral()
			// Values that are compared as a whole with the key, and with keys that have it whole.
			if subject != "" {
				add(g)
			}
			if t.addPieces(caller, c, g, subject, add); len(predicates) > domain.MaxTests {
				return predicates, wild
			}
		}
	}
	return predicates, wild
}

// addPieces adds what a pattern that a subject is compared with says of keys that stand within others.
func (t *Tests) addPieces(caller Caller, c component, g glob.Glob, subject string, add func(glob.Glob)) {
	for _, s := range c.stands {
		if s.subject != subject || s.whole() {
			continue
		}
		for _, middle := range caller.Patterns.Between(g, s.before, s.after) {
			add(middle)
		}
	}
}

// mayBeUserName reports whether a pattern has no character that no name of a user has: a slash or a colon.
func mayBeUserName(g glob.Glob) bool {
	return !slices.ContainsFunc(
		g,
		func(t glob.GlobToken) bool { return t.Kind == glob.GlobLiteral && (t.R == '/' || t.R == ':') },
	)
}

// representatives are texts of every class that patterns tell apart, by identity, for so many keys.
func representatives(caller Caller, predicates map[string]glob.Glob, keys int) glob.Classes {
	ids := slices.Sorted(maps.Keys(predicates))
	id := strconv.Itoa(keys) + strings.Join(ids, "\x00")
	return caller.Patterns.Classes(id, func() (found glob.Classes) {
		tests := make([]glob.Glob, len(ids))
		for i := range ids {
			tests[i] = predicates[ids[i]]
		}
		found.Texts, found.Sure = domain.Representatives(tests, keys)
		return found
	})
}
