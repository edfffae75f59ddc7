package engine

import (
	"slices"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/literal"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

func (p *ArnPattern) HasVariable() bool {
	if p.Whole != nil {
		return p.Whole.HasVariable
	}
	return slices.ContainsFunc(p.Parts, func(part Pattern) bool { return part.HasVariable })
}

// EveryVariable reports whether the keys of all policy variables of the pattern are of a kind; so it is where there
// is none.
func (p *ArnPattern) EveryVariable(is func(*conditionkey.Key) bool) bool {
	parts := p.Parts
	if p.Whole != nil {
		parts = []Pattern{*p.Whole}
	}
	return !slices.ContainsFunc(parts, func(part Pattern) bool {
		return slices.ContainsFunc(
			part.Tokens,
			func(t wildcard.Token) bool { return t.Kind == wildcard.TokenVariable && !is(t.Key) },
		)
	})
}

// HoldsFor is what holds would say for a request in which the key has these values. The condition has no variables
// left.
func (c *Condition) HoldsFor(v Values) bool {
	if c.Compare == ComparePresence {
		return c.Yes && !v.Present || c.No && v.Present
	}
	if !v.Present {
		return c.holdsWhenAbsent()
	}
	if c.Quantifier == policy.NoQuantifier {
		return c.MatchesValue(v.At(0)) != c.Negated
	}
	if v.Len() == 1 && v.At(0) == "" {
		return c.Quantifier == policy.ForAllValues
	}
	for i := range v.Len() {
		if member := c.MatchesValue(v.At(i)) != c.Negated; member != (c.Quantifier == policy.ForAllValues) {
			return member
		}
	}
	return c.Quantifier == policy.ForAllValues
}

// MatchesValue is what matches says of a value as the search has it: an instant is one to the nanosecond, which only
// date operators read.
func (c *Condition) MatchesValue(text string) bool {
	if c.Key.Kind == conditionkey.KeyCurrentTime || c.Key.Kind == conditionkey.KeyEpochTime {
		if moment, err := literal.ParseDate(text); err == nil {
			if c.Compare == CompareDate && c.Quantifier == policy.NoQuantifier {
				return c.anyDate(moment)
			}
			text = timeText(&c.Key, moment)
		}
	}
	return c.Matches(text, nil)
}
