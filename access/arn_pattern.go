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

// arnText is an ARN that was taken apart once, to be compared with many patterns.
type arnText struct {
	text  string
	parts [arnParts]string
	// colons is the number of colons in the text, at most six of which matter.
	colons int
}

// splitARN takes a text apart; one that is no ARN has fewer than five colons.
func splitARN(text string) arnText {
	a := arnText{text: text}
	start := 0
	for i := range len(text) {
		if text[i] != ':' {
			continue
		}
		if a.colons < arnParts-1 {
			a.parts[a.colons] = text[start:i]
			start = i + 1
		}
		a.colons++
	}
	if a.colons >= arnParts-1 {
		a.parts[arnParts-1] = text[start:]
	}
	return a
}

// isARN reports whether the text has the six parts of an ARN.
func (a *arnText) isARN() bool { return a.colons >= arnParts-1 && a.parts[0] == "arn" }

// match compares part by part; runOn lets a * that ends a part reach over colons. A variable without a value matches nothing.
func (p *arnPattern) match(arn string, runOn bool, ev *env) bool {
	a := splitARN(arn)
	return p.matchSplit(&a, runOn, ev)
}

func (p *arnPattern) matchSplit(a *arnText, runOn bool, ev *env) bool {
	if p.any {
		return runOn || a.isARN()
	}
	if p.whole != nil {
		return a.isARN() && p.whole.match(a.text, false, ev)
	}
	// With exactly as many colons as an ARN has there is nothing to run on into.
	if a.colons >= arnParts-1 && len(p.parts) == arnParts && (!runOn || a.colons == arnParts-1 || !p.runsOn()) {
		for i := range p.parts {
			if !p.parts[i].match(a.parts[i], false, ev) {
				return false
			}
		}
		return true
	}
	return runOn && p.matchRunningOn(a.text, ev)
}

// runsOn reports whether a part before the last ends in *.
func (p *arnPattern) runsOn() bool {
	for i := range len(p.parts) - 1 {
		if p.parts[i].endsInAny() {
			return true
		}
	}
	return false
}

// matchRunningOn matches where a * that ends a part may reach over a colon. It keeps the set of places where the next part may begin, so
// the work is bounded by parts times colons however the pattern is made.
func (p *arnPattern) matchRunningOn(value string, ev *env) bool {
	chunks := strings.Split(value, ":")
	begins := make([]int, len(chunks)+1)
	for i := range chunks {
		begins[i+1] = begins[i] + len(chunks[i]) + 1
	}
	reached := make([]bool, len(chunks)+1)
	reached[0] = true
	for i := range len(p.parts) - 1 {
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
