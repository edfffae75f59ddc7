package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// In an audit, commands that are allowed on a bucket alone are no door of a member.
func TestCommandsOnABucketAloneAreNoDoor(t *testing.T) {
	for on, verdict := range map[string]prove.Verdict{"arn:aws:s3:::logs": prove.Holds, "*": prove.DoesNotHold} {
		w := fixture.OneUser(
			policy.Allow("p", "ssm:SendCommand").On(on).When(policy.Bool("aws:MultiFactorAuthPresent", true)),
		)
		r, err := claims.Prove(
			fixture.Compiled(t, w),
			intent.Account{Account: fixture.People, Members: []string{fixture.UserARN("bob")}},
		)
		require.NoError(t, err)
		found := false
		for _, f := range r.Findings {
			if f.ID == "doors-through-roles-only" {
				found = true
				assert.Equal(t, verdict, f.Verdict, "%s: %s", on, f)
			}
		}
		assert.True(t, found)
	}
}
