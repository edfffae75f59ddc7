package glob

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// Glob is a pattern as the proofs compute with it: what is matched by all of some patterns and by none of others,
// with a text that shows it. Patterns of Resource elements, of ARN operators and of string operators all become
// globs, so that one algebra serves them all.
type Glob []GlobToken

type GlobToken struct {
	Kind globKind
	// r is the character of a literal.
	R rune
	// fold: a literal that matches in any case.
	Fold bool
	// bounded: a wildcard that stops at colons, as those inside the parts of an ARN do.
	Bounded bool
}

type globKind uint8

const (
	GlobLiteral globKind = iota
	GlobOne
	GlobAny
)

// LiteralGlob is the glob of one text.
func LiteralGlob(text string, fold bool) Glob {
	g := make(Glob, 0, len(text))
	for _, r := range text {
		g = append(g, GlobToken{R: r, Fold: fold})
	}
	return g
}

// GlobOf converts a resolved pattern: one without variables.
func GlobOf(p *pattern.Pattern, fold bool) Glob { return AppendTokens(nil, p.Tokens, fold, false) }

func AppendTokens(g Glob, tokens []wildcard.Token, fold, bounded bool) Glob {
	for i := range tokens {
		switch tokens[i].Kind {
		case wildcard.TokenLiteral:
			g = append(g, LiteralGlob(tokens[i].Text, fold)...)
		case wildcard.TokenOne:
			g = append(g, GlobToken{Kind: GlobOne, Bounded: bounded})
		case wildcard.TokenAny:
			g = append(g, GlobToken{Kind: GlobAny, Bounded: bounded})
		}
	}
	return g
}

// GlobOfARN converts a resolved ARN pattern. In a Resource element a * that ends a part runs on over colons; in ARN
// operators it never does.
func GlobOfARN(p *pattern.ARN, resource bool) Glob {
	switch {
	case p.Any && resource:
		return Glob{{Kind: GlobAny}}
	case p.Any:
		g := LiteralGlob("arn:", false)
		for range policy.ARNParts - 2 {
			g = append(g, GlobToken{Kind: GlobAny}, GlobToken{R: ':'})
		}
		return append(g, GlobToken{Kind: GlobAny})
	case p.Whole != nil:
		return GlobOf(p.Whole, false)
	}
	var g Glob
	for i := range p.Parts {
		if i > 0 {
			g = append(g, GlobToken{R: ':'})
		}
		last := i == len(p.Parts)-1
		g = AppendTokens(g, p.Parts[i].Tokens, false, !last)
		if n := len(g); resource && n > 0 && p.Parts[i].EndsInAny() {
			g[n-1].Bounded = false
		}
	}
	return g
}

// IsLiteral reports whether the glob is matched by one text only.
func (g Glob) IsLiteral() bool {
	return !slices.ContainsFunc(
		g,
		func(t GlobToken) bool { return t.Kind != GlobLiteral || t.Fold && unicode.IsLetter(t.R) },
	)
}

// IsEverything reports whether the glob is a bare * without bounds.
func (g Glob) IsEverything() bool { return len(g) == 1 && g[0].Kind == GlobAny && !g[0].Bounded }

// Text spells a glob for people: literals as they are, wildcards as * and ?.
func (g Glob) Text() string {
	var b strings.Builder
	for _, t := range g {
		switch t.Kind {
		case GlobLiteral:
			b.WriteRune(t.R)
		case GlobOne:
			b.WriteByte('?')
		case GlobAny:
			b.WriteByte('*')
		}
	}
	return b.String()
}

// Identity tells globs apart that match different texts; it is the same for the same glob.
func (g Glob) Identity() string {
	var b strings.Builder
	for _, t := range g {
		switch {
		case t.Kind == GlobOne:
			b.WriteByte('?')
		case t.Kind == GlobAny:
			b.WriteByte('*')
		case t.R == '*' || t.R == '?' || t.R == '\\' || t.R < ' ':
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteRune(t.R)
		}
		if t.Bounded {
			b.WriteByte(2)
		} else if t.Fold {
			b.WriteByte(3)
		}
	}
	return b.String()
}

func (t GlobToken) takes(r rune) bool {
	switch t.Kind {
	case GlobLiteral:
		return t.R == r || t.Fold && equalFoldRune(t.R, r)
	default:
		return !t.Bounded || r != ':'
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

// Match reports whether the glob matches the whole text.
func (g Glob) Match(text string) bool {
	state := 0
	for ; state < len(g) && g[state].Kind == GlobLiteral; state++ {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || !g[state].takes(r) {
			return false
		}
		text = text[size:]
	}
	if state == len(g) {
		return text == ""
	}
	var here, there [fewStates]uint16
	states, spare := g.close(here[:0], state), there[:0]
	for _, r := range text {
		next := g.step(spare[:0], states, r)
		if len(next) == 0 {
			return false
		}
		states, spare = next, states
	}
	return g.accepts(states)
}

// fewStates is how many positions most globs can be in at once.
const fewStates = 16

// start is the set of positions before the first character: an automaton whose states are positions in the glob,
// sorted.
func (g Glob) start(into []uint16) []uint16 { return g.close(into, 0) }

// close adds a position and those that a wildcard for nothing leads to.
func (g Glob) close(states []uint16, state int) []uint16 {
	for {
		if n := len(states); n > 0 && states[n-1] >= uint16(state) {
			if slices.Contains(states, uint16(state)) {
				return states
			}
			states = append(states, uint16(state))
			slices.Sort(states)
		} else {
			states = append(states, uint16(state))
		}
		if state == len(g) || g[state].Kind != GlobAny {
			return states
		}
		state++
	}
}

// step adds the positions after a character.
func (g Glob) step(next, states []uint16, r rune) []uint16 {
	for _, s := range states {
		state := int(s)
		if state == len(g) || !g[state].takes(r) {
			continue
		}
		if g[state].Kind == GlobAny {
			next = g.close(next, state)
		} else {
			next = g.close(next, state+1)
		}
	}
	return next
}

func (g Glob) accepts(states []uint16) bool {
	return len(states) > 0 && int(states[len(states)-1]) == len(g)
}

// closed reports whether every continuation is accepted from here.
func (g Glob) closed(states []uint16) bool {
	n := len(g)
	return n > 0 && g[n-1].Kind == GlobAny && !g[n-1].Bounded && slices.Contains(states, uint16(n-1))
}
