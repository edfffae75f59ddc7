package trust_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A partner comes in with the external id and in no other way, and nobody else comes in: each weakened trust policy
// fails the claim that speaks of it, and no other.
func TestTrustOfAPartner(t *testing.T) {
	const account, collector = "999999999999", "arn:aws:iam::999999999999:role/Collector"
	id := policy.StringEquals("sts:ExternalId", "example-org-4711")
	whole := policy.AWSPrincipals("arn:aws:iam::" + account + ":root")
	trust := func(principals policy.Principal, conditions ...policy.Condition) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRole").For(principals).When(conditions...))
	}
	role := policy.AWSPrincipals(collector)
	for _, c := range []struct {
		what    string
		partner string
		trust   policy.Document
		fails   []string
	}{
		{"a role of the partner", collector, trust(role, id), nil},
		{"the account of the partner", "arn:aws:iam::" + account + ":root", trust(whole, id), nil},
		{"no external id", collector, trust(role), []string{"external-id-to-assume"}},
		{"an external id if it is there", collector,
			trust(role, policy.Is(policy.Operator{Base: policy.OpStringEquals, IfExists: true}, "sts:ExternalId",
				"example-org-4711")), []string{"external-id-to-assume"}},
		{"a pattern of external ids", collector,
			trust(role, policy.Is(policy.Operator{Base: policy.OpStringLike}, "sts:ExternalId",
				"example-org-*")), []string{"external-id-to-assume"}},
		{"an external id in any case", collector,
			trust(role, policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "sts:ExternalId",
				"example-org-4711")), []string{"external-id-to-assume"}},
		{"another external id", collector, trust(role, policy.StringEquals("sts:ExternalId", "other")),
			[]string{"external-id-to-assume", "declared-journeys-work"}},
		{"one of two external ids", collector,
			trust(role, policy.StringEquals("sts:ExternalId", "example-org-4711",
				"other")), []string{"external-id-to-assume"}},
		{"the account in place of the role", collector, trust(whole, id), []string{"only-listed-principals"}},
		{"everybody", collector, trust(policy.Anyone(), id), []string{"only-listed-principals"}},
		{"another account too", collector, trust(policy.AWSPrincipals(collector, "777788889999"), id),
			[]string{"only-listed-principals"}},
		{"a user of the account", collector, trust(policy.AWSPrincipals(collector, fixture.UserARN("bob")), id),
			[]string{"only-listed-principals"}},
		{"session tags", collector,
			policy.New(policy.Allow("T", "sts:AssumeRole",
				"sts:TagSession").For(role).When(id)), []string{"no-session-tags"}},
		{"nobody", collector, trust(policy.AWSPrincipals("777788889999"), id),
			[]string{"only-listed-principals", "declared-journeys-work"}},
		{"MFA, which no partner has", collector, trust(role, id, policy.Bool("aws:MultiFactorAuthPresent", true)),
			[]string{"declared-journeys-work"}},
	} {
		w := world.World{Accounts: []world.Account{{
			ID: fixture.People, Partition: policy.AWS, Users: []world.User{{Name: "bob"}},
			Roles: []world.Role{{Name: "partner", Trust: c.trust}},
		}}}
		e, err := engine.Compile(w)
		require.NoError(t, err)
		arn := "arn:aws:iam::" + fixture.People + ":role/partner"
		r, err := claims.Prove(
			e,
			intent.Account{Account: fixture.People, Administrators: []string{}, DelegatedRoles: []intent.Role{
				{
					Key:     "delegatedRoles[0]",
					ARN:     arn,
					Partner: intent.Partner{Principals: []string{c.partner}, ExternalID: "example-org-4711"},
				},
			}},
		)
		require.NoError(t, err)
		for _, proof := range []string{"only-listed-principals", "external-id-to-assume", "no-session-tags", "declared-journeys-work", "mfa-to-assume"} {
			f := claimtest.Finding(t, r, proof, "role/partner")
			switch {
			case slices.Contains(c.fails, proof):
				assert.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", c.what, f)
			case proof == "mfa-to-assume" || proof == "declared-journeys-work":
				assert.Equal(t, prove.HoldsIf, f.Verdict, "%s: %s", c.what, f)
			default:
				assert.Equal(t, prove.Holds, f.Verdict, "%s: %s", c.what, f)
			}
		}
		for _, f := range r.Findings {
			assert.NotEqual(t, "session-named-after-user", f.ID, "no user of ours has its sessions")
		}
	}
}
