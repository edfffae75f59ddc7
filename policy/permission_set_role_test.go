package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

func TestTheRoleOfAPermissionSetNamesIt(t *testing.T) {
	paths := []string{policy.PermissionSetRolePath, policy.PermissionSetRolePath + "eu-west-1/"}
	for _, set := range []string{"Viewer", "team_a_Viewer", "a-b.c=d,e@f", "_", "AWSReservedSSO_x"} {
		for _, suffix := range []string{"0123456789abcdef", "*", "????????????????"} {
			for _, path := range paths {
				name, ok := policy.PermissionSetOfRole(path, policy.PermissionSetRoleName(set, suffix))
				assert.True(t, ok, set)
				assert.Equal(t, set, name)
			}
			_, ok := policy.PermissionSetOfRole("/", policy.PermissionSetRoleName(set, suffix))
			assert.False(t, ok, "somebody else may give a role such a name under another path")
		}
	}
	for _, other := range []string{
		"", "Viewer", "AWSReservedSSO_", "AWSReservedSSO_Viewer", "AWSReservedSSO__0123456789abcdef", "xAWSReservedSSO_a_b",
		"AWSReservedSSO_Viewer_0123456789ABCDEF", "AWSReservedSSO_Viewer_0123", "AWSReservedSSO_Viewer_admin",
	} {
		_, ok := policy.PermissionSetOfRole(paths[0], other)
		assert.False(t, ok, other)
	}
}
