package search

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// A condition key that stands as a policy variable and that the class of callers does not fix is open: its value
// links two variables of a request, so the search is made once for each value that matters. Two values matter alike
// when every test tells them alike: every pattern that the key itself, or a key or resource in whose pattern it
// stands, is compared with, cut to the place where the variable stands. openValues has one value for each such class,
// and says when it cannot be sure that it has all.

// openValues are the values of the open keys of one search.
type openValues struct {
	texts map[string][]string
	// sure: there is no other class of values. If not, unsure is the key that has one.
	sure   bool
	unsure string
}

// stand is a pattern in which an open key stands: what comes before and after it.
type stand struct {
	before, after glob.Glob
	subject       string
}

// openTests are all tests of the statements that a class of callers read, by what they are about: a key, or "" for
// the resource.
type openTests struct {
	b     *binder
	names []string
	// plain are the patterns without open keys.
	plain map[string]map[string]glob.Glob
	// folds are the subjects that are compared without regard to case.
	folds  map[string]bool
	stands map[string][]stand
	// others are the tests of numbers, times, addresses and the like.
	others map[string][]Literal
	// tangled are the open keys that stand in one pattern twice, or with another one.
	tangled map[string]bool
	// sundered: an open key stands before the last part of an ARN.
	sundered bool
}

// firstMark is the first of the characters that stand for open keys in patterns; nobody has them in names.
const firstMark = 0xF0000

// openTests takes the statements apart that were bound.
func (b *binder) openTests() *openTests {
	t := &openTests{
		b:       b,
		names:   slices.Sorted(maps.Keys(b.reading.open)),
		plain:   map[string]map[string]glob.Glob{},
		folds:   map[string]bool{},
		stands:  map[string][]stand{},
		others:  map[string][]Literal{},
		tangled: map[string]bool{},
	}
	for _, read := range b.reading.bounds {
		t.b = read.by
		for i := range read.st.Resources {
			t.add("", t.arn(&read.st.Resources[i], true)...)
		}
		for i := range read.st.Conditions {
			t.condition(&read.st.Conditions[i])
		}
	}
	t.b = b
	if p := b.solved.probes["namesakes "+b.caller.Principal.Arn]; p != nil {
		t.add("", p.Globs...)
	}
	if c := b.caller; c.Any != nil && c.Any.Shape != nil && b.reading.open["aws:username"] != nil {
		// The name of a user is the end of the user's ARN.
		mark := slices.Index(t.names, "aws:username")
		users := glob.LiteralGlob("arn:"+string(c.Principal.Account.Partition)+":iam::", false)
		name := glob.Glob{{Kind: glob.GlobAny}, {R: '/'}, {R: rune(firstMark + mark)}}
		t.add(
			"aws:principalarn",
			slices.Concat(users, slices.Repeat(glob.Glob{call.One}, 12), glob.LiteralGlob(":user", false), name),
		)
	}
	for _, stands := range t.stands {
		// Statements come in any order.
		slices.SortFunc(stands, func(a, b stand) int { return strings.Compare(a.identity(), b.identity()) })
	}
	return t
}

func (s stand) identity() string {
	return s.subject + "\x00" + s.before.Identity() + "\x00" + s.after.Identity()
}

func (s stand) whole() bool { return len(s.before)+len(s.after) == 0 }

func (t *openTests) condition(c *engine.Condition) {
	about := c.Key.Meeting()
	if v, fixed := t.b.constant(&c.Key); fixed && v.Present {
		for i := range v.Len() {
			t.add(about, glob.LiteralGlob(v.At(i), false))
		}
	}
	if !c.Textual() {
		if c.Compare != engine.ComparePresence {
			t.others[about] = append(t.others[about], Literal{&Probe{kind: probeKey, cond: c, name: about}, true})
		}
		return
	}
	fold := c.Compare == engine.CompareTextFold
	t.folds[about] = t.folds[about] || fold
	for i := range c.Texts {
		for _, p := range t.marked(&c.Texts[i]) {
			t.add(about, glob.GlobOf(&p, fold))
		}
	}
	for i := range c.Arns {
		t.add(about, t.arn(&c.Arns[i], false)...)
	}
}

// marked are the forms of a pattern: with a mark for each open key, and as it is without their values.
func (t *openTests) marked(p *pattern.Pattern) []pattern.Pattern {
	if !p.HasVariable {
		return []pattern.Pattern{*p}
	}
	var forms []pattern.Pattern
	if plain, ok := t.b.resolve(p, false); ok {
		forms = append(forms, plain)
	}
	out := pattern.Pattern{Text: p.Text}
	for i := range p.Tokens {
		tok := p.Tokens[i]
		if tok.Kind == wildcard.TokenVariable {
			if index := slices.Index(t.names, strings.ToLower(tok.Key.Name)); index >= 0 {
				tok = wildcard.Token{Text: string(rune(firstMark + index))}
			} else if text, ok := t.b.variable(&tok); ok {
				tok = wildcard.Token{Text: text}
			} else {
				return forms
			}
		}
		out.Tokens = append(out.Tokens, tok)
	}
	out.Settle()
	return append(forms, out)
}

func (t *openTests) arn(p *pattern.ARN, resource bool) []glob.Glob {
	if !p.HasVariable() {
		return []glob.Glob{glob.GlobOfARN(p, resource)}
	}
	var globs []glob.Glob
	if plain, ok := t.b.resolveARN(p, false); ok {
		globs = append(globs, glob.GlobOfARN(&plain, resource))
	}
	out := pattern.ARN{Text: p.Text}
	if p.Whole != nil {
		// A value that is no ARN matches nothing.
		globs = append(globs, glob.GlobOfARN(&pattern.ARN{Any: true}, false))
		forms := t.marked(p.Whole)
		if len(forms) == 0 {
			return globs
		}
		out.Whole = &forms[len(forms)-1]
		return append(globs, glob.GlobOfARN(&out, resource))
	}
	for i := range p.Parts {
		if p.Parts[i].HasVariable && i < policy.ARNParts-1 {
			// A value with a colon matches nothing there, which no pattern says.
			t.sundered = true
		}
		forms := t.marked(&p.Parts[i])
		if len(forms) == 0 {
			return globs
		}
		out.Parts = append(out.Parts, forms[len(forms)-1])
	}
	return append(globs, glob.GlobOfARN(&out, resource))
}

// add notes patterns about one thing.
func (t *openTests) add(about string, globs ...glob.Glob) {
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
func (t *openTests) connected(name string) (keys, subjects map[string]bool) {
	keys, subjects = map[string]bool{name: true}, map[string]bool{t.b.reading.open[name].Meeting(): true}
	for grown := true; grown; {
		before := len(keys) + len(subjects)
		for _, other := range t.names {
			meeting := t.b.reading.open[other].Meeting()
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

// values finds the values of every open key.
//
// The values of a key are infinitely many, and its tests are finitely many predicates, so that the values fall into
// finitely many classes: the minterms of the predicates, as the literature on symbolic automata calls them. Two
// values of one class pass and fail the same tests, so that a request with the one is decided as the request with the
// other, and one value of each class stands for all. Keys that are compared with the same things share their
// predicates (component), and each predicate is about the value alone (predicates). Where a test cannot be said as
// such a predicate, the values are still tried, and the answer says that there may be others.
func (t *openTests) values() openValues {
	out := openValues{texts: map[string][]string{}, sure: true}
	for _, name := range t.names {
		classes := t.classes(t.component(name))
		out.texts[name] = classes.Texts
		if !classes.Sure && out.sure {
			out.sure, out.unsure = false, name
		}
	}
	return out
}

// count is in how many ways the keys have values, or none. It stops counting beyond what is tried.
func (v *openValues) count() int {
	total := 1
	for _, texts := range v.texts {
		if total *= len(texts) + 1; total > maxAssignments {
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

func (t *openTests) component(name string) component {
	c := component{key: t.b.reading.open[name]}
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

// sayable reports whether every test of the open keys can be said as a pattern of the value of one key.
func (t *openTests) sayable() bool {
	return !slices.ContainsFunc(t.names, func(name string) bool { return !t.sayableOf(t.component(name)) })
}

// sayableOf is sayable for the keys of a component. The values of an instant are written as such; nothing here knows
// how. Where several keys meet and one stands within a pattern, the values of the one depend on those of the other.
func (t *openTests) sayableOf(c component) bool {
	return !c.tangled && !c.key.Kind.IsTime() && !t.sundered && !(c.embedded && len(c.keys) > 1)
}

// classes are values of every class of a component's key.
func (t *openTests) classes(c component) glob.Classes {
	together := t.b.caller.together
	if !together.looks() {
		return glob.Classes{}
	}
	predicates, wild := t.predicates(c)
	found := t.b.representatives(predicates, len(c.keys))
	together.found(found.Sure)
	out := glob.Classes{Texts: slices.Clone(found.Texts), Sure: found.Sure && t.sayableOf(c)}
	var literals []Literal
	for subject := range c.subjects {
		literals = append(literals, t.others[subject]...)
	}
	if len(literals) > 0 {
		out.Texts = append(out.Texts, domain.Candidates(conditionsOf(literals), t.b.caller.domain(c.key))...)
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
func (t *openTests) predicates(c component) (predicates map[string]glob.Glob, wild bool) {
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
			if t.addPieces(c, g, subject, add); len(predicates) > domain.MaxTests {
				return predicates, wild
			}
		}
	}
	return predicates, wild
}

// addPieces adds what a pattern that a subject is compared with says of keys that stand within others.
func (t *openTests) addPieces(c component, g glob.Glob, subject string, add func(glob.Glob)) {
	for _, s := range c.stands {
		if s.subject != subject || s.whole() {
			continue
		}
		for _, middle := range t.b.caller.Engine.Patterns.Between(g, s.before, s.after) {
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
func (b *binder) representatives(predicates map[string]glob.Glob, keys int) glob.Classes {
	ids := slices.Sorted(maps.Keys(predicates))
	id := strconv.Itoa(keys) + strings.Join(ids, "\x00")
	return b.caller.Engine.Patterns.Classes(id, func() (found glob.Classes) {
		tests := make([]glob.Glob, len(ids))
		for i := range ids {
			tests[i] = predicates[ids[i]]
		}
		found.Texts, found.Sure = domain.Representatives(tests, keys)
		return found
	})
}

// maxAssignments bounds how many values are tried for condition keys that stand as policy variables and that the
// class does not fix.
const maxAssignments = 500

// Assignments answers a question for every value of the keys that stand as policy variables in what was read and that
// the class does not fix, and for none. Where it cannot be certain of all their values it asks questions that let more
// through: with any text in the place of each such key, and without the Denies in which one of them stands. What is
// shut then is shut.
func (c *Caller) Assignments(ask func(*Caller) Answer) Answer {
	a := c.unassigned(ask)
	if c.settled(a) {
		return a
	}
	anyText := sync.OnceValue(func() Answer { return c.withAnyText(ask) })
	shut := func() bool { return anyText().Shut() }
	tests := c.Search.B.openTests()
	// Values cost much, so they are not looked for where they would leave the answer uncertain.
	if !tests.sayable() && shut() {
		return a.shutBy(anyText())
	}
	values := tests.values()
	if uncertain := a.GaveUp || !values.sure || values.count() > maxAssignments; uncertain && shut() {
		return a.shutBy(anyText())
	}
	if a = c.assigned(ask, a, values); !a.GaveUp || a.Open {
		return a
	}
	if shut() {
		return a.shutBy(anyText())
	}
	denies := c.Search.B.reading.denies
	for _, name := range slices.Sorted(maps.Keys(denies)) {
		without := c.again(c.Solved.beside())
		without.leftOut = denies[name]
		b := without.unassigned(ask)
		if !without.settled(b) {
			b = without.assigned(ask, b, without.Search.B.openTests().values())
		}
		if b.Shut() {
			return a.shutBy(b)
		}
	}
	return a
}

// unassigned asks with every open key absent.
func (c *Caller) unassigned(ask func(*Caller) Answer) Answer {
	c.Effort.spent = 0
	c.Search.B.reading = &reading{}
	return ask(c)
}

// settled reports whether no value of an open key changes an answer: nothing that was read has such a key, or nothing
// can be worse.
func (c *Caller) settled(a Answer) bool {
	return len(c.Search.B.reading.open) == 0 || a.Rank() == WorstRank
}

// shutBy is the answer that another one gives, to a question that lets more through, and that finds nothing.
func (a Answer) shutBy(b Answer) Answer {
	b.Classes += a.Classes
	return b
}

// withAnyText asks with any text in the place of each open key.
func (c *Caller) withAnyText(ask func(*Caller) Answer) Answer {
	wide := c.again(c.Solved.beside())
	wide.leftOut, wide.Effort = c.leftOut, newEffort(c.Engine)
	wide.Search.B.AnyText = true
	return ask(wide)
}

// assigned asks for all values of the open keys that were read; a is the answer for none.
func (c *Caller) assigned(ask func(*Caller) Answer, a Answer, values openValues) Answer {
	read := c.Search.B.reading
	names := slices.Sorted(maps.Keys(read.open))
	giveUp := func(name string) {
		if a.GaveUp = true; a.Grew == (engine.Source{}) {
			a.Grew = read.openBy[name]
		}
	}
	if !values.sure {
		giveUp(values.unsure)
	}
	total := 1
	for _, name := range names {
		if total *= len(values.texts[name]) + 1; total > maxAssignments {
			giveUp(name)
			return a
		}
	}
	if c.together.exhausted(total) {
		giveUp(names[0])
		return a
	}
	shared := c.Solved.beside()
	for n := range total {
		other, impossible := c.again(shared), false
		other.leftOut = c.leftOut
		other.Search.B.Assigned = map[string]assignment{}
		for _, name := range names {
			picked := assignment{key: read.open[name]}
			some := values.texts[name]
			if pick := n % (len(some) + 1); pick < len(some) {
				picked.v = engine.Single(some[pick])
			} else if picked.key.Kind == conditionkey.KeyPrincipalTag {
				picked.v = engine.FindTag(c.Principal.Tags, picked.key.Tag)
			}
			other.Search.B.Assigned[name] = picked
			n /= len(some) + 1
			if picked.v.Present && picked.key.Kind == conditionkey.KeyUserName && other.Any != nil {
				impossible = impossible || policy.ValidateUserName(picked.v.One) != nil
				other.Any = other.Any.named(picked.v.One, other.Principal.Account.Partition)
			}
		}
		if impossible {
			continue
		}
		if a = a.And(ask(other)); a.Rank() == WorstRank {
			break
		}
	}
	return a
}
