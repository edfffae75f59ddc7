package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"

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
	before, after glob
	on            string
}

// openTests are all tests of the statements that a class of callers read, by what they are about: a key, or "" for the resource.
type openTests struct {
	b     *binder
	names []string
	// plain are the patterns without open keys.
	plain map[string]map[string]glob
	// folds are the subjects that are compared without regard to case.
	folds  map[string]bool
	stands map[string][]stand
	// others are the tests of numbers, times, addresses and the like.
	others map[string][]literal
	// tangled are the open keys that stand in one pattern twice, or with another one.
	tangled map[string]bool
	// sundered: an open key stands before the last part of an ARN.
	sundered bool
}

// firstMark is the first of the characters that stand for open keys in patterns; nobody has them in names.
const firstMark = 0xF0000

// meeting is the name under which all keys meet that read one thing: a tag of the resource has several keys.
func (k *key) meeting() string {
	if k.kind == keyResourceTag {
		return "tag/" + strings.ToLower(k.tag)
	}
	return strings.ToLower(k.name)
}

// openTests takes the statements apart that were bound.
func (b *binder) openTests() *openTests {
	t := &openTests{
		b: b, names: sortedNames(b.open), plain: map[string]map[string]glob{}, folds: map[string]bool{}, stands: map[string][]stand{},
		others: map[string][]literal{}, tangled: map[string]bool{},
	}
	for st := range b.bounds {
		for i := range st.resources {
			t.add("", t.arn(&st.resources[i], true)...)
		}
		for i := range st.conditions {
			t.condition(&st.conditions[i])
		}
	}
	if p := b.lab.probes["namesakes "+b.caller.principal.arn]; p != nil {
		t.add("", p.globs...)
	}
	if c := b.caller; c.any != nil && c.any.shape != nil && b.open["aws:username"] != nil {
		// The name of a user is the end of the user's ARN.
		mark := slices.Index(t.names, "aws:username")
		users := literalGlob("arn:"+string(c.principal.account.partition)+":iam::", false)
		name := glob{{kind: globAny}, {r: '/'}, {r: rune(firstMark + mark)}}
		t.add("aws:principalarn", slices.Concat(users, slices.Repeat(glob{some}, 12), literalGlob(":user", false), name))
	}
	for _, stands := range t.stands {
		// Statements come in any order.
		slices.SortFunc(stands, func(a, b stand) int { return strings.Compare(a.identity(), b.identity()) })
	}
	return t
}

func (s stand) identity() string {
	return s.on + "\x00" + s.before.identity() + "\x00" + s.after.identity()
}

func (s stand) whole() bool { return len(s.before)+len(s.after) == 0 }

func (t *openTests) condition(c *condition) {
	about := c.key.meeting()
	if v, fixed := t.b.constant(&c.key); fixed && v.present {
		for i := range v.len() {
			t.add(about, literalGlob(v.at(i), false))
		}
	}
	if !c.textual() {
		if c.compare != comparePresence {
			t.others[about] = append(t.others[about], literal{&probe{kind: probeKey, cond: c, name: about}, true})
		}
		return
	}
	fold := c.compare == compareTextFold
	t.folds[about] = t.folds[about] || fold
	for i := range c.texts {
		for _, p := range t.marked(&c.texts[i]) {
			t.add(about, globOf(&p, fold))
		}
	}
	for i := range c.arns {
		t.add(about, t.arn(&c.arns[i], false)...)
	}
}

// marked are the forms of a pattern: with a mark for each open key, and as it is without their values.
func (t *openTests) marked(p *pattern) []pattern {
	if !p.hasVariable {
		return []pattern{*p}
	}
	var forms []pattern
	if plain, ok := t.b.resolve(p); ok {
		forms = append(forms, plain)
	}
	out := pattern{text: p.text}
	for i := range p.tokens {
		tok := p.tokens[i]
		if tok.kind == tokenVariable {
			if at := slices.Index(t.names, strings.ToLower(tok.key.name)); at >= 0 {
				tok = token{text: string(rune(firstMark + at))}
			} else if text, ok := t.b.variable(&tok); ok {
				tok = token{text: text}
			} else {
				return forms
			}
		}
		out.tokens = append(out.tokens, tok)
	}
	out.settle()
	return append(forms, out)
}

func (t *openTests) arn(p *arnPattern, resource bool) []glob {
	if !p.hasVariable() {
		return []glob{globOfARN(p, resource)}
	}
	var globs []glob
	if plain, ok := t.b.resolveARN(p); ok {
		globs = append(globs, globOfARN(&plain, resource))
	}
	out := arnPattern{text: p.text}
	if p.whole != nil {
		// A value that is no ARN matches nothing.
		globs = append(globs, globOfARN(&arnPattern{any: true}, false))
		forms := t.marked(p.whole)
		if len(forms) == 0 {
			return globs
		}
		out.whole = &forms[len(forms)-1]
		return append(globs, globOfARN(&out, resource))
	}
	for i := range p.parts {
		if p.parts[i].hasVariable && i < arnParts-1 {
			// A value with a colon matches nothing there, which no pattern says.
			t.sundered = true
		}
		forms := t.marked(&p.parts[i])
		if len(forms) == 0 {
			return globs
		}
		out.parts = append(out.parts, forms[len(forms)-1])
	}
	return append(globs, globOfARN(&out, resource))
}

// add notes patterns about one thing.
func (t *openTests) add(about string, globs ...glob) {
	for _, g := range globs {
		var marks []int
		for i := range g {
			if g[i].r >= firstMark {
				marks = append(marks, i)
			}
		}
		if len(marks) == 0 {
			if t.plain[about] == nil {
				t.plain[about] = map[string]glob{}
			}
			t.plain[about][g.identity()] = g
			continue
		}
		for _, at := range marks {
			name := t.names[g[at].r-firstMark]
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
	keys, about = map[string]bool{name: true}, map[string]bool{t.b.open[name].meeting(): true}
	for grown := true; grown; {
		grown = false
		for _, other := range t.names {
			touches := keys[other] || about[t.b.open[other].meeting()] || slices.ContainsFunc(t.stands[other], func(s stand) bool { return about[s.on] })
			if !touches {
				continue
			}
			before := len(keys) + len(about)
			keys[other], about[t.b.open[other].meeting()] = true, true
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
		tests := map[string]glob{"": {}}
		// The values of an instant are written as such; nothing here knows how.
		tangled = tangled || b.open[name].kind.isTime()
		isName := b.open[name].kind == keyUserName
		test := func(g glob) {
			if g.isEverything() || isName && slices.ContainsFunc(g, func(t globToken) bool { return t.kind == globLiteral && (t.r == '/' || t.r == ':') }) {
				// No name of a user has a slash or a colon.
				return
			}
			tests[g.identity()] = g
			if fold {
				g = slices.Clone(g)
				for i := range g {
					g[i].fold = g[i].kind == globLiteral
				}
				tests[g.identity()] = g
			}
		}
		var lits []literal
		wild := false
		for one := range about {
			lits = append(lits, t.others[one]...)
			for _, g := range t.plain[one] {
				wild = wild || !g.isLiteral()
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
			globs := make([]glob, len(ids))
			for i := range ids {
				globs[i] = tests[ids[i]]
			}
			found.texts, found.sure = representatives(globs, len(keys))
			b.lab.classes[id] = found
		}
		texts, sure := slices.Clone(found.texts), found.sure
		if len(lits) > 0 {
			texts = append(texts, candidateMembers(lits, b.caller.domain(b.open[name]))...)
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
func (l *lab) between(g, before, after glob) []glob {
	id := g.identity() + "\x00" + before.identity() + "\x00" + after.identity()
	have, known := l.pieces[id]
	if !known {
		have = g.between(before, after)
		l.pieces[id] = have
	}
	return have
}

// between are the patterns that matter for a text with something before and something after it: those of the pieces of the glob that such a text can meet.
func (g glob) between(before, after glob) []glob {
	meets := func(a, b glob) bool {
		_, found, decided := globWitness([]glob{a, b}, nil)
		return found || !decided
	}
	star := func(i int) bool { return i >= 0 && i < len(g) && g[i].kind == globAny }
	var ends []int
	for j := range len(g) + 1 {
		rest := g[j:]
		if star(j - 1) {
			rest = g[j-1:]
		}
		if !star(j) && meets(after, rest) {
			ends = append(ends, j)
		}
	}
	var out []glob
	for i := range len(g) + 1 {
		start := g[:i]
		if star(i) {
			start = g[:i+1]
		}
		if star(i-1) || !meets(before, start) {
			continue
		}
		for _, j := range ends {
			if i <= j {
				out = append(out, g[i:j])
			}
		}
	}
	return out
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
func representatives(tests []glob, each int) (texts []string, sure bool) {
	if len(tests) > maxTests {
		return []string{unrelated}, false
	}
	nice := []string{unrelated, ""}
	for _, g := range tests {
		if text, found, _ := globWitness([]glob{g}, nil); found {
			nice = append(nice, text, text+"x", strings.ToUpper(text), strings.ToLower(text))
		}
	}
	passed := make([]map[string]bool, len(tests))
	for at, g := range tests {
		passed[at] = map[string]bool{}
		for _, text := range nice {
			passed[at][text] = g.match(text)
		}
	}
	sure = true
	states := 0
	witness := func(in, none []glob) (text string, found, decided bool) {
		text, found, decided, n := globWitnessWithin(in, none, min(maxClassStates, maxAllStates-states))
		states += n
		return text, found, decided
	}
	var split func(at int, in, none []glob, nice []string)
	places := 0
	split = func(at int, in, none []glob, nice []string) {
		if places++; places > maxPlaces || len(texts) > maxAssignments || states >= maxAllStates {
			sure = false
			return
		}
		if at == len(tests) {
			without := slices.Clip(none)
			for _, text := range nice[:min(each, len(nice))] {
				texts = append(texts, text)
				without = append(without, literalGlob(text, false))
			}
			for range each - min(each, len(nice)) {
				text, found, decided := witness(in, without)
				sure = sure && (found || decided)
				if !found {
					break
				}
				texts = append(texts, text)
				without = append(without, literalGlob(text, false))
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

func sortedNames(keys map[string]*key) []string { return slices.Sorted(maps.Keys(keys)) }

// maxAssignments bounds how many values are tried for condition keys that stand as policy variables and that the class does not fix.
const maxAssignments = 500

// assignments answers a question for every value of the keys that stand as policy variables in what was read and that the class does not fix, and for none.
func (c *caller) assignments(ask func(*caller) answer) answer {
	c.effort.spent = 0
	a := ask(c)
	if len(c.search.b.open) == 0 {
		return a
	}
	names := sortedNames(c.search.b.open)
	values := c.search.b.openValues()
	giveUp := func(name string) {
		if a.gaveUp = true; a.grew == (Source{}) {
			a.grew = c.search.b.openBy[name]
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
	shared := newLab()
	for n := range total {
		other, impossible := c.again(shared), false
		other.search.b.assigned = map[string]assignment{}
		for _, name := range names {
			picked := assignment{key: c.search.b.open[name]}
			some := values.texts[name]
			if pick := n % (len(some) + 1); pick < len(some) {
				picked.v = single(some[pick])
			} else if picked.key.kind == keyPrincipalTag {
				picked.v = findTag(c.principal.tags, picked.key.tag)
			}
			other.search.b.assigned[name] = picked
			n /= len(some) + 1
			if picked.v.present && picked.key.kind == keyUserName && other.any != nil {
				impossible = impossible || policy.ValidateUserName(picked.v.one) != nil
				other.any = other.any.named(picked.v.one, other.principal.account.partition)
			}
		}
		if !impossible {
			a = a.and(ask(other))
		}
	}
	return a
}
