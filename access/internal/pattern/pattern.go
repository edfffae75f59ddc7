package pattern

import (
	"errors"
	"fmt"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// TextMode says whether "${...}" is a policy variable. Documents of version 2008-10-17 have none.
type TextMode uint8

const (
	PolicyText TextMode = iota
	VariableText
)

// Variables gives policy variables their values in a request.
type Variables interface {
	// Variable is the value of a variable; false where it has none.
	Variable(*wildcard.Token) (value string, has bool)
}

// Pattern is the text of an Action, Resource or condition value, taken apart once.
type Pattern struct {
	Text        string
	Tokens      []wildcard.Token
	HasVariable bool
	// Exact is the text of a pattern that is a plain literal.
	Exact string
}

// Everything is the pattern "*".
func Everything() Pattern {
	return Pattern{Text: "*", Tokens: []wildcard.Token{{Kind: wildcard.TokenAny}}}
}

// Parse takes a text apart. Without wildcards * and ? are literal, as StringEquals has them.
func Parse(text string, mode TextMode, wildcards bool) (Pattern, error) {
	p := Pattern{Text: text}
	if mode == PolicyText {
		p.Tokens = wildcard.AppendGlob(nil, text, wildcards)
		p.Settle()
		return p, nil
	}
	rest := text
	for rest != "" {
		start := strings.Index(rest, "${")
		if start < 0 {
			p.Tokens = wildcard.AppendGlob(p.Tokens, rest, wildcards)
			break
		}
		p.Tokens = wildcard.AppendGlob(p.Tokens, rest[:start], wildcards)
		end := strings.IndexByte(rest[start:], '}')
		if end < 0 {
			return Pattern{}, fmt.Errorf(
				`has a policy variable without closing brace; write "${...}", or "${$}{" for the characters themselves`,
			)
		}
		tok, err := parseVariable(rest[start+2 : start+end])
		if err != nil {
			return Pattern{}, err
		}
		p.HasVariable = p.HasVariable || tok.Kind == wildcard.TokenVariable
		p.Tokens = append(p.Tokens, tok)
		rest = rest[start+end+1:]
	}
	p.Settle()
	return p, nil
}

// parseVariable reads what stands between "${" and "}".
func parseVariable(inside string) (wildcard.Token, error) {
	switch inside {
	case "*", "?", "$":
		return wildcard.Token{Text: inside}, nil
	case "":
		return wildcard.Token{}, errors.New(`has the empty policy variable "${}"`)
	}
	name, fallback, hasFallback := strings.Cut(inside, ",")
	tok := wildcard.Token{Kind: wildcard.TokenVariable, HasFallback: hasFallback}
	if hasFallback {
		quoted := strings.TrimLeft(fallback, " ")
		if len(quoted) < 2 || quoted[0] != '\'' || quoted[len(quoted)-1] != '\'' {
			return wildcard.Token{}, fmt.Errorf(
				`has the policy variable "${%s}" whose default is not in single quotes; write "${%s, 'default'}"`,
				inside,
				name,
			)
		}
		tok.Fallback = quoted[1 : len(quoted)-1]
	}
	if strings.ContainsAny(name, " \t\n${") {
		return wildcard.Token{}, fmt.Errorf(
			`has "${%s}", which is not a policy variable: its name holds a space, "$" or "{"`,
			inside,
		)
	}
	k, err := conditionkey.CompileKey(name)
	if err != nil {
		return wildcard.Token{}, fmt.Errorf(`has the policy variable "${%s}": %w`, inside, err)
	}
	if k.MultiValued {
		return wildcard.Token{}, fmt.Errorf(
			`has the policy variable "${%s}", but %s has several values; only keys with one value can be variables`,
			inside,
			name,
		)
	}
	tok.Key = &k
	return tok, nil
}

// Settle joins neighbouring literals and notes plain ones.
func (p *Pattern) Settle() {
	joined := p.Tokens[:0]
	for _, tok := range p.Tokens {
		if tok.Kind == wildcard.TokenLiteral && len(joined) > 0 && joined[len(joined)-1].Kind == wildcard.TokenLiteral {
			joined[len(joined)-1].Text += tok.Text
			continue
		}
		if tok.Kind == wildcard.TokenAny && len(joined) > 0 && joined[len(joined)-1].Kind == wildcard.TokenAny {
			continue
		}
		joined = append(joined, tok)
	}
	p.Tokens = joined
	if p.IsLiteral() && len(p.Tokens) == 1 {
		p.Exact = p.Tokens[0].Text
	}
}

// IsLiteral reports whether the pattern has neither wildcards nor variables; the empty text is literal.
func (p *Pattern) IsLiteral() bool {
	return len(p.Tokens) == 0 || len(p.Tokens) == 1 && p.Tokens[0].Kind == wildcard.TokenLiteral
}

// EndsInAny reports whether the last of the pattern is *.
func (p *Pattern) EndsInAny() bool {
	return len(p.Tokens) > 0 && p.Tokens[len(p.Tokens)-1].Kind == wildcard.TokenAny
}

// Match compares the whole value. A variable without a value and without a default makes it match nothing.
func (p *Pattern) Match(value string, fold bool, vars Variables) bool {
	if p.IsLiteral() {
		if fold {
			return policy.EqualFoldASCII(p.Exact, value)
		}
		return p.Exact == value
	}
	if !p.HasVariable {
		return wildcard.MatchTokens(p.Tokens, value, fold)
	}
	var buf [wildcard.MaxStackTokens]wildcard.Token
	tokens, ok := p.resolve(buf[:0], vars)
	return ok && wildcard.MatchTokens(tokens, value, fold)
}

// Filled are the tokens with the variables replaced by their values as literals; false where one has no value.
func (p *Pattern) Filled(vars Variables) ([]wildcard.Token, bool) { return p.resolve(nil, vars) }

func (p *Pattern) resolve(buf []wildcard.Token, vars Variables) ([]wildcard.Token, bool) {
	for i := range p.Tokens {
		tok := &p.Tokens[i]
		if tok.Kind != wildcard.TokenVariable {
			buf = append(buf, *tok)
			continue
		}
		text, ok := valueOf(tok, vars)
		if !ok {
			return nil, false
		}
		buf = append(buf, wildcard.Token{Text: text})
	}
	return buf, true
}

func valueOf(variable *wildcard.Token, vars Variables) (string, bool) {
	if vars == nil {
		return "", false
	}
	return vars.Variable(variable)
}

// EqualFold compares the whole value in any case, Unicode included, as StringEqualsIgnoreCase does.
func (p *Pattern) EqualFold(value string, vars Variables) bool {
	if p.IsLiteral() {
		return strings.EqualFold(p.Exact, value)
	}
	if len(p.Tokens) == 1 {
		text, ok := valueOf(&p.Tokens[0], vars)
		return ok && strings.EqualFold(text, value)
	}
	var text strings.Builder
	for i := range p.Tokens {
		if p.Tokens[i].Kind == wildcard.TokenLiteral {
			text.WriteString(p.Tokens[i].Text)
			continue
		}
		part, ok := valueOf(&p.Tokens[i], vars)
		if !ok {
			return false
		}
		text.WriteString(part)
	}
	return strings.EqualFold(text.String(), value)
}
