package search

import (
	"maps"
	"slices"
	"sync"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/domain"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/openkeys"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// openReader reads the tests of open keys out of statements, as the class of a binder meets them.
type openReader struct {
	b     *binder
	tests *openkeys.Tests
}

// valuing is what the values of open keys depend on besides their tests.
func (c *Caller) valuing() openkeys.Caller {
	return openkeys.Caller{
		Patterns: c.Engine.Patterns, Domain: c.domain, Looks: c.together.looks, Found: c.together.found,
	}
}

// openTests takes the statements apart that the question at hand has read.
func (b *binder) openTests() *openkeys.Tests {
	t := openReader{b: b, tests: openkeys.New(b.reading.open)}
	for read := b.reading.last; read != nil; read = read.before {
		t.b = read.by
		for i := range read.st.Resources {
			t.tests.Add("", t.arn(&read.st.Resources[i], true)...)
		}
		for i := range read.st.Conditions {
			t.condition(&read.st.Conditions[i])
		}
	}
	t.b = b
	if p := b.solved.probes["namesakes "+b.caller.Principal.Arn]; p != nil {
		t.tests.Add("", p.Globs...)
	}
	if c := b.caller; c.Any != nil && c.Any.Shape != nil && b.reading.open["aws:username"] != nil {
		// The name of a user is the end of the user's ARN.
		mark, _ := t.tests.Mark("aws:username")
		users := glob.LiteralGlob("arn:"+string(c.Principal.Account.Partition)+":iam::", false)
		name := glob.Glob{{Kind: glob.GlobAny}, {R: '/'}, {R: mark}}
		t.tests.Add(
			"aws:principalarn",
			slices.Concat(users, slices.Repeat(glob.Glob{call.One}, 12), glob.LiteralGlob(":user", false), name),
		)
	}
	return t.tests
}

func (t *openReader) condition(c *engine.Condition) {
	about := c.Key.Meeting()
	if v, fixed := t.b.constant(&c.Key); fixed && v.Present {
		for i := range v.Len() {
			t.tests.Add(about, glob.LiteralGlob(v.At(i), false))
		}
	}
	if !c.Textual() {
		if c.Compare != engine.ComparePresence {
			t.tests.AddOther(about, domain.Literal{Cond: c, Want: true})
		}
		return
	}
	fold := c.Compare == engine.CompareTextFold
	if fold {
		t.tests.Fold(about)
	}
	for i := range c.Texts {
		for _, p := range t.marked(&c.Texts[i]) {
			t.tests.Add(about, glob.GlobOf(&p, fold))
		}
	}
	for i := range c.Arns {
		t.tests.Add(about, t.arn(&c.Arns[i], false)...)
	}
}

// marked are the forms of a pattern: with a mark for each open key, and as it is without their values.
func (t *openReader) marked(p *pattern.Pattern) []pattern.Pattern {
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
			if mark, open := t.tests.Mark(tok.Key.Name); open {
				tok = wildcard.Token{Text: string(mark)}
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

func (t *openReader) arn(p *pattern.ARN, resource bool) []glob.Glob {
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
			t.tests.Sunder()
		}
		forms := t.marked(&p.Parts[i])
		if len(forms) == 0 {
			return globs
		}
		out.Parts = append(out.Parts, forms[len(forms)-1])
	}
	return append(globs, glob.GlobOfARN(&out, resource))
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
	// anyText is asked once, and only where it may spare something.
	anyText := sync.OnceValue(func() Answer { return a.shutBy(c.withAnyText(ask)) })
	tests := c.Search.B.openTests()
	// Values cost much, so they are not looked for where they would leave the answer uncertain.
	if !tests.Sayable() && anyText().Shut() {
		return anyText()
	}
	values := tests.Values(c.valuing())
	if uncertain := a.GaveUp || !values.Sure || values.Count(maxAssignments) > maxAssignments; uncertain && anyText().Shut() {
		return anyText()
	}
	if a = c.assigned(ask, a, values); !a.GaveUp || a.Open {
		return a
	}
	if anyText().Shut() {
		return anyText()
	}
	denies := c.Search.B.reading.denies
	for _, name := range slices.Sorted(maps.Keys(denies)) {
		without := c.again(c.Solved.beside())
		without.leftOut = denies[name]
		b := without.unassigned(ask)
		if !without.settled(b) {
			b = without.assigned(ask, b, without.Search.B.openTests().Values(without.valuing()))
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
	c.Search.B.reading.begin()
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
func (c *Caller) assigned(ask func(*Caller) Answer, a Answer, values openkeys.Values) Answer {
	read := c.Search.B.reading
	names := slices.Sorted(maps.Keys(read.open))
	giveUp := func(name string) {
		if a.GaveUp = true; a.Grew == (engine.Source{}) {
			a.Grew = read.openBy[name]
		}
	}
	if !values.Sure {
		giveUp(values.Unsure)
	}
	total := 1
	for _, name := range names {
		if total *= len(values.Texts[name]) + 1; total > maxAssignments {
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
			some := values.Texts[name]
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
