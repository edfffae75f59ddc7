package access

import (
	"errors"
	"fmt"
	"strings"
)

// textMode says whether "${...}" is a policy variable. Documents of version 2008-10-17 have none.
type textMode uint8

const (
	policyText textMode = iota
	variableText
)

// pattern is the text of an Action, Resource or condition value, taken apart once.
type pattern struct {
	text        string
	tokens      []token
	hasVariable bool
	// exact is the text of a pattern that is a plain literal.
	exact string
}

// parsePattern takes a text apart. Without wildcards * and ? are literal, as StringEquals has them.
func parsePattern(text string, mode textMode, wildcards bool) (pattern, error) {
	p := pattern{text: text}
	if mode == policyText {
		p.tokens = appendGlob(nil, text, wildcards)
		p.settle()
		return p, nil
	}
	rest := text
	for rest != "" {
		at := strings.Index(rest, "${")
		if at < 0 {
			p.tokens = appendGlob(p.tokens, rest, wildcards)
			break
		}
		p.tokens = appendGlob(p.tokens, rest[:at], wildcards)
		end := strings.IndexByte(rest[at:], '}')
		if end < 0 {
			return pattern{}, fmt.Errorf(`has a policy variable without closing brace; write "${...}", or "${$}{" for the characters themselves`)
		}
		tok, err := parseVariable(rest[at+2 : at+end])
		if err != nil {
			return pattern{}, err
		}
		p.hasVariable = p.hasVariable || tok.kind == tokenVariable
		p.tokens = append(p.tokens, tok)
		rest = rest[at+end+1:]
	}
	p.settle()
	return p, nil
}

// parseVariable reads what stands between "${" and "}".
func parseVariable(inside string) (token, error) {
	switch inside {
	case "*", "?", "$":
		return token{text: inside}, nil
	case "":
		return token{}, errors.New(`has the empty policy variable "${}"`)
	}
	name, fallback, hasFallback := strings.Cut(inside, ",")
	tok := token{kind: tokenVariable, hasFallback: hasFallback}
	if hasFallback {
		quoted := strings.TrimLeft(fallback, " ")
		if len(quoted) < 2 || quoted[0] != '\'' || quoted[len(quoted)-1] != '\'' {
			return token{}, fmt.Errorf(`has the policy variable "${%s}" whose default is not in single quotes; write "${%s, 'default'}"`, inside, name)
		}
		tok.fallback = quoted[1 : len(quoted)-1]
	}
	if strings.ContainsAny(name, " \t\n${") {
		return token{}, fmt.Errorf(`has "${%s}", which is not a policy variable: its name holds a space, "$" or "{"`, inside)
	}
	k, err := compileKey(name)
	if err != nil {
		return token{}, fmt.Errorf(`has the policy variable "${%s}": %w`, inside, err)
	}
	if k.multiValued {
		return token{}, fmt.Errorf(`has the policy variable "${%s}", but %s has several values; only keys with one value can be variables`, inside, name)
	}
	tok.key = &k
	return tok, nil
}

// settle joins neighbouring literals and notes plain ones.
func (p *pattern) settle() {
	joined := p.tokens[:0]
	for _, tok := range p.tokens {
		if tok.kind == tokenLiteral && len(joined) > 0 && joined[len(joined)-1].kind == tokenLiteral {
			joined[len(joined)-1].text += tok.text
			continue
		}
		if tok.kind == tokenAny && len(joined) > 0 && joined[len(joined)-1].kind == tokenAny {
			continue
		}
		joined = append(joined, tok)
	}
	p.tokens = joined
	if p.isLiteral() && len(p.tokens) == 1 {
		p.exact = p.tokens[0].text
	}
}

// isLiteral reports whether the pattern has neither wildcards nor variables; the empty text is literal.
func (p *pattern) isLiteral() bool {
	return len(p.tokens) == 0 || len(p.tokens) == 1 && p.tokens[0].kind == tokenLiteral
}

func (p *pattern) endsInAny() bool {
	return len(p.tokens) > 0 && p.tokens[len(p.tokens)-1].kind == tokenAny
}

// match compares the whole value. A variable without a value and without a default makes it match nothing.
func (p *pattern) match(value string, fold bool, ev *env) bool {
	if p.isLiteral() {
		if fold {
			return equalFoldASCII(p.exact, value)
		}
		return p.exact == value
	}
	if !p.hasVariable {
		return matchTokens(p.tokens, value, fold)
	}
	var buf [maxStackTokens]token
	tokens, ok := p.resolve(buf[:0], ev)
	return ok && matchTokens(tokens, value, fold)
}

// resolve replaces the variables by their values as literals.
func (p *pattern) resolve(buf []token, ev *env) ([]token, bool) {
	for i := range p.tokens {
		tok := p.tokens[i]
		if tok.kind == tokenVariable {
			text, ok := ev.variable(&tok)
			if !ok {
				return nil, false
			}
			tok = token{text: text}
		}
		buf = append(buf, tok)
	}
	return buf, true
}

// equalFold compares the whole value in any case, Unicode included, as StringEqualsIgnoreCase does.
func (p *pattern) equalFold(value string, ev *env) bool {
	if p.isLiteral() {
		return strings.EqualFold(p.exact, value)
	}
	if len(p.tokens) == 1 {
		text, ok := ev.variable(&p.tokens[0])
		return ok && strings.EqualFold(text, value)
	}
	var text strings.Builder
	for i := range p.tokens {
		if p.tokens[i].kind == tokenLiteral {
			text.WriteString(p.tokens[i].text)
			continue
		}
		part, ok := ev.variable(&p.tokens[i])
		if !ok {
			return false
		}
		text.WriteString(part)
	}
	return strings.EqualFold(text.String(), value)
}
