package access

import (
	"slices"
	"strings"
	"unicode"
)

// glob is a pattern as the proofs compute with it: what is matched by all of some patterns and by none of others, with a text that shows it.
// Patterns of Resource elements, of ARN operators and of string operators all become globs, so that one algebra serves them all.
type glob []globToken

type globToken struct {
	kind globKind
	// r is the character of a literal.
	r rune
	// fold: a literal that matches in any case.
	fold bool
	// bounded: a wildcard that stops at colons, as those inside the parts of an ARN do.
	bounded bool
}

type globKind uint8

const (
	globLiteral globKind = iota
	globOne
	globAny
)

// literalGlob is the glob of one text.
func literalGlob(text string, fold bool) glob {
	g := make(glob, 0, len(text))
	for _, r := range text {
		g = append(g, globToken{r: r, fold: fold})
	}
	return g
}

// globOf converts a resolved pattern: one without variables.
func globOf(p *pattern, fold bool) glob { return appendTokens(nil, p.tokens, fold, false) }

func appendTokens(g glob, tokens []token, fold, bounded bool) glob {
	for i := range tokens {
		switch tokens[i].kind {
		case tokenLiteral:
			g = append(g, literalGlob(tokens[i].text, fold)...)
		case tokenOne:
			g = append(g, globToken{kind: globOne, bounded: bounded})
		case tokenAny:
			g = append(g, globToken{kind: globAny, bounded: bounded})
		}
	}
	return g
}

// globOfARN converts a resolved ARN pattern. In a Resource element a * that ends a part runs on over colons; in ARN operators it never does.
func globOfARN(p *arnPattern, resource bool) glob {
	switch {
	case p.any && resource:
		return glob{{kind: globAny}}
	case p.any:
		g := literalGlob("arn:", false)
		for range arnParts - 2 {
			g = append(g, globToken{kind: globAny}, globToken{r: ':'})
		}
		return append(g, globToken{kind: globAny})
	case p.whole != nil:
		return globOf(p.whole, false)
	}
	var g glob
	for i := range p.parts {
		if i > 0 {
			g = append(g, globToken{r: ':'})
		}
		last := i == len(p.parts)-1
		g = appendTokens(g, p.parts[i].tokens, false, !last)
		if n := len(g); resource && n > 0 && p.parts[i].endsInAny() {
			g[n-1].bounded = false
		}
	}
	return g
}

// isLiteral reports whether the glob is matched by one text only.
func (g glob) isLiteral() bool {
	return !slices.ContainsFunc(g, func(t globToken) bool { return t.kind != globLiteral || t.fold && unicode.IsLetter(t.r) })
}

// isEverything reports whether the glob is a bare * without bounds.
func (g glob) isEverything() bool { return len(g) == 1 && g[0].kind == globAny && !g[0].bounded }

// text spells a glob for people: literals as they are, wildcards as * and ?.
func (g glob) text() string {
	var b strings.Builder
	for _, t := range g {
		switch t.kind {
		case globLiteral:
			b.WriteRune(t.r)
		case globOne:
			b.WriteByte('?')
		case globAny:
			b.WriteByte('*')
		}
	}
	return b.String()
}

// identity tells globs apart that match different texts; it is the same for the same glob.
func (g glob) identity() string {
	var b strings.Builder
	for _, t := range g {
		switch {
		case t.kind == globOne:
			b.WriteByte('?')
		case t.kind == globAny:
			b.WriteByte('*')
		case t.r == '*' || t.r == '?' || t.r == '\\' || t.r < ' ':
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteRune(t.r)
		}
		if t.bounded {
			b.WriteByte(2)
		} else if t.fold {
			b.WriteByte(3)
		}
	}
	return b.String()
}

func (t globToken) takes(r rune) bool {
	switch t.kind {
	case globLiteral:
		return t.r == r || t.fold && equalFoldRune(t.r, r)
	default:
		return !t.bounded || r != ':'
	}
}

func equalFoldRune(a, b rune) bool {
	for f := unicode.SimpleFold(a); f != a; f = unicode.SimpleFold(f) {
		if f == b {
			return true
		}
	}
	return false
}

// match reports whether the glob matches the whole text.
func (g glob) match(text string) bool {
	states := g.start(nil)
	for _, r := range text {
		if states = g.step(states, r); len(states) == 0 {
			return false
		}
	}
	return g.accepts(states)
}

// start is the set of positions before the first character: an automaton whose states are positions in the glob, sorted.
func (g glob) start(into []uint16) []uint16 { return g.close(into, 0) }

// close adds a position and those that a wildcard for nothing leads to.
func (g glob) close(states []uint16, at int) []uint16 {
	for {
		if n := len(states); n > 0 && states[n-1] >= uint16(at) {
			if slices.Contains(states, uint16(at)) {
				return states
			}
			states = append(states, uint16(at))
			slices.Sort(states)
		} else {
			states = append(states, uint16(at))
		}
		if at == len(g) || g[at].kind != globAny {
			return states
		}
		at++
	}
}

func (g glob) step(states []uint16, r rune) []uint16 {
	next := make([]uint16, 0, len(states)+1)
	for _, s := range states {
		at := int(s)
		if at == len(g) || !g[at].takes(r) {
			continue
		}
		if g[at].kind == globAny {
			next = g.close(next, at)
		} else {
			next = g.close(next, at+1)
		}
	}
	return next
}

func (g glob) accepts(states []uint16) bool {
	return len(states) > 0 && int(states[len(states)-1]) == len(g)
}

// closed reports whether every continuation is accepted from here.
func (g glob) closed(states []uint16) bool {
	n := len(g)
	return n > 0 && g[n-1].kind == globAny && !g[n-1].bounded && slices.Contains(states, uint16(n-1))
}
