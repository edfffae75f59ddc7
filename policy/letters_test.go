package policy

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is held against sets of characters is taken and refused as the regular expression that says the same: texts of
// the characters that tell them apart, at random.
func TestSetsOfCharactersAreTheirRegularExpressions(t *testing.T) {
	holds := map[string]func(string) bool{
		`^[A-Za-z0-9-]+$`:   actionServiceLetters.some,
		`^[A-Za-z0-9*?]+$`:  actionNameLetters.some,
		`^[A-Za-z0-9*?-]+$`: serviceLetters.some,
		`^[a-z0-9*?-]*$`:    regionLetters.only,
		`^[0-9*?]*$`:        accountLetters.only,
		`^[a-z*?-]+$`:       partitionLetters.some,
		`^[a-z0-9-]+$`:      arnServiceLetters.some,
		`^[a-z0-9-]*$`:      arnRegionLetters.only,
		`^[A-Za-z0-9]*$`:    sidLetters.only,
		`^[A-Za-z0-9._/-]+:[^\s:*?${}][^*?${}]*$`: conditionKey,
		`^[a-z0-9](-?[a-z0-9])+$`:                 func(s string) bool { return len(s) > 1 && accountAlias(s) },
		`^[A-Za-z_][A-Za-z0-9_.-]{0,31}$`:         osUser,
		`^[\x20\x21\x23-\x5b\x5d-\x7e]*$`:         plainText,
	}
	letters := []rune("aazZ09-_.*?/: \t\n\v\f\r\"\\${}@+äß日\u0085\u00a0\u007f\x00")
	r := rand.New(rand.NewPCG(1, 2))
	for pattern, hold := range holds {
		expression, taken := regexp.MustCompile(pattern), 0
		for range 20_000 {
			text := make([]rune, r.IntN(5))
			few := letters[:1+r.IntN(len(letters))]
			for i := range text {
				text[i] = few[r.IntN(len(few))]
			}
			s := string(text)
			if r.IntN(40) == 0 {
				s += string([]byte{0xff})
			}
			want := expression.MatchString(s)
			if want {
				taken++
			}
			if !assert.Equal(t, want, hold(s), "%s %q", pattern, s) {
				break
			}
		}
		assert.Positive(t, taken, pattern)
	}
	for length := range 34 {
		name := make([]byte, length)
		for i := range name {
			name[i] = 'a'
		}
		assert.Equal(t, length > 0 && length <= 32, osUser(string(name)), "%d", length)
	}
}
