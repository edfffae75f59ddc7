package glob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// anyText is a pattern of literals, "?" and "*".
func anyText(pattern string) Glob {
	var g Glob
	for _, r := range pattern {
		switch r {
		case '?':
			g = append(g, GlobToken{Kind: GlobOne})
		case '*':
			g = append(g, GlobToken{Kind: GlobAny})
		default:
			g = append(g, GlobToken{R: r})
		}
	}
	return g
}

// What long searches cost is counted together and short ones cost nothing. When it is spent, a short search is as
// certain as before, and a long one is given up at once.
func TestLongSearchesAreCountedTogether(t *testing.T) {
	var long [][]Glob
	letters := "abcdefghi"
	for turn := range 5 {
		order := letters[turn:] + letters[:turn]
		long = append(long, []Glob{anyText("*" + strings.Join(strings.Split(order, ""), "*") + "*")})
	}
	short := [][]Glob{{anyText("a*")}, {anyText("*b")}}
	none := []Glob{anyText("ab")}
	var b Budget
	_, found, decided := WitnessOf(&b, short, none)
	assert.True(t, found && decided)
	assert.Zero(t, b.spent)
	WitnessOf(&b, long, none)
	assert.GreaterOrEqual(t, b.spent, leastStates*len(long))
	assert.False(t, b.Spent())

	spent := Budget{spent: maxTogether}
	text, found, decided := WitnessOf(&spent, short, none)
	assert.True(t, found && decided && text != "ab", text)
	_, found, decided = WitnessOf(&spent, long, none)
	assert.False(t, found || decided)
	assert.LessOrEqual(t, spent.spent-maxTogether, 2*leastStates*(len(long)+1))
}
