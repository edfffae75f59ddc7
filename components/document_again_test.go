package components

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A content never returns: however often preferences go back and forth, each change is unlike all before, and what
// stands is left alone.
func TestAContentThatFollowsAnotherIsUnlikeAllBefore(t *testing.T) {
	a := `{"schemaVersion":"1.0","description":"Preferences","inputs":{"idleSessionTimeout":"30"}}`
	b := strings.Replace(a, "30", "40", 1)
	assert.Equal(t, a, followingContent(a, ""), "the first is what the stack file says")
	assert.Equal(t, a, followingContent(a, a))
	seen, deployed := map[string]bool{a: true}, a
	for i := range 20 {
		wanted := []string{b, a}[i%2]
		next := followingContent(wanted, deployed)
		assert.False(t, seen[next], "%s", next)
		assert.Equal(t, next, followingContent(wanted, next), "what stands is left alone")
		assert.Equal(t, wanted, strings.Replace(next, afterMarkOf(next), "", 1), "nothing but the description differs")
		seen[next], deployed = true, next
	}
	// What somebody else wrote is followed too, whatever it is.
	for _, foreign := range []string{"no JSON", "[]", `{"description":3}`, `{"inputs":{}}`, `{ "description" : "x (after 0123456789ab)" }`} {
		assert.NotEqual(t, a, followingContent(a, foreign), foreign)
	}
	// The same with other spaces is the same.
	spaced := strings.ReplaceAll(a, ",", ", ")
	assert.Equal(t, spaced, followingContent(a, spaced))
}

// However often somebody puts an older version in force, the next content is unlike every one before, means what the
// stack file says, and is left alone once it is in force.
func TestAnOlderVersionInForceIsFollowedByANewOne(t *testing.T) {
	a := `{"schemaVersion":"1.0","description":"Preferences","inputs":{"idleSessionTimeout":"30"}}`
	older := strings.Replace(a, "30", "40", 1)
	assert.Equal(t, a, contentInForce(a, a, a))
	assert.Equal(t, a, contentInForce(a, a, ""), "the version in force could not be read")
	assert.Equal(t, followingContent(a, older), contentInForce(a, older, older))
	seen, latest := map[string]bool{a: true, older: true}, a
	for range 20 {
		next := contentInForce(a, latest, older)
		assert.False(t, seen[next], "%s", next)
		assert.Equal(t, a, strings.Replace(next, afterMarkOf(next), "", 1), "nothing but the description differs")
		assert.Equal(t, next, contentInForce(a, next, next), "what is in force is left alone")
		seen[next], latest = true, next
	}
	for _, foreign := range []string{"no JSON", "[]", "{}"} {
		assert.NotEqual(t, a, contentInForce(a, a, foreign), foreign)
	}
}

func afterMarkOf(content string) string {
	at := strings.Index(content, " (after ")
	if at < 0 {
		return ""
	}
	return content[at : at+len(" (after 0123456789ab)")]
}
