package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

func TestTheRoleOfAPermissionSetNamesIt(t *testing.T) {
	for _, set := range []string{"Viewer", "team_a_Viewer", "a-b.c=d,e@f", "_", "AWSReservedSSO_x"} {
		for _, suffix := range []string{"0123456789abcdef", "*", "????????????????"} {
			name, ok := policy.PermissionSetOfRole(policy.PermissionSetRoleName(set, suffix))
			assert.True(t, ok, set)
			assert.Equal(t, set, name)
		}
	}
	for _, other := range []string{"", "Viewer", "AWSReservedSSO_", "AWSReservedSSO_Viewer", "AWSReservedSSO__0123456789abcdef", "xAWSReservedSSO_a_b"} {
		_, ok := policy.PermissionSetOfRole(other)
		assert.False(t, ok, other)
	}
}
