package glob

import (
	"slices"
)

func (g Glob) EndsWith(r rune) bool {
	n := len(g)
	return n > 0 && g[n-1].Kind == GlobLiteral && !g[n-1].Fold && g[n-1].R == r
}

func (g Glob) TailsAfterSlash() []Glob {
	var tails []Glob
	for i := range g {
		before := i > 0 && (g[i-1].Kind != GlobLiteral || g[i-1].R == '/')
		if !before && g[i].Kind != GlobAny {
			continue
		}
		tail := g[i:]
		if tail.passesEveryName() ||
			slices.ContainsFunc(
				tail,
				func(t GlobToken) bool { return t.Kind == GlobLiteral && (t.R == '/' || t.R == ':') },
			) {
			continue
		}
		tails = append(tails, tail)
	}
	return tails
}

// passesEveryName reports whether every text without a colon that is not empty matches.
func (g Glob) passesEveryName() bool {
	ones, any := 0, false
	for _, t := range g {
		switch t.Kind {
		case GlobLiteral:
			return false
		case GlobOne:
			ones++
		case GlobAny:
			any = true
		}
	}
	return any && ones <= 1
}

// MatchesInAnyCase reports whether the glob would match the text if case did not matter.
func (g Glob) MatchesInAnyCase(text []rune) bool {
	token, in := 0, 0
	star, starIn := -1, 0
	for in < len(text) {
		switch {
		case token < len(g) && g[token].Kind == GlobAny:
			star, starIn = token, in
			token++
			continue
		case token < len(g) && (g[token].Kind == GlobOne || g[token].R == text[in] || equalFoldRune(g[token].R, text[in])):
			token++
			in++
			continue
		case star < 0:
			return false
		}
		starIn++
		token, in = star+1, starIn
	}
	for token < len(g) && g[token].Kind == GlobAny {
		token++
	}
	return token == len(g)
}

// PassesEveryText reports whether every text matches that is not empty.
func (g Glob) PassesEveryText() bool {
	return g.passesEveryName() && !slices.ContainsFunc(g, func(t GlobToken) bool { return t.Bounded })
}

// Folding is the glob as it is compared without regard to case.
func (g Glob) Folding() Glob {
	g = slices.Clone(g)
	for i := range g {
		g[i].Fold = g[i].Kind == GlobLiteral
	}
	return g
}
