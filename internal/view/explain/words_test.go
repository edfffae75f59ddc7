package explain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A statement is named by what its Sid says, one without a Sid by its place.
func TestAStatementWithoutASidIsNamedByItsPlace(t *testing.T) {
	for want, s := range map[string]Statement{
		`"Deny all but MFA" (policy guard, statement DenyAllButMFA)`: {Policy: "guard", Sid: "DenyAllButMFA"},
		`"Named users" (trust policy, statement NamedUsers)`:         {Policy: "trust", Sid: "NamedUsers"},
		"statement #1 of policy FullAWSAccess":                       {Policy: "FullAWSAccess", Sid: "#1"},
		"statement #2 of trust policy":                               {Policy: "trust", Sid: "#2"},
	} {
		assert.Equal(t, want, s.Sentence())
	}
}
