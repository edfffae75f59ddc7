package glob

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a text can meet between two others is what searches for each piece find, whatever the globs are.
func TestWhatStandsBetweenIsWhatSearchesFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tokens := []GlobToken{
		{R: 'a'}, {R: 'a', Fold: true}, {R: 'A'}, {R: 'b'}, {R: ':'}, {R: 'k', Fold: true}, {R: '\u212a'},
		{Kind: GlobOne}, {Kind: GlobOne, Bounded: true}, {Kind: GlobAny}, {Kind: GlobAny, Bounded: true},
	}
	random := func() Glob {
		g := Glob{}
		for range r.IntN(6) {
			// Patterns have no two stars side by side.
			if token := tokens[r.IntN(len(tokens))]; len(g) == 0 || token.Kind != GlobAny || g[len(g)-1].Kind != GlobAny {
				g = append(g, token)
			}
		}
		return g
	}
	for range 20_000 {
		g, other := random(), random()
		for _, way := range [][2]Glob{{g, other}, {g.reversed(), other.reversed()}} {
			for n, meets := range way[0].prefixesMeeting(way[1]) {
				if n < len(g) && way[0][n].Kind == GlobAny {
					n++
				}
				_, found, decided := GlobWitness([]Glob{way[1], way[0][:n]}, nil)
				assert.True(t, decided)
				assert.Equal(t, found, meets, "%q and %q", way[1].Identity(), way[0][:n].Identity())
			}
		}
		if t.Failed() {
			return
		}
	}
}
