package prove_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A claim of one's own about calls on resources of other accounts holds if the policy of the resource does not let the
// caller in, for users, roles and root users alike; what a Deny shuts, and what has no policy of its own, is shut.
func TestAClaimAsksAboutResourcesOfOtherAccounts(t *testing.T) {
	const home, other = "111122223333", "444455556666"
	key := "arn:aws:kms:us-east-1:" + other + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	own := policy.New(policy.Deny("Own", "*").On("arn:aws:*:*:" + home + ":*"))
	no := policy.New(policy.Deny("No", "kms:*", "secretsmanager:*").On("*"))
	inOrganization := policy.New(
		policy.Deny("Others", "*").On("*").When(
			policy.StringNotEquals("aws:ResourceAccount", "${aws:PrincipalAccount}"),
		),
	)
	all := policy.New(policy.Allow("All", "*").On("*"))
	not := policy.Statement{Effect: policy.EffectAllow, NotActions: []string{"iam:*"}, Resources: []string{key}}
	for name, c := range map[string]struct {
		own, scp policy.Document
		never    policy.Statement
		want     prove.Verdict
	}{
		"a key of another account": {all, own, policy.Allow("", "kms:CreateGrant").On(key), prove.HoldsIf},
		"every secret of others":   {all, own, policy.Allow("", "secretsmanager:*").On("arn:aws:secretsmanager:*:*:secret:*"), prove.HoldsIf},
		"all that is not listed":   {all, own, not, prove.HoldsIf},
		"its own keys alone": {all, own,
			policy.Allow("", "kms:CreateGrant").On("arn:aws:kms:*:" + home + ":key/*"), prove.Holds},
		"denied":                      {all, no, policy.Allow("", "kms:*", "secretsmanager:*").On("*"), prove.Holds},
		"outside is denied":           {all, inOrganization, policy.Allow("", "kms:CreateGrant").On(key), prove.Holds},
		"users of another account":    {all, own, policy.Allow("", "iam:CreateUser").On("arn:aws:iam::" + other + ":user/*"), prove.Holds},
		"its own too, and not denied": {all, all, policy.Allow("", "kms:CreateGrant").On("*"), prove.DoesNotHold},
	} {
		full := world.ServiceControlPolicy{Name: "FullAWSAccess", Document: all}
		e, err := engine.Compile(world.World{
			Organization: &world.Organization{ID: "o-exampleorgid", Management: "999999999999", Root: world.Unit{
				ID: "r-exam", Policies: []world.ServiceControlPolicy{full, {Name: "mine", Document: c.scp}},
				Accounts: []world.OrganizationAccount{{ID: home, Policies: []world.ServiceControlPolicy{full}}},
			}},
			Accounts: []world.Account{{
				ID:    home,
				Users: []world.User{{Name: "bob", Inline: []world.InlinePolicy{{Name: "p", Document: c.own}}}},
				Roles: []world.Role{{
					Name: "r", Inline: []world.InlinePolicy{{Name: "p", Document: c.own}},
					Trust: policy.New(policy.Allow("", "sts:AssumeRole").For(policy.AWSPrincipals(home))),
				}},
			}},
		})
		require.NoError(t, err)
		for _, caller := range []engine.Session{
			engine.ConsoleWithMFA("arn:aws:iam::"+home+":user/bob", 0),
			engine.AssumedRole("arn:aws:iam::"+home+":role/r", "x"),
			engine.Root(home),
		} {
			a, err := prove.Prove(e, prove.Claim{Caller: caller, Never: []policy.Statement{c.never}})
			require.NoError(t, err)
			assert.Equal(t, c.want, a.Verdict, "%s: %s", name, caller)
			if c.want == prove.HoldsIf {
				require.Len(t, a.Assumptions, 1)
				assert.Contains(t, a.Assumptions[0], "the policy of a resource of another account", name)
			}
		}
	}
}

// What a claim holds under is said whole: the document that is not known and the policy of the resource elsewhere.
func TestAClaimSaysAllThatItHoldsUnder(t *testing.T) {
	const home = "111122223333"
	key := "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	bob := world.User{
		Name:     "bob",
		Attached: []string{"arn:aws:iam::" + home + ":policy/unknown"},
		Inline: []world.InlinePolicy{
			{Name: "p", Document: policy.New(policy.Allow("Key", "kms:CreateGrant").On(key))},
		},
	}
	e, err := engine.Compile(world.World{Accounts: []world.Account{{
		ID: home, Users: []world.User{bob},
		Policies: []world.ManagedPolicy{{ARN: "arn:aws:iam::" + home + ":policy/unknown", Unknown: true}},
	}}})
	require.NoError(t, err)
	a, err := prove.Prove(e, prove.Claim{
		Caller: engine.LongTermKey("arn:aws:iam::" + home + ":user/bob"),
		Never:  []policy.Statement{policy.Allow("", "kms:CreateGrant").On("*")},
	})
	require.NoError(t, err)
	require.Equal(t, prove.HoldsIf, a.Verdict)
	require.Len(t, a.Assumptions, 2)
	assert.Contains(t, a.Assumptions[0], "policy/unknown does not allow kms:CreateGrant")
	assert.Contains(t, a.Assumptions[1], "the policy of a resource of another account")
}
