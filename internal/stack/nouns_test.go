package stack

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/stackfile"
)

// noNouns are the keys of the stack file that make nothing.
var noNouns = []string{
	"account", "tags", "teams", "timeZone", "quotas", "awsManagedPolicies", "protect", "adopt", "expect", "accept",
}

// Every key of the stack file is a row of the registry of nouns, or makes nothing; and a row is a key, in the order of
// the reference.
func TestEveryKeyIsANounOrMakesNothing(t *testing.T) {
	var makes []string
	var all []string
	for _, key := range stackfile.Keys() {
		if name, ours := strings.CutPrefix(string(key.Path), "guardrails:"); ours && !strings.ContainsAny(name, ".[") {
			all = append(all, name)
		}
	}
	for _, key := range all {
		if !slices.Contains(noNouns, key) {
			makes = append(makes, key)
		}
	}
	assert.Equal(t, makes, Nouns(), "a key that makes something needs a row of nouns.go")
	for _, key := range noNouns {
		assert.Contains(t, all, key)
	}
}
