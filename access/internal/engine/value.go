package engine

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

func (c *Condition) Textual() bool {
	return c.Compare == CompareText || c.Compare == CompareTextFold || c.Compare == CompareARN
}

func (c *Condition) HasWildcard() bool {
	return len(c.Arns) > 0 || slices.ContainsFunc(c.Texts, func(p Pattern) bool { return !p.IsLiteral() })
}

// MatchesNone reports whether a resolved pattern of an ARN operator matches nothing: a whole value that is no ARN, or
// a part with a colon in it.
func (p *ArnPattern) MatchesNone() bool {
	if p.Any {
		return false
	}
	if p.Whole != nil {
		return !policy.IsARN(p.Whole.Exact)
	}
	return slices.ContainsFunc(p.Parts[:len(p.Parts)-1], func(part Pattern) bool {
		return slices.ContainsFunc(
			part.Tokens,
			func(t wildcard.Token) bool { return t.Kind == wildcard.TokenLiteral && strings.Contains(t.Text, ":") },
		)
	})
}
