package escalation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/derive"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Whoever has a way is told of where searches are given up too: by that way or another one, or as somebody of whom a way
// may have been missed.
func TestNoWayIsMissedInSilence(t *testing.T) {
	// Behind Denies that leave one request, a search has to make several statements fail before it finds it.
	hidden := func(allows ...policy.Statement) []policy.Statement {
		for i := range 12 {
			deny := policy.Deny("", "*").On("*").
				When(policy.StringNotEquals(fmt.Sprintf("aws:RequestTag/t%d", i), "v"))
			allows = append(allows, deny)
		}
		return allows
	}
	for name, permissions := range map[string][]policy.Statement{
		"a policy": {policy.Allow("Put", "iam:PutUserPolicy").On("*")},
		"a trust policy": {
			policy.Allow("Trust", "iam:UpdateAssumeRolePolicy").On("*"), policy.Allow("Assume", "sts:AssumeRole").On("*"),
		},
		"a passed role": {
			policy.Allow("Pass", "iam:PassRole").On("*"),
			policy.Allow("Function", "lambda:CreateFunction", "lambda:InvokeFunction").On("*"),
		},
	} {
		boss := escalationWorld(world.Role{Trust: serviceTrust("lambda.amazonaws.com")}, hidden(permissions...)...)
		in := derive.Intent(boss.Accounts[0])
		whole, err := Find(fixture.Compiled(t, boss), in)
		require.NoError(t, err)
		require.NotEmpty(t, whole, name)
		require.False(t, whole[0].Uncertain, name)
		uncertain := 0
		for _, effort := range []int{-1, 1, 3, 6, 10, 20, 50} {
			limited := *fixture.Compiled(t, boss)
			limited.Effort = effort
			found, err := Find(&limited, in)
			require.NoError(t, err)
			told := map[string]bool{}
			for _, one := range found {
				told[one.From] = true
				if one.Uncertain {
					uncertain++
					assert.Empty(t, one.Steps, name)
					assert.True(t, strings.Contains(one.Ends, "given up"), one.Ends)
				}
			}
			for _, one := range whole {
				assert.True(t, told[one.From], "%s: nothing is told of %s with an effort of %d", name, one.From, effort)
			}
		}
		assert.Positive(t, uncertain, name)
	}
}
