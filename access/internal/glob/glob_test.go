package glob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
)

func textGlob(t require.TestingT, text string) Glob {
	p, err := pattern.Parse(text, pattern.PolicyText, true)
	require.NoError(t, err)
	return GlobOf(&p, false)
}

func resourceGlob(t require.TestingT, text string) Glob {
	p, err := pattern.ParseARN(text, pattern.PolicyText)
	require.NoError(t, err)
	return GlobOfARN(&p, true)
}

// The globs of the proofs match what the evaluator's own matchers match.
func TestGlobsMatchAsTheEvaluatorDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pattern := rapid.StringMatching(`[ab*?]{0,6}`).Draw(rt, "pattern")
		value := rapid.StringMatching(`[ab]{0,6}`).Draw(rt, "value")
		require.Equal(rt, wildcard.Match(pattern, value), textGlob(rt, pattern).Match(value), "%q %q", pattern, value)
	})
	part := `(\*|\?|[ab]\*?|a?\*b?){0,1}`
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`arn:`+part+`:`+part+`:`+part+`:`+part+`:[ab*?:]{0,4}`).Draw(rt, "pattern")
		value := rapid.StringMatching(`arn:[ab]{0,2}:[ab]{0,2}:[ab]{0,2}:[ab]{0,2}:[ab:]{0,4}`).Draw(rt, "value")
		require.Equal(
			rt,
			pattern.MatchResource(text, value),
			resourceGlob(rt, text).Match(value),
			"resource %q %q",
			text,
			value,
		)
		p, err := pattern.ParseARN(text, pattern.PolicyText)
		require.NoError(rt, err)
		require.Equal(
			rt,
			wildcard.MatchARN(text, value),
			GlobOfARN(&p, false).Match(value),
			"arn %q %q",
			text,
			value,
		)
	})
}

// A witness matches all wanted globs and none of the others, and where there is none no text of brute force is one.
func TestGlobWitnessIsExact(t *testing.T) {
	var texts []string
	for n := range 5 {
		texts = append(texts, words("abx", n)...)
	}
	rapid.Check(t, func(rt *rapid.T) {
		globs := rapid.SliceOfN(rapid.StringMatching(`[ab*?]{0,4}`), 0, 3)
		all, none := globs.Draw(rt, "all"), globs.Draw(rt, "none")
		var allGlobs, noneGlobs []Glob
		for _, p := range all {
			allGlobs = append(allGlobs, textGlob(rt, p))
		}
		for _, p := range none {
			noneGlobs = append(noneGlobs, textGlob(rt, p))
		}
		fits := func(text string) bool {
			for _, p := range all {
				if !wildcard.Match(p, text) {
					return false
				}
			}
			for _, p := range none {
				if wildcard.Match(p, text) {
					return false
				}
			}
			return true
		}
		text, found, decided := GlobWitness(allGlobs, noneGlobs)
		require.True(rt, decided)
		if found {
			require.True(rt, fits(text), "%q is no witness of %q without %q", text, all, none)
			return
		}
		for _, text := range texts {
			require.False(rt, fits(text), "%q is a witness of %q without %q", text, all, none)
		}
	})
}

// Covers and disjoint are never wrong in what they claim.
func TestGlobShortcutsAreSound(t *testing.T) {
	var texts []string
	for n := range 6 {
		texts = append(texts, words("ab", n)...)
	}
	rapid.Check(t, func(rt *rapid.T) {
		p, q := rapid.StringMatching(`[ab*?]{0,5}`).Draw(rt, "p"), rapid.StringMatching(`[ab*?]{0,5}`).Draw(rt, "q")
		g, h := textGlob(rt, p), textGlob(rt, q)
		covers, apart := g.Covers(h), Disjoint(g, h)
		for _, text := range texts {
			if covers && wildcard.Match(q, text) {
				require.True(rt, wildcard.Match(p, text), "%q covers %q, but not %q", p, q, text)
			}
			if apart {
				require.False(
					rt,
					wildcard.Match(p, text) && wildcard.Match(q, text),
					"%q and %q both match %q",
					p,
					q,
					text,
				)
			}
		}
	})
}

// The names that only a proof finds: a prefix pattern matches somebody else, and case is a difference where it is not
// ignored.
func TestGlobWitnessFindsTheNeighbour(t *testing.T) {
	own := resourceGlob(t, "arn:aws:iam::111122223333:user/bob")
	prefix := resourceGlob(t, "arn:aws:iam::111122223333:user/bob*")
	text, found, decided := GlobWitness([]Glob{prefix}, []Glob{own})
	assert.True(t, found && decided)
	assert.True(
		t,
		strings.HasPrefix(text, "arn:aws:iam::111122223333:user/bob") &&
			len(text) == len("arn:aws:iam::111122223333:user/bob")+1,
		text,
	)

	text, found, _ = GlobWitness([]Glob{LiteralGlob("Project", true)}, []Glob{LiteralGlob("Project", false)})
	assert.True(t, found)
	assert.True(t, strings.EqualFold(text, "Project") && text != "Project", text)

	_, found, decided = GlobWitness([]Glob{prefix}, []Glob{resourceGlob(t, "arn:aws:iam::*:user/b*")})
	assert.False(t, found)
	assert.True(t, decided)
}

func words(letters string, length int) []string {
	if length == 0 {
		return []string{""}
	}
	var out []string
	for _, rest := range words(letters, length-1) {
		for _, letter := range letters {
			out = append(out, rest+string(letter))
		}
	}
	return out
}
