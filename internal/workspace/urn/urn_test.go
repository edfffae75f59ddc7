package urn

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Types read as people say them.
func TestShortTypes(t *testing.T) {
	for token, want := range map[string]string{
		"aws:iam/role:Role": "iam.Role", "guardrails:iam:MFAGroup": "guardrails.MFAGroup", "aws-native:sso:X": "aws-native.X", "odd": "odd",
	} {
		assert.Equal(t, want, ShortType(token))
	}
}
