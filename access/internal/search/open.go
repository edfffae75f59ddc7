package search

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// A condition key that stands as a policy variable and that the class of callers does not fix is open: its value links two variables of a request, so the
// search is made once for each value that matters. Two values matter alike when every test tells them alike: every pattern that the key itself, or a key or
// resource in whose pattern it stands, is compared with, cut to the place where the variable stands. openValues has one value for each such class, and
// says when it cannot be sure that it has all.

// openValues are the values of the open keys of one search.
type openValues struct {
	texts map[string][]string
	// sure: there is no other class of values. If not, unsure is the key that has one.
	sure   bool
	unsure string
}

// classesOf are texts of the classes that some tests tell apart, and whether they are all.
type classesOf struct {
	texts []string
	sure  bool
}

// stand is a pattern in which an open key stands: what comes before and after it.
type stand struct {
	before, after glob.Glob
	on            string
}

// openTests are all tests of the statements that a class of callers read, by what they are about: a key, or "" for the resource.
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
		b: b, names: sortedNames(b.Open), plain: map[string]map[string]glob.Glob{}, folds: map[string]bool{}, stands: map[string][]stand{},
		others: map[string][]Literal{}, tangled: map[string]bool{},
	}
	for st := range b.bounds {
		for i := range st.Resources {
			t.add("", t.arn(&st.Resources[i], true)...)
		}
		for i := range st.Conditions {
			t.condition(&st.Conditions[i])
		}
	}
	if p := b.lab.probes["namesakes "+b.caller.Principal.Arn]; p != nil {
		t.add("", p.Globs...)
	}
	if c := b.caller; c.Any != nil && c.Any.Shape != nil && b.Open["aws:username"] != nil {
		// The name of a user is the end of the user's ARN.
		mark := slices.Index(t.names, "aws:username")
		users := glob.LiteralGlob("arn:"+string(c.Principal.Account.Partition)+":iam::", false)
		name := glob.Glob{{Kind: glob.GlobAny}, {R: '/'}, {R: rune(firstMark + mark)}}
		t.add("aws:principalarn", slices.Concat(users, slices.Repeat(glob.Glob{some}, 12), glob.LiteralGlob(":user", false), name))
	}
	for _, stands := range t.stands {
		// Statements come in any order.
		slices.SortFunc(stands, func(a, b stand) int { return strings.Compare(a.identity(), b.identity()) })
	}
	return t
}

func (s stand) identity() string {
	return s.on + "\x00" + s.before.Identity() + "\x00" + s.after.Identity()
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
func (t *openTests) marked(p *engine.Pattern) []engine.Pattern {
	if !p.HasVariable {
		return []engine.Pattern{*p}
	}
	var forms []engine.Pattern
	if plain, ok := t.b.resolve(p); ok {
		forms = append(forms, plain)
	}
	out := engine.Pattern{Text: p.Text}
	for i := range p.Tokens {
		tok := p.Tokens[i]
		if tok.Kind == wildcard.TokenVariable {
			if at := slices.Index(t.names, strings.ToLower(tok.Key.Name)); at >= 0 {
				tok = wildcard.Token{Text: string(rune(firstMark + at))}
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

func (t *openTests) arn(p *engine.ArnPattern, resource bool) []glob.Glob {
	if !p.HasVariable() {
		return []glob.Glob{glob.GlobOfARN(p, resource)}
	}
	var globs []glob.Glob
	if plain, ok := t.b.resolveARN(p); ok {
		globs = append(globs, glob.GlobOfARN(&plain, resource))
	}
	out := engine.ArnPattern{Text: p.Text}
	if p.Whole != nil {
		// A value that is no ARN matches nothing.
		globs = append(globs, glob.GlobOfARN(&engine.ArnPattern{Any: true}, false))
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
		for _, at := range marks {
			name := t.names[g[at].R-firstMark]
			s := stand{before: g[:at], after: g[at+1:], on: about}
			if len(marks) > 1 {
				t.tangled[name] = true
				s = stand{on: about}
			}
			if !slices.ContainsFunc(t.stands[name], func(have stand) bool { return have.identity() == s.identity() }) {
				t.stands[name] = append(t.stands[name], s)
			}
		}
	}
}

// linked are the open keys whose values meet that of one, and what all of them are compared with.
func (t *openTests) linked(name string) (keys, about map[string]bool) {
	keys, about = map[string]bool{name: true}, map[string]bool{t.b.Open[name].Meeting(): true}
	for grown := true; grown; {
		grown = false
		for _, other := range t.names {
			touches := keys[other] || about[t.b.Open[other].Meeting()] || slices.ContainsFunc(t.stands[other], func(s stand) bool { return about[s.on] })
			if !touches {
				continue
			}
			before := len(keys) + len(about)
			keys[other], about[t.b.Open[other].Meeting()] = true, true
			for _, s := range t.stands[other] {
				about[s.on] = true
			}
			grown = grown || len(keys)+len(about) > before
		}
	}
	return keys, about
}

// openValues finds the values of every open key.
func (b *binder) openValues() openValues {
	t := b.openTests()
	out := openValues{texts: map[string][]string{}, sure: true}
	for _, name := range t.names {
		keys, about := t.linked(name)
		var stands []stand
		fold, embedded, tangled := false, false, false
		for other := range keys {
			tangled = tangled || t.tangled[other]
			stands = append(stands, t.stands[other]...)
		}
		for _, s := range stands {
			embedded = embedded || !s.whole()
		}
		for one := range about {
			fold = fold || t.folds[one]
		}
		tests := map[string]glob.Glob{"": {}}
		// The values of an instant are written as such; nothing here knows how.
		tangled = tangled || b.Open[name].Kind.IsTime()
		isName := b.Open[name].Kind == conditionkey.KeyUserName
		test := func(g glob.Glob) {
			if g.IsEverything() || isName && slices.ContainsFunc(g, func(t glob.GlobToken) bool { return t.Kind == glob.GlobLiteral && (t.R == '/' || t.R == ':') }) {
				// No name of a user has a slash or a colon.
				return
			}
			tests[g.Identity()] = g
			if fold {
				g = slices.Clone(g)
				for i := range g {
					g[i].Fold = g[i].Kind == glob.GlobLiteral
				}
				tests[g.Identity()] = g
			}
		}
		var lits []Literal
		wild := false
		for one := range about {
			lits = append(lits, t.others[one]...)
			for _, g := range t.plain[one] {
				wild = wild || !g.IsLiteral()
				// Values that are compared as a whole with the key, and with keys that have it whole.
				if one != "" {
					test(g)
				}
				for _, s := range stands {
					if s.on == one && !s.whole() {
						for _, middle := range b.lab.between(g, s.before, s.after) {
							test(middle)
						}
					}
				}
			}
		}
		ids := slices.Sorted(maps.Keys(tests))
		id := strconv.Itoa(len(keys)) + strings.Join(ids, "\x00")
		found, known := b.lab.classes[id]
		if !known {
			globs := make([]glob.Glob, len(ids))
			for i := range ids {
				globs[i] = tests[ids[i]]
			}
			found.texts, found.sure = representatives(globs, len(keys))
			b.lab.classes[id] = found
		}
		texts, sure := slices.Clone(found.texts), found.sure
		if len(lits) > 0 {
			texts = append(texts, candidateMembers(lits, b.caller.domain(b.Open[name]))...)
			slices.Sort(texts)
			texts = slices.Compact(texts)
			sure = sure && !wild
		}
		out.texts[name] = texts
		if sure = sure && !tangled && !t.sundered && !(embedded && len(keys) > 1); !sure && out.sure {
			out.sure, out.unsure = false, name
		}
	}
	return out
}

// between remembers what between found.
func (l *Lab) between(g, before, after glob.Glob) []glob.Glob {
	id := g.Identity() + "\x00" + before.Identity() + "\x00" + after.Identity()
	have, known := l.pieces[id]
	if !known {
		have = g.Between(before, after)
		l.pieces[id] = have
	}
	return have
}

const (
	// maxTests bounds how many tests of an open key are told apart.
	maxTests = 200
	// maxPlaces bounds the search for the classes.
	maxPlaces = 2_000
	// maxClassStates bounds one search for a value, and all searches for the values of one key.
	maxClassStates, maxAllStates = 4_000, 20_000
	// unrelated is a value that nothing has a reason to name.
	unrelated = "unrelated"
)

// representatives are texts of every class that the globs tell apart, so many of each as there are of keys that meet; false when that is not certain.
func representatives(tests []glob.Glob, each int) (texts []string, sure bool) {
	if len(tests) > maxTests {
		return []string{unrelated}, false
	}
	nice := []string{unrelated, ""}
	for _, g := range tests {
		if text, found, _ := glob.GlobWitness([]glob.Glob{g}, nil); found {
			nice = append(nice, text, text+"x", strings.ToUpper(text), strings.ToLower(text))
		}
	}
	passed := make([]map[string]bool, len(tests))
	for at, g := range tests {
		passed[at] = map[string]bool{}
		for _, text := range nice {
			passed[at][text] = g.Match(text)
		}
	}
	sure = true
	states := 0
	witness := func(in, none []glob.Glob) (text string, found, decided bool) {
		text, found, decided, n := glob.GlobWitnessWithin(in, none, min(maxClassStates, maxAllStates-states))
		states += n
		return text, found, decided
	}
	var split func(at int, in, none []glob.Glob, nice []string)
	places := 0
	split = func(at int, in, none []glob.Glob, nice []string) {
		if places++; places > maxPlaces || len(texts) > maxAssignments || states >= maxAllStates {
			sure = false
			return
		}
		if at == len(tests) {
			without := slices.Clip(none)
			for _, text := range nice[:min(each, len(nice))] {
				texts = append(texts, text)
				without = append(without, glob.LiteralGlob(text, false))
			}
			for range each - min(each, len(nice)) {
				text, found, decided := witness(in, without)
				sure = sure && (found || decided)
				if !found {
					break
				}
				texts = append(texts, text)
				without = append(without, glob.LiteralGlob(text, false))
			}
			return
		}
		for _, want := range []bool{true, false} {
			fit := slices.DeleteFunc(slices.Clone(nice), func(text string) bool { return passed[at][text] != want })
			in, none := in, none
			if want {
				in = append(slices.Clip(in), tests[at])
			} else {
				none = append(slices.Clip(none), tests[at])
			}
			if len(fit) == 0 {
				_, found, decided := witness(in, none)
				sure = sure && decided
				if !found {
					continue
				}
			}
			split(at+1, in, none, fit)
		}
	}
	var distinct []string
	for _, text := range nice {
		if !slices.Contains(distinct, text) {
			distinct = append(distinct, text)
		}
	}
	split(0, nil, nil, distinct)
	slices.Sort(texts)
	return slices.Compact(texts), sure
}

func sortedNames(keys map[string]*conditionkey.Key) []string { return slices.Sorted(maps.Keys(keys)) }

// maxAssignments bounds how many values are tried for condition keys that stand as policy variables and that the class does not fix.
const maxAssignments = 500

// Assignments answers a question for every value of the keys that stand as policy variables in what was read and that the class does not fix, and for none.
func (c *Caller) Assignments(ask func(*Caller) Answer) Answer {
	c.Effort.spent = 0
	a := ask(c)
	if len(c.Search.B.Open) == 0 {
		return a
	}
	names := sortedNames(c.Search.B.Open)
	values := c.Search.B.openValues()
	giveUp := func(name string) {
		if a.GaveUp = true; a.Grew == (engine.Source{}) {
			a.Grew = c.Search.B.openBy[name]
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
	shared := NewLab()
	for n := range total {
		other, impossible := c.again(shared), false
		other.Search.B.Assigned = map[string]assignment{}
		for _, name := range names {
			picked := assignment{key: c.Search.B.Open[name]}
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
		if !impossible {
			a = a.And(ask(other))
		}
	}
	return a
}
