package prove

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Whoever is shown to assume a role is somebody who can be: the ARN, the user name and the account of a caller say
// the same, and a name or an account that nobody can have makes the request one that AWS does not send.
func TestWhoIsShownToAssumeARoleHasTheKeysThatTheClaimSpeaksOf(t *testing.T) {
	calls := policy.Allow("", "sts:AssumeRole").On("*")
	like := func(key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, values...)
	}
	for name, c := range map[string]struct {
		trusts policy.Principal
		only   policy.Condition
		// account and user are those of the caller who is shown; account is empty when there can be none, user when
		// any will do.
		account, user string
	}{
		"a user name": {policy.Anyone(), policy.StringEquals("aws:username", "bob"), fixture.Stranger,
			"bob"},
		"a user name in an account": {policy.AWSPrincipals(fixture.Members),
			policy.StringEquals("aws:username", "bob"), fixture.Members, "bob"},
		"a user name by a pattern": {policy.AWSPrincipals(fixture.Members), like("aws:username", "carol"),
			fixture.Members, "carol"},
		"an account": {policy.Anyone(), policy.StringEquals("aws:PrincipalAccount", fixture.Members),
			fixture.Members, ""},
		"a user name that nobody has": {policy.AWSPrincipals(fixture.Members),
			policy.StringEquals("aws:username", "b*"), "", ""},
		"an account that nobody has": {policy.Anyone(), policy.StringEquals("aws:PrincipalAccount", "4*"), "", ""},
		"a user who is named": {
			policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":user/bob"), policy.StringEquals("aws:username",
				"bob"), fixture.Members, "bob",
		},
	} {
		t.Run(name, func(t *testing.T) {
			trust := policy.New(policy.Allow("", "sts:AssumeRole").For(c.trusts))
			e, err := engine.Compile(
				world.World{
					Accounts: []world.Account{
						{ID: fixture.People, Roles: []world.Role{{Name: "target", Trust: trust}}},
					},
				},
			)
			require.NoError(t, err)
			answer, err := Prove(
				e,
				Claim{Role: fixture.RoleARN("target"), Never: []policy.Statement{calls.When(c.only)}},
			)
			require.NoError(t, err)
			require.Equal(t, DoesNotHold, answer.Verdict)
			if c.account == "" {
				require.NotEmpty(t, answer.Unreal)
				return
			}
			require.Empty(t, answer.Unreal)
			require.Equal(t, c.account, policy.ARNPart(answer.Session.Subject(), 4))
			if c.user != "" {
				require.Equal(t, "user/"+c.user, policy.ARNResource(answer.Session.Subject()))
			}
		})
	}
}
