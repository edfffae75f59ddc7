package access

import (
	"errors"
	"strings"
)

// arnParts is the number of parts of an ARN: arn, partition, service, Region, account, resource.
const arnParts = 6

// arnPattern is a pattern of a Resource element or of an ARN operator.
type arnPattern struct {
	// text is the pattern as written.
	text string
	// any is the pattern "*".
	any bool
	// whole is a pattern that is one policy variable and nothing else: its value is compared as a whole.
	whole *pattern
	// parts are the parts between colons. A Resource pattern that ends in * may have fewer than six.
	parts []pattern
}

// splitARNPattern reads the pattern of an ARN. A colon inside "${...}" separates nothing.
func splitARNPattern(text string, mode textMode) (arnPattern, error) {
	p := arnPattern{text: text}
	if onlyStars(text) {
		p.any = true
		return p, nil
	}
	whole, err := parsePattern(text, mode, true)
	if err != nil {
		return arnPattern{}, err
	}
	if len(whole.tokens) == 1 && whole.tokens[0].kind == tokenVariable {
		p.whole = &whole
		return p, nil
	}
	for part := range splitParts(text, mode) {
		compiled, err := parsePattern(part, mode, true)
		if err != nil {
			return arnPattern{}, err
		}
		p.parts = append(p.parts, compiled)
	}
	if len(p.parts) < arnParts && !p.parts[len(p.parts)-1].endsInAny() {
		return arnPattern{}, errors.New("is not an ARN: it has fewer than six parts between colons")
	}
	if first := p.parts[0]; !first.isLiteral() || first.exact != "arn" {
		return arnPattern{}, errors.New(`is not an ARN: it does not begin with "arn:"`)
	}
	return p, nil
}

// splitParts yields the parts between the first five colons that are outside variables.
func splitParts(text string, mode textMode) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, n, inVariable := 0, 1, false
		for i := 0; i < len(text) && n < arnParts; i++ {
			switch {
			case mode == variableText && strings.HasPrefix(text[i:], "${"):
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

// variableBeforeResource reports whether a variable stands before the fifth colon, where a Resource element cannot have one.
func (p *arnPattern) variableBeforeResource() bool {
	if p.whole != nil {
		return true
	}
	for i := range p.parts {
		if i < arnParts-1 && p.parts[i].hasVariable {
			return true
		}
	}
	return false
}

// match compares part by part; runOn lets a * that ends a part reach over colons. A variable without a value matches nothing.
func (p *arnPattern) match(arn string, runOn bool, ev *env) bool {
	if p.any {
		return runOn || isARN(arn)
	}
	if p.whole != nil {
		return isARN(arn) && p.whole.match(arn, false, ev)
	}
	rest := arn
	for i := range p.parts {
		if i == len(p.parts)-1 {
			if len(p.parts) == arnParts || runOn {
				return p.parts[i].match(rest, false, ev)
			}
			return false
		}
		colon := strings.IndexByte(rest, ':')
		if colon < 0 {
			return false
		}
		// With exactly as many colons left as the pattern needs there is nothing to run on into.
		if runOn && p.parts[i].endsInAny() && strings.Count(rest, ":") > len(p.parts)-1-i {
			return p.matchRunningOn(i, rest, ev)
		}
		if !p.parts[i].match(rest[:colon], false, ev) {
			return false
		}
		rest = rest[colon+1:]
	}
	return false
}

// matchRunningOn matches the parts from the first one whose * may reach over a colon. It keeps the set of places where the next part
// may begin, so the work is bounded by parts times colons however the pattern is made.
func (p *arnPattern) matchRunningOn(from int, value string, ev *env) bool {
	chunks := strings.Split(value, ":")
	begins := make([]int, len(chunks)+1)
	for i := range chunks {
		begins[i+1] = begins[i] + len(chunks[i]) + 1
	}
	reached := make([]bool, len(chunks)+1)
	reached[0] = true
	for i := from; i < len(p.parts)-1; i++ {
		next := make([]bool, len(chunks)+1)
		for c := range chunks {
			if !reached[c] || !p.parts[i].match(chunks[c], false, ev) {
				continue
			}
			next[c+1] = true
			if p.parts[i].endsInAny() {
				for later := c + 2; later <= len(chunks); later++ {
					next[later] = true
				}
			}
		}
		reached = next
	}
	last := &p.parts[len(p.parts)-1]
	for c := range chunks {
		if reached[c] && last.match(value[begins[c]:], false, ev) {
			return true
		}
	}
	return false
}

// isARN reports whether a value has the six parts of an ARN.
func isARN(value string) bool {
	return strings.HasPrefix(value, "arn:") && strings.Count(value, ":") >= arnParts-1
}
