package recorded

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

const (
	// mostTries bounds how many combinations of values are tried for one call.
	mostTries = 4096
	// mostMembers bounds the values of which every set is tried, for keys of several values.
	mostMembers = 5
)

// explore tries every value that what is not known can have, as far as the policies can tell values apart, and says
// on what of it the answer depends.
func (r *recordedEnv) explore(ev *engine.Env, end recordedEnd) Answer {
	var keys []unknownKey
	for {
		before := len(keys)
		for _, u := range r.asked {
			if !slices.ContainsFunc(keys, func(have unknownKey) bool { return have.id == u.id }) {
				keys = append(keys, u)
			}
		}
		if len(keys) == before {
			return dependsOn(end, keys)
		}
		slices.SortFunc(keys, func(a, b unknownKey) int { return strings.Compare(a.id, b.id) })
		x := &exploration{r: r, ev: ev, keys: keys, choices: make([]choices, len(keys)), decisive: map[string]bool{}}
		for i := range keys {
			r.resource = keys[i].resource
			x.choices[i] = r.choicesFor(ev, keys[i], keys)
		}
		shape, whole := x.shape(0)
		clear(r.assigned)
		switch {
		case x.tries > mostTries:
			return dependsOn(end, keys)
		case !whole:
			continue // Something else is asked for where a value is tried.
		case strings.Contains(shape, "("):
			return x.mixed(shape, end)
		}
		var unsure []unknownKey
		for i := range keys {
			if !x.choices[i].sure {
				unsure = append(unsure, keys[i])
			}
		}
		switch {
		case len(unsure) > 0:
			return dependsOn(end, unsure)
		case shape == "A":
			return Answer{Outcome: Allowed}
		}
		return x.refused.answer(nil)
	}
}

func dependsOn(end recordedEnd, keys []unknownKey) Answer {
	var names []string
	for _, u := range keys {
		names = append(names, u.name)
	}
	end.outcome = Depends
	slices.Sort(names)
	return end.answer(slices.Compact(names))
}

// choices are the values of which one is tried after the other.
type choices struct {
	values []engine.Values
	// sure: there is no other value that a policy tells apart from these.
	sure bool
}

// exploration is an ordered decision diagram over what is not known: what does not change the answer leaves no node.
type exploration struct {
	r        *recordedEnv
	ev       *engine.Env
	keys     []unknownKey
	choices  []choices
	tries    int
	refused  recordedEnd
	decisive map[string]bool
}

// shape is what becomes of the call for all values from a key on: "A" or "R" where they change nothing, otherwise the
// key with one shape for each value. It is not whole when something is asked for that is not among the keys.
func (x *exploration) shape(index int) (string, bool) {
	if x.tries++; x.tries > mostTries {
		return "", true
	}
	switch end := x.r.evaluate(x.ev); end.outcome {
	case Allowed:
		return "A", true
	case Refused:
		if x.refused.outcome != Refused {
			x.refused = end
		}
		return "R", true
	case Depends:
	}
	if index == len(x.keys) {
		return "", false
	}
	asked := slices.Clone(x.r.asked)
	id := x.keys[index].id
	var shapes []string
	for _, v := range x.choices[index].values {
		x.r.assigned[id] = v
		shape, whole := x.shape(index + 1)
		if !whole {
			if len(x.r.asked) == 0 {
				x.r.asked = asked
			}
			delete(x.r.assigned, id)
			return "", false
		}
		shapes = append(shapes, shape)
	}
	delete(x.r.assigned, id)
	if len(slices.Compact(slices.Sorted(slices.Values(shapes)))) == 1 {
		return shapes[0], true
	}
	return strconv.Itoa(index) + "(" + strings.Join(shapes, ",") + ")", true
}

// mixed is the answer where values differ: what the shape has a node for decides.
func (x *exploration) mixed(shape string, end recordedEnd) Answer {
	var deciding []unknownKey
	for i := range x.keys {
		node := strconv.Itoa(i) + "("
		for from := 0; ; {
			start := strings.Index(shape[from:], node)
			if start < 0 {
				break
			}
			if start += from; start == 0 || shape[start-1] == '(' || shape[start-1] == ',' {
				deciding = append(deciding, x.keys[i])
				break
			}
			from = start + 1
		}
	}
	if x.refused.outcome == Refused {
		end = x.refused
	}
	return dependsOn(end, deciding)
}

// valueTests are what the policies compare a key with.
type valueTests struct {
	globs   []glob.Glob
	numbers []literal.Decimal
	dates   []time.Time
	nets    []netip.Prefix
	texts   []string
	bools   bool
	sets    bool
	sure    bool
	// comparedWithUnknown: it is compared with something else that is not known.
	comparedWithUnknown bool
}

// choicesFor are the values of a key, or the ARNs of a resource, of which the policies tell each two apart.
//
// The values of a key fall into classes: two values are in one class when every comparison of every policy that speaks
// of the call says the same of both. The answer cannot differ within a class, so one value of each is enough. What the
// key is compared with is collected first (valueTests), then representatives yields the value of each class. A key
// that is compared with another unknown one has the representatives of both, and a text that neither has.
func (r *recordedEnv) choicesFor(ev *engine.Env, u unknownKey, all []unknownKey) choices {
	if u.key == nil {
		return r.resourceChoices(ev, u)
	}
	t := &valueTests{sure: true}
	for _, st := range r.speaking {
		r.conditionTests(ev, st, u, t)
		for i := range st.Resources {
			r.variableIn(&st.Resources[i], u, t, []string{ev.Resource.ARN})
		}
	}
	texts := t.representatives(u.fact)
	if t.comparedWithUnknown {
		others, sure := r.representativesOfOthers(ev, u, all)
		t.sure = t.sure && sure
		texts = append(append(texts, others...), "unrelated2")
		slices.Sort(texts)
		texts = slices.Compact(texts)
	}
	out := choices{sure: t.sure}
	if !u.fact.Present {
		out.values = append(out.values, engine.Values{})
	}
	if !t.sets && !u.key.MultiValued {
		for _, text := range texts {
			out.values = append(out.values, engine.Single(text))
		}
		return out
	}
	return out.sets(texts)
}

// conditionTests adds what the conditions of a statement compare the key with.
func (r *recordedEnv) conditionTests(ev *engine.Env, st *engine.Statement, u unknownKey, t *valueTests) {
	for i := range st.Conditions {
		r.testsOf(ev, &st.Conditions[i], u, t)
	}
}

// representativesOfOthers are those of the other keys that are not known. It is sure where each key's are.
func (r *recordedEnv) representativesOfOthers(
	ev *engine.Env,
	u unknownKey,
	all []unknownKey,
) (texts []string, sure bool) {
	sure = true
	for _, other := range all {
		if other.key == nil || other.id == u.id {
			continue
		}
		t := &valueTests{sure: true}
		for _, st := range r.speaking {
			r.conditionTests(ev, st, other, t)
		}
		texts = append(texts, t.representatives(other.fact)...)
		sure = sure && t.sure
	}
	return texts, sure
}

// sets adds the sets of texts that are tried for a key of several values.
func (c choices) sets(texts []string) choices {
	if len(texts) > mostMembers {
		c.sure = false
		for i := range texts {
			c.values = append(c.values, engine.Values{Present: true, Many: []string{texts[i]}})
			for j := range i {
				c.values = append(c.values, engine.Values{Present: true, Many: []string{texts[i], texts[j]}})
			}
		}
		return c
	}
	for bits := 1; bits < 1<<len(texts); bits++ {
		var some []string
		for i := range texts {
			if bits&(1<<i) != 0 {
				some = append(some, texts[i])
			}
		}
		c.values = append(c.values, engine.Values{Present: true, Many: some})
	}
	return c
}

// testsOf adds what a condition compares the key with.
func (r *recordedEnv) testsOf(ev *engine.Env, c *engine.Condition, u unknownKey, t *valueTests) {
	own := strings.EqualFold(c.Key.Name, u.key.Name)
	if own {
		t.sets = t.sets || c.Quantifier != policy.NoQuantifier
		t.numbers, t.dates, t.nets = append(
			t.numbers,
			c.Numbers...), append(
			t.dates,
			c.Dates...), append(
			t.nets,
			c.Networks...)
		switch c.Compare {
		case engine.CompareBool:
			t.bools = true
		case engine.CompareBinary:
			t.sure = false
		}
	}
	for i := range c.Texts {
		p := &c.Texts[i]
		if own {
			tokens, ok := r.fill(ev, p)
			if !ok {
				t.sure = t.sure && len(p.Tokens) == 1
				t.comparedWithUnknown = true
				continue
			}
			filled := pattern.Pattern{Text: p.Text, Tokens: tokens}
			filled.Settle()
			t.globs = append(t.globs, glob.GlobOf(&filled, c.Compare == engine.CompareTextFold))
		} else if p.HasVariable {
			r.variable(p, u, t, r.knownValues(&c.Key))
		}
	}
	for i := range c.Arns {
		p := &c.Arns[i]
		if !own {
			r.variableIn(p, u, t, r.knownValues(&c.Key))
			continue
		}
		if g, ok := r.globOfARN(p); ok {
			t.globs = append(t.globs, g)
		} else {
			t.sure, t.comparedWithUnknown = false, true
		}
	}
}

// globOfARN is the pattern of an ARN operator with its variables filled in.
func (r *recordedEnv) globOfARN(p *pattern.ARN) (glob.Glob, bool) {
	if p.HasVariable() {
		return nil, false
	}
	return glob.GlobOfARN(p, false), true
}

// knownValues are the values of another key; nil where they are not known.
func (r *recordedEnv) knownValues(k *conditionkey.Key) []string {
	fact := r.call.Key(k.Name, r.resource)
	if !fact.Known {
		return nil
	}
	return fact.Values
}

func (r *recordedEnv) variableIn(p *pattern.ARN, u unknownKey, t *valueTests, against []string) {
	if p.Whole != nil {
		r.variable(p.Whole, u, t, against)
		return
	}
	for i := range p.Parts {
		if p.Parts[i].HasVariable {
			var pieces []string
			for _, text := range against {
				a := policy.SplitARN(text)
				pieces = append(pieces, a.Parts[i])
			}
			r.variable(&p.Parts[i], u, t, pieces)
		}
	}
}

// variable adds what the key is compared with where it stands in a pattern as a variable: the piece of each known
// text in its place.
func (r *recordedEnv) variable(p *pattern.Pattern, u unknownKey, t *valueTests, against []string) {
	index := slices.IndexFunc(p.Tokens, func(tok wildcard.Token) bool {
		return tok.Kind == wildcard.TokenVariable && strings.EqualFold(tok.Key.Name, u.key.Name)
	})
	if index < 0 {
		return
	}
	if against == nil {
		t.comparedWithUnknown = true
		t.sure = t.sure && len(p.Tokens) == 1
		return
	}
	before, after := "", ""
	for i, tok := range p.Tokens {
		switch {
		case i == index:
		case tok.Kind != wildcard.TokenLiteral:
			t.sure = false
			return
		case i < index:
			before += tok.Text
		default:
			after += tok.Text
		}
	}
	for _, text := range against {
		if middle, ok := strings.CutPrefix(text, before); ok {
			if middle, ok = strings.CutSuffix(middle, after); ok {
				t.globs = append(t.globs, glob.LiteralGlob(middle, false))
			}
		}
	}
}

// representatives are texts of which the tests tell each two apart, one of each class.
//
// Each sort of test divides the texts by itself: networks at their first and last address, numbers and dates at the
// value that they are compared with, patterns by which of them match. For networks, numbers and dates the values beside
// each bound meet every class. Patterns are for the search, which yields a text for each set of them that can match
// together. Where a key has both sorts, no text of one sort is checked against the other, and the answer is not sure.
func (t *valueTests) representatives(fact Fact) []string {
	if fact.Among != nil {
		return slices.Clone(fact.Among)
	}
	if t.bools && len(t.globs) == 0 {
		return []string{"true", "false"}
	}
	if len(t.nets) > 0 {
		t.texts = append(t.texts, addressesBeside(t.nets)...)
	}
	numbers, whole := numbersBeside(t.numbers)
	t.texts, t.sure = append(t.texts, numbers...), t.sure && whole
	for _, moment := range t.dates {
		for _, by := range []time.Duration{-time.Second, 0, time.Second} {
			t.texts = append(t.texts, moment.Add(by).UTC().Format(time.RFC3339))
		}
	}
	special := len(t.texts) > 0
	t.sure = t.sure && !(special && len(t.globs) > 0)
	if len(t.globs) > 0 || !special {
		forms := plainGlobs(fact.Like)
		texts, sure := domain.Representatives(distinctGlobs(append(slices.Clone(t.globs), forms...)), 1)
		t.sure = t.sure && sure
		t.texts = append(t.texts, ofForms(texts, forms)...)
	}
	slices.Sort(t.texts)
	return slices.Compact(t.texts)
}

// numbersBeside are 0, each number, the next one and, where it is one or more, the one before: one of each class that
// comparisons with the numbers make of whole numbers. It is not whole where one of the numbers has a fraction.
func numbersBeside(numbers []literal.Decimal) (texts []string, whole bool) {
	if len(numbers) == 0 {
		return nil, true
	}
	texts, whole = []string{"0"}, true
	for _, n := range numbers {
		whole = whole && n.Cents() == ""
		texts = append(texts, n.String(), n.Plus(1).String())
		if negative, one := n.Sign(); !negative && one {
			texts = append(texts, n.Floor(-1).String())
		}
	}
	return texts, whole
}

// plainGlobs are the forms as patterns.
func plainGlobs(forms []string) []glob.Glob {
	globs := make([]glob.Glob, len(forms))
	for i, form := range forms {
		globs[i] = plainGlob(form)
	}
	return globs
}

// ofForms are the texts that have one of the forms; all of them where there is no form.
func ofForms(texts []string, forms []glob.Glob) []string {
	var out []string
	for _, text := range texts {
		if len(forms) == 0 || glob.MatchedByAny(forms, text) {
			out = append(out, text)
		}
	}
	return out
}

func distinctGlobs(globs []glob.Glob) []glob.Glob {
	seen := map[string]bool{}
	return slices.DeleteFunc(globs, func(g glob.Glob) bool {
		id := g.Identity()
		before := seen[id]
		seen[id] = true
		return before
	})
}

// addressesBeside are the first address of each network and the first behind it, of both families: whichever network
// an address is in, one of these is in the same.
func addressesBeside(nets []netip.Prefix) []string {
	out := []string{"0.0.0.0", "::"}
	for _, n := range nets {
		out = append(out, n.Addr().String())
		last := n.Addr().AsSlice()
		for bit := n.Bits(); bit < len(last)*8; bit++ {
			last[bit/8] |= 0x80 >> (bit % 8)
		}
		if end, ok := netip.AddrFromSlice(last); ok && end.Next().IsValid() {
			out = append(out, end.Next().String())
		}
	}
	return out
}

// resourceChoices are ARNs of a resource whose own is not known, of which the policies tell each two apart: as for the
// values of a key (choicesFor), with the patterns of Resource in place of comparisons.
func (r *recordedEnv) resourceChoices(ev *engine.Env, u unknownKey) choices {
	var like []string
	if u.resource < len(r.call.Resources) {
		like = r.call.Resources[u.resource].Like
	}
	forms := plainGlobs(like)
	globs, sure := r.resourceGlobs(ev)
	globs = distinctGlobs(telling(globs, like, forms))
	texts, found := namesIn(like, globs)
	if !found {
		var all bool
		texts, all = domain.Representatives(distinctGlobs(append(slices.Clone(globs), forms...)), 1)
		sure = sure && all
	}
	out := choices{sure: sure}
	for _, text := range ofForms(texts, forms) {
		if strings.HasPrefix(text, "arn:") {
			out.values = append(out.values, engine.Single(text))
		}
	}
	if len(out.values) == 0 {
		out.values, out.sure = append(out.values, engine.Single("arn:aws:unknown:::unknown")), false
	}
	return out
}

// resourceGlobs are the patterns that the policies have of resources; sure where each of them is known.
func (r *recordedEnv) resourceGlobs(ev *engine.Env) (globs []glob.Glob, sure bool) {
	sure = true
	for _, st := range r.speaking {
		for i := range st.Resources {
			if g, ok := r.globOfResource(ev, &st.Resources[i]); ok {
				globs = append(globs, g)
			} else {
				sure = false
			}
		}
	}
	return globs, sure
}

// telling are the patterns that tell texts of the forms apart. A pattern that meets none of the forms matches none of
// their texts, and one that covers them all matches each. Where every form has as many colons as an ARN, no wildcard of
// a pattern reaches over one.
func telling(globs []glob.Glob, like []string, forms []glob.Glob) []glob.Glob {
	if len(forms) == 0 {
		return globs
	}
	if !slices.ContainsFunc(like, func(text string) bool { return strings.Count(text, ":") != policy.ARNParts-1 }) {
		for i, g := range globs {
			globs[i] = withinParts(g)
		}
	}
	return slices.DeleteFunc(globs, func(g glob.Glob) bool {
		meets, covers := false, true
		for _, form := range forms {
			meets, covers = meets || !glob.Disjoint(g, form), covers && g.Covers(form)
		}
		return !meets || covers
	})
}

// namesIn finds texts of forms, with at most one wildcard each, that every pattern tells apart which can be told
// apart: by the names that the patterns have in them. Not found says that there may be others, which a search finds.
func namesIn(like []string, globs []glob.Glob) (texts []string, found bool) {
	for _, form := range like {
		some, found := namesOfForm(form, globs)
		if !found {
			return nil, false
		}
		texts = append(texts, some...)
	}
	return texts, len(like) > 0
}

// namesOfForm is namesIn for one form. Its texts are divided into classes by which of the patterns match; with n
// patterns that meet the form there are at most 2^n. One text is taken of each class that a name from the patterns
// falls into. That is enough where every other class is impossible: two of its patterns contradict each other
// (possible).
func namesOfForm(form string, globs []glob.Glob) (texts []string, found bool) {
	const most = 4
	before, after, wild := strings.Cut(form, "*")
	if strings.ContainsAny(after, "*?") || strings.Contains(before, "?") {
		return nil, false
	}
	if !wild {
		return []string{form}, true
	}
	whole := plainGlob(form)
	var met []glob.Glob
	fills := []string{"x", "x/x"}
	for _, g := range globs {
		if !glob.Disjoint(g, whole) {
			met = append(met, g)
			fills = append(fills, fillsOf(g)...)
		}
	}
	if len(met) > most {
		return nil, false
	}
	classes := map[int]bool{}
	for _, fill := range fills {
		text := before + fill + after
		if class := classOf(text, met); !classes[class] {
			classes[class] = true
			texts = append(texts, text)
		}
	}
	for class := range 1 << len(met) {
		if !classes[class] && possible(class, met) {
			return nil, false
		}
	}
	return texts, true
}

// classOf has bit i set where pattern i matches the text.
func classOf(text string, globs []glob.Glob) int {
	class := 0
	for i, g := range globs {
		if g.Match(text) {
			class |= 1 << i
		}
	}
	return class
}

// fillsOf are the beginnings of the path that a pattern names.
func fillsOf(g glob.Glob) []string {
	parts := strings.SplitN(g.Text(), ":", policy.ARNParts)
	_, path, _ := strings.Cut(parts[len(parts)-1], "/")
	path = wildcard.Sample(path)
	var out []string
	for index := range path {
		if path[index] == '/' {
			out = append(out, path[:index])
		}
	}
	return append(out, path)
}

// possible reports whether a text may match the patterns of a class and no others, as far as two of them say.
func possible(class int, globs []glob.Glob) bool {
	for i, g := range globs {
		for j, other := range globs {
			in, out := class&(1<<i) != 0, class&(1<<j) == 0
			if i != j && in && (out && other.Covers(g) || !out && glob.Disjoint(g, other)) {
				return false
			}
		}
	}
	return true
}

// withinParts is a pattern of an ARN with its wildcards bounded to their parts; a pattern with fewer parts stays as
// it is.
func withinParts(g glob.Glob) glob.Glob {
	if g.Colons() != policy.ARNParts-1 {
		return g
	}
	out := slices.Clone(g)
	for i := range out {
		out[i].Bounded = out[i].Kind != glob.GlobLiteral
	}
	return out
}
