package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/policy"
)

// constant is the value of a key that is the same in every request of the class.
func (b *binder) constant(k *key) (values, bool) {
	if a, ok := b.assigned[strings.ToLower(k.name)]; ok {
		return a.v, true
	}
	return b.caller.constant(k)
}

// variable is the text of a policy variable. A key that the class does not fix becomes open; it is read as absent until it is assigned.
func (b *binder) variable(tok *token) (string, bool) {
	v, fixed := b.constant(tok.key)
	if !fixed {
		b.open[strings.ToLower(tok.key.name)] = tok.key
		b.link(tok.key.meeting(), b.reading)
	}
	if v.present {
		return v.at(0), true
	}
	return tok.fallback, tok.hasFallback
}

// resolve replaces the variables of a pattern; false when one has no value, and then the pattern matches nothing.
func (b *binder) resolve(p *pattern) (pattern, bool) {
	if !p.hasVariable {
		return *p, true
	}
	out := pattern{text: p.text}
	for i := range p.tokens {
		tok := p.tokens[i]
		if tok.kind == tokenVariable {
			text, ok := b.variable(&tok)
			if !ok {
				return pattern{}, false
			}
			tok = token{text: text}
		}
		out.tokens = append(out.tokens, tok)
	}
	out.settle()
	return out, true
}

func (b *binder) resolveARN(p *arnPattern) (arnPattern, bool) {
	if !p.hasVariable() {
		return *p, true
	}
	out := arnPattern{text: p.text, any: p.any}
	if p.whole != nil {
		whole, ok := b.resolve(p.whole)
		out.whole = &whole
		return out, ok
	}
	for i := range p.parts {
		part, ok := b.resolve(&p.parts[i])
		if !ok {
			return arnPattern{}, false
		}
		out.parts = append(out.parts, part)
	}
	return out, true
}

func (b *binder) resolveCondition(c *condition) *condition {
	if !slices.ContainsFunc(c.texts, func(p pattern) bool { return p.hasVariable }) &&
		!slices.ContainsFunc(c.arns, func(p arnPattern) bool { return p.hasVariable() }) {
		return c
	}
	out := *c
	out.texts, out.arns = nil, nil
	b.reading = c.key.meeting()
	defer func() { b.reading = "" }()
	for i := range c.texts {
		if p, ok := b.resolve(&c.texts[i]); ok {
			out.texts = append(out.texts, p)
		}
	}
	for i := range c.arns {
		if p, ok := b.resolveARN(&c.arns[i]); ok {
			out.arns = append(out.arns, p)
		}
	}
	return &out
}

func (p *arnPattern) hasVariable() bool {
	if p.whole != nil {
		return p.whole.hasVariable
	}
	return slices.ContainsFunc(p.parts, func(part pattern) bool { return part.hasVariable })
}

// holdsFor is what holds would say for a request in which the key has these values. The condition has no variables left.
func (c *condition) holdsFor(v values) bool {
	if c.compare == comparePresence {
		return c.yes && !v.present || c.no && v.present
	}
	if !v.present {
		return c.holdsWhenAbsent()
	}
	if c.quantifier == policy.NoQuantifier {
		return c.matches(v.at(0), nil) != c.negated
	}
	if v.len() == 1 && v.at(0) == "" {
		return c.quantifier == policy.ForAllValues
	}
	for i := range v.len() {
		if member := c.matches(v.at(i), nil) != c.negated; member != (c.quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.quantifier == policy.ForAllValues
}

// identity tells conditions with the same operator and key apart by what they compare with.
func (c *condition) identity() string {
	var b strings.Builder
	for i := range c.texts {
		for _, tok := range c.texts[i].tokens {
			b.WriteString(strconv.Itoa(int(tok.kind)))
			b.WriteString(tok.text)
		}
		b.WriteByte(0)
	}
	for i := range c.arns {
		g := globOfARN(&c.arns[i], false)
		b.WriteString(g.identity())
		b.WriteByte(0)
	}
	if len(c.texts)+len(c.arns) == 0 {
		b.WriteString(strings.Join(c.source.Values, "\x00"))
	}
	return b.String()
}

// meeting is the name under which all keys meet that read one thing: a tag of the resource has several keys.
func (k *key) meeting() string {
	if k.kind == keyResourceTag {
		return "tag/" + strings.ToLower(k.tag)
	}
	return strings.ToLower(k.name)
}

// link notes that the value of an open key is compared with that of another key; "" stands for the resource.
func (b *binder) link(open, with string) {
	if b.links[open] == nil {
		b.links[open] = map[string]bool{}
	}
	b.links[open][with] = true
}

// linked are the keys whose tests the value of an open key takes part in: itself, those that it is compared with, and the open keys that these are
// compared with too. All is set where it stands in a resource: then it may be compared with anything.
func (b *binder) linked(open string) (names map[string]bool, all bool) {
	names = map[string]bool{open: true}
	for grown := true; grown; {
		grown = false
		for variable, keys := range b.links {
			touches := names[variable]
			for name := range keys {
				touches = touches || names[name]
			}
			if !touches {
				continue
			}
			grown = grown || !names[variable]
			names[variable] = true
			for name := range keys {
				grown = grown || !names[name]
				names[name] = true
			}
		}
	}
	return names, names[""]
}

// texts are the values of an open key that are told apart: every text that it, or a key that it is linked with, is compared with or has, a variant of
// each, and one that is none of them.
func (b *binder) texts(open *key) []string {
	names, all := b.linked(open.meeting())
	seen := map[string]bool{"unrelated": true}
	if open.kind == keyPrincipalTag {
		// A tag can be empty, and one empty tag equals another.
		seen[""] = true
	}
	add := func(p *pattern) {
		if p.isLiteral() {
			for _, variant := range []string{p.exact, p.exact + "x", strings.ToUpper(p.exact)} {
				seen[variant] = true
			}
		} else if text, found, _ := globWitness([]glob{globOf(p, false)}, nil); found {
			seen[text] = true
		}
	}
	for _, p := range b.lab.probes {
		if p.kind != probeKey || !all && !names[p.cond.key.meeting()] {
			continue
		}
		for i := range p.cond.texts {
			add(&p.cond.texts[i])
		}
	}
	for name, v := range b.fixed {
		for i := range v.len() {
			if all || names[name] {
				seen[v.at(i)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func sortedNames(keys map[string]*key) []string { return slices.Sorted(maps.Keys(keys)) }
