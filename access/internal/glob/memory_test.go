package glob

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is remembered is what would be found: for other patterns, and for other texts around one pattern, it is asked
// anew. Several may ask at once.
func TestWhatIsRememberedIsWhatIsFound(t *testing.T) {
	literal := func(text string) (g Glob) {
		for _, r := range text {
			g = append(g, GlobToken{R: r})
		}
		return g
	}
	any := GlobToken{Kind: GlobAny}
	patterns := []Glob{
		literal("team-a-role"), literal("team-b-role"), append(literal("team-"), any), append(Glob{any}, literal("-role")...),
		append(append(literal("team-"), any), literal("-role")...), {any}, {},
	}
	around := []Glob{literal("team-"), literal("-role"), literal("t"), {}}
	m := NewMemory()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, g := range patterns {
				for _, before := range around {
					for _, after := range around {
						assert.Equal(t, g.Between(before, after), m.Between(g, before, after), "%q between %q and %q",
							g.Identity(), before.Identity(), after.Identity())
					}
				}
			}
		})
	}
	all.Wait()
	found := 0
	for range 3 {
		assert.True(t, m.Classes("a", func() Classes { found++; return Classes{Texts: []string{"x"}, Sure: true} }).Sure)
		assert.False(t, m.Classes("b", func() Classes { found++; return Classes{} }).Sure)
	}
	assert.Equal(t, 2, found, "each id is found once")
}
