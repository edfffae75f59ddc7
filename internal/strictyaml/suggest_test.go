package strictyaml

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

// The word that was meant is named, and no word is named that was not meant.
func TestNearestNamesWhatWasMeant(t *testing.T) {
	words := []string{
		"name",
		"users",
		"principalArns",
		"project",
		"runAs",
		"documents",
		"mfaMaxAge",
		"maxSessionDuration",
	}
	for word, want := range map[string]string{
		"user": "users", "User": "users", "usres": "users", "principalArn": "principalArns", "principals": "principalArns", "runas": "runAs", "run_as": "runAs",
		"mfaMaxage": "mfaMaxAge", "document": "documents", "maxSession": "maxSessionDuration", "nam": "name", "prject": "project",
		"xyz": "", "manager": "", "q": "", "": "", "expiry": "",
	} {
		got, _ := Nearest(word, words)
		assert.Equal(t, want, got, word)
	}
	_, found := Nearest("x", nil)
	assert.False(t, found)
}

// Where nothing is near, what may be written is listed, cut where it is long.
func TestChoicesAreListed(t *testing.T) {
	assert.Equal(t, `write one of "a", "b"`, Suggest("zzzzzz", []string{"a", "b"}))
	assert.Contains(t, Suggest("zzzzzz", policy.Regions()), `or 27 others`)
	assert.Equal(t, "there is none", DidYouMean("x", nil))
}
