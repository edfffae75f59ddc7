package pattern

import (
	"errors"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// ARN is a pattern of a Resource element or of an ARN operator.
type ARN struct {
	// Text is the pattern as written.
	Text string
	// Any is the pattern "*".
	Any bool
	// Whole is a pattern that is one policy variable and nothing else: its value is compared as a whole.
	Whole *Pattern
	// Parts are the parts between colons. A Resource pattern that ends in * may have fewer than six.
	Parts []Pattern
}

// ParseARN reads the pattern of an ARN. A colon inside "${...}" separates nothing.
func ParseARN(text string, mode TextMode) (ARN, error) {
	p := ARN{Text: text}
	if wildcard.OnlyStars(text) {
		p.Any = true
		return p, nil
	}
	whole, err := Parse(text, mode, true)
	if err != nil {
		return ARN{}, err
	}
	if len(whole.Tokens) == 1 && whole.Tokens[0].Kind == wildcard.TokenVariable {
		p.Whole = &whole
		return p, nil
	}
	for part := range splitParts(text, mode) {
		compiled, err := Parse(part, mode, true)
		if err != nil {
			return ARN{}, err
		}
		p.Parts = append(p.Parts, compiled)
	}
	if len(p.Parts) < policy.ARNParts && !p.Parts[len(p.Parts)-1].EndsInAny() {
		return ARN{}, errors.New("is not an ARN: it has fewer than six parts between colons")
	}
	if first := p.Parts[0]; !first.IsLiteral() || first.Exact != "arn" {
		return ARN{}, errors.New(`is not an ARN: it does not begin with "arn:"`)
	}
	return p, nil
}

// splitParts yields the parts between the first five colons that are outside variables.
func splitParts(text string, mode TextMode) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, n, inVariable := 0, 1, false
		for i := 0; i < len(text) && n < policy.ARNParts; i++ {
			switch {
			case mode == VariableText && strings.HasPrefix(text[i:], "${"):
				inVariable = true
			case inVariable && text[i] == '}':
				inVariable = false
			case !inVariable && text[i] == ':':
				if !yield(text[start:i]) {
					return
				}
				start = i + 1
				n++
			}
		}
		yield(text[start:])
	}
}

// VariableBeforeResource reports whether a variable stands before the fifth colon, where a Resource element cannot
// have one.
func (p *ARN) VariableBeforeResource() bool {
	if p.Whole != nil {
		return true
	}
	for i := range p.Parts {
		if i < policy.ARNParts-1 && p.Parts[i].HasVariable {
			return true
		}
	}
	return false
}

// Match compares part by part; runOn lets a * that ends a part reach over colons. A variable without a value matches
// nothing.
func (p *ARN) Match(arn string, runOn bool, vars Variables) bool {
	a := policy.SplitARN(arn)
	return p.MatchSplit(&a, runOn, vars)
}

// MatchSplit is Match for an ARN that is taken apart already.
func (p *ARN) MatchSplit(a *policy.ARNText, runOn bool, vars Variables) bool {
	if p.Any {
		return runOn || a.IsARN()
	}
	if p.Whole != nil {
		return a.IsARN() && p.Whole.Match(a.Text, false, vars)
	}
	// With exactly as many colons as an ARN has there is nothing to run on into.
	if a.Colons >= policy.ARNParts-1 && len(p.Parts) == policy.ARNParts &&
		(!runOn || a.Colons == policy.ARNParts-1 || !p.runsOn()) {
		for i := range p.Parts {
			if !p.Parts[i].Match(a.Parts[i], false, vars) {
				return false
			}
		}
		return true
	}
	return runOn && p.matchRunningOn(a.Text, vars)
}

// runsOn reports whether a part before the last ends in *.
func (p *ARN) runsOn() bool {
	for i := range len(p.Parts) - 1 {
		if p.Parts[i].EndsInAny() {
			return true
		}
	}
	return false
}

// matchRunningOn matches where a * that ends a part may reach over a colon. It keeps the set of places where the next
// part may begin, so the work is bounded by parts times colons however the pattern is made.
func (p *ARN) matchRunningOn(value string, vars Variables) bool {
	chunks := strings.Split(value, ":")
	begins := make([]int, len(chunks)+1)
	for i := range chunks {
		begins[i+1] = begins[i] + len(chunks[i]) + 1
	}
	reached := make([]bool, len(chunks)+1)
	reached[0] = true
	for i := range len(p.Parts) - 1 {
		next := make([]bool, len(chunks)+1)
		for c := range chunks {
			if !reached[c] || !p.Parts[i].Match(chunks[c], false, vars) {
				continue
			}
			next[c+1] = true
			if p.Parts[i].EndsInAny() {
				for later := c + 2; later <= len(chunks); later++ {
					next[later] = true
				}
			}
		}
		reached = next
	}
	last := &p.Parts[len(p.Parts)-1]
	for c := range chunks {
		if reached[c] && last.Match(value[begins[c]:], false, vars) {
			return true
		}
	}
	return false
}

// HasVariable reports whether a policy variable stands anywhere in the pattern.
func (p *ARN) HasVariable() bool {
	if p.Whole != nil {
		return p.Whole.HasVariable
	}
	return slices.ContainsFunc(p.Parts, func(part Pattern) bool { return part.HasVariable })
}

// EveryVariable reports whether the keys of all policy variables of the pattern are of a kind; so it is where there
// is none.
func (p *ARN) EveryVariable(is func(*conditionkey.Key) bool) bool {
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

// MatchesNone reports whether a resolved pattern of an ARN operator matches nothing: a whole value that is no ARN, or
// a part with a colon in it.
func (p *ARN) MatchesNone() bool {
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

// MatchResource reports whether an ARN matches a pattern of a Resource element. It differs from MatchARN in one rule:
// a * that ends a part may run on beyond the colon. The pattern "*" matches everything, also the resource "*" of
// actions that have none.
//
// Source: IAM User Guide, IAM JSON policy elements: Resource, "Using wildcards in resource ARNs".
func MatchResource(pattern, arn string) bool {
	if wildcard.OnlyStars(pattern) {
		return true
	}
	if strings.Count(pattern, ":") >= policy.ARNParts-1 && strings.Count(arn, ":") == policy.ARNParts-1 {
		return wildcard.MatchARN(pattern, arn)
	}
	p, err := ParseARN(pattern, PolicyText)
	return err == nil && p.Match(arn, true, nil)
}
