package access

import (
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
	if name := strings.ToLower(tok.key.name); !fixed && b.open[name] == nil {
		b.open[name] = tok.key
		if b.binding != nil {
			b.openBy[name] = b.binding.by
		}
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
		return c.matchesValue(v.at(0)) != c.negated
	}
	if v.len() == 1 && v.at(0) == "" {
		return c.quantifier == policy.ForAllValues
	}
	for i := range v.len() {
		if member := c.matchesValue(v.at(i)) != c.negated; member != (c.quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.quantifier == policy.ForAllValues
}

// matchesValue is what matches says of a value as the search has it: an instant is one to the nanosecond, which only date operators read.
func (c *condition) matchesValue(text string) bool {
	if c.key.kind == keyCurrentTime || c.key.kind == keyEpochTime {
		if at, err := parseDate(text); err == nil {
			if c.compare == compareDate && c.quantifier == policy.NoQuantifier {
				return c.anyDate(at)
			}
			text = timeText(&c.key, at)
		}
	}
	return c.matches(text, nil)
}

// identity tells conditions with the same operator and key apart by what they compare with.
func (c *condition) identity() string {
	var b strings.Builder
	for i := range c.texts {
		for _, tok := range c.texts[i].tokens {
			b.WriteString(strconv.Itoa(int(tok.kind)))
			b.WriteString(strconv.Quote(tok.text))
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
