package search

import (
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
)

// constant is the value of a key that is the same in every request of the class.
func (b *binder) constant(k *conditionkey.Key) (engine.Values, bool) {
	if a, ok := b.Assigned[strings.ToLower(k.Name)]; ok {
		return a.v, true
	}
	return b.caller.constant(k)
}

// variable is the text of a policy variable. A key that the class does not fix becomes open; it is read as absent
// until it is assigned.
func (b *binder) variable(tok *wildcard.Token) (string, bool) {
	v, fixed := b.constant(tok.Key)
	if !fixed {
		b.opens(tok.Key)
	}
	if v.Present {
		return v.At(0), true
	}
	return tok.Fallback, tok.HasFallback
}

// opens notes that a key is open where it stands.
func (b *binder) opens(k *conditionkey.Key) {
	if b.binding != nil {
		b.binding.open = append(b.binding.open, k)
	}
}

// resolve replaces the variables of a pattern; false when one has no value, and then the pattern matches nothing.
// Where open keys stand for any text, so do they in a pattern whose texts the statement speaks of, and a pattern whose
// texts it spares matches nothing.
func (b *binder) resolve(p *pattern.Pattern, spares bool) (pattern.Pattern, bool) {
	if !p.HasVariable {
		return *p, true
	}
	out, matches := pattern.Pattern{Text: p.Text}, true
	for i := range p.Tokens {
		tok := p.Tokens[i]
		if tok.Kind == wildcard.TokenVariable {
			// Also behind a variable without a value: every open key has to be noted.
			text, ok := b.variable(&tok)
			if tok = (wildcard.Token{Text: text}); b.AnyText && b.isOpen(p.Tokens[i].Key) {
				tok, ok = wildcard.Token{Kind: wildcard.TokenAny}, !spares
			}
			matches = matches && ok
		}
		out.Tokens = append(out.Tokens, tok)
	}
	if !matches {
		return pattern.Pattern{}, false
	}
	out.Settle()
	return out, true
}

func (b *binder) isOpen(k *conditionkey.Key) bool {
	_, fixed := b.constant(k)
	return !fixed
}

func (b *binder) resolveARN(p *pattern.ARN, spares bool) (pattern.ARN, bool) {
	if !p.HasVariable() {
		return *p, true
	}
	out := pattern.ARN{Text: p.Text, Any: p.Any}
	if p.Whole != nil {
		whole, ok := b.resolve(p.Whole, spares)
		if out.Any = ok && !whole.IsLiteral(); !out.Any {
			out.Whole = &whole
		}
		return out, ok
	}
	matches := true
	for i := range p.Parts {
		part, ok := b.resolve(&p.Parts[i], spares)
		matches = matches && ok
		out.Parts = append(out.Parts, part)
	}
	return out, matches
}

func (b *binder) resolveCondition(c *engine.Condition) *engine.Condition {
	if !slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return p.HasVariable }) &&
		!slices.ContainsFunc(c.Arns, func(p pattern.ARN) bool { return p.HasVariable() }) {
		return c
	}
	out := *c
	out.Texts, out.Arns = nil, nil
	for i := range c.Texts {
		if p, ok := b.resolve(&c.Texts[i], c.Negated); ok {
			out.Texts = append(out.Texts, p)
		}
	}
	for i := range c.Arns {
		if p, ok := b.resolveARN(&c.Arns[i], c.Negated); ok {
			out.Arns = append(out.Arns, p)
		}
	}
	return &out
}

// identity tells conditions with the same operator and key apart by what they compare with.
func identity(c *engine.Condition) string {
	var b strings.Builder
	for i := range c.Texts {
		for _, tok := range c.Texts[i].Tokens {
			b.WriteString(strconv.Itoa(int(tok.Kind)))
			b.WriteString(strconv.Quote(tok.Text))
		}
		b.WriteByte(0)
	}
	for i := range c.Arns {
		g := glob.GlobOfARN(&c.Arns[i], false)
		b.WriteString(g.Identity())
		b.WriteByte(0)
	}
	if len(c.Texts)+len(c.Arns) == 0 {
		b.WriteString(strings.Join(c.Source.Values, "\x00"))
	}
	return b.String()
}
