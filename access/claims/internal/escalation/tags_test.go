package escalation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Whoever may write a tag of their own that an Allow, a Deny or a trust policy compares is told of what the tag opens:
// the tag comes first, and without the right to write it, or with another key or value, there is no way.
func TestWritingATagOfOnesOwnIsAStep(t *testing.T) {
	bob := policy.AWS.UserARN(fixture.People, "/", "bob")
	tag := policy.Allow("Tag", "iam:TagUser").On(bob)
	write := policy.Allow("Write", "iam:PutUserPolicy").On("*")
	root := policy.Principal{Kind: policy.PrincipalAWS, Values: []string{fixture.People}}
	closed := serviceTrust("lambda.amazonaws.com")
	for name, c := range map[string]struct {
		trust policy.Document
		more  []policy.Statement
		calls []string
	}{
		"an Allow": {closed, []policy.Statement{write.When(policy.StringEquals("aws:PrincipalTag/level", "admin"))},
			[]string{"iam:TagUser", "iam:PutUserPolicy"}},
		"an Allow of a pattern": {closed, []policy.Statement{
			write.When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:PrincipalTag/level", "adm*"))},
			[]string{"iam:TagUser", "iam:PutUserPolicy"}},
		"a Deny": {closed, []policy.Statement{policy.Allow("All", "*").On("*"), {
			Sid: "Guard", Effect: policy.EffectDeny, NotActions: []string{"iam:TagUser"}, Resources: []string{"*"},
			Conditions: []policy.Condition{policy.StringNotEquals("aws:PrincipalTag/level", "admin")}}},
			[]string{"iam:TagUser"}},
		"a trust policy": {policy.New(policy.Allow("T", "sts:AssumeRole").For(root).
			When(policy.StringEquals("aws:PrincipalTag/level", "admin"))),
			[]policy.Statement{policy.Allow("Assume", "sts:AssumeRole").On("*")},
			[]string{"iam:TagUser", "sts:AssumeRole"}},
	} {
		way, found := escalationsOf(t, escalationWorld(world.Role{Trust: c.trust}, append(c.more, tag)...))["user/bob"]
		if !assert.True(t, found, name) {
			continue
		}
		var calls []string
		for _, step := range way.Steps {
			calls = append(calls, step.Calls...)
		}
		assert.Equal(t, c.calls, calls, name)
		for _, other := range []policy.Statement{
			policy.Allow("Tag", "iam:TagUser").On(policy.AWS.UserARN(fixture.People, "/", "carol")),
			tag.When(policy.StringEquals("aws:RequestTag/level", "guest")),
			tag.When(policy.AllEqual("aws:TagKeys", "email"), policy.Present("aws:TagKeys")),
		} {
			w := escalationWorld(world.Role{Trust: c.trust}, append(c.more[:len(c.more):len(c.more)], other)...)
			if name == "a Deny" {
				continue // The Allow of everything tags.
			}
			assert.NotContains(t, escalationsOf(t, w), "user/bob", "%s: %v", name, other)
		}
	}
}

// A role that trusts one session of another role, by its ARN or its user id, is reached in a session of that name; not
// where the other role says how its sessions are called.
func TestASessionOfTheNameThatATrustPolicyWantsIsAStep(t *testing.T) {
	bob := policy.AWS.UserARN(fixture.People, "/", "bob")
	assume := policy.Allow("A", "sts:AssumeRole").On("*")
	root := policy.Principal{Kind: policy.PrincipalAWS, Values: []string{fixture.People}}
	trusts := func(who policy.Principal, conditions ...policy.Condition) policy.Document {
		return policy.New(policy.Allow("T", "sts:AssumeRole").For(who).When(conditions...))
	}
	for name, boss := range map[string]policy.Document{
		"an ARN":    trusts(policy.AWSPrincipals("arn:aws:sts::" + fixture.People + ":assumed-role/mid/deploy")),
		"a user id": trusts(root, policy.StringEquals("aws:userid", "AROAMID:deploy")),
	} {
		for _, named := range []bool{false, true} {
			w := escalationWorld(world.Role{Trust: boss}, assume)
			mid := world.Role{
				Name: "mid", ID: "AROAMID", Trust: trusts(policy.AWSPrincipals(bob)),
				Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(assume)}},
			}
			if named {
				mid.Trust = trusts(policy.AWSPrincipals(bob), policy.StringEquals("sts:RoleSessionName", "${aws:username}"))
			}
			w.Accounts[0].Roles = append(w.Accounts[0].Roles, mid)
			way, found := escalationsOf(t, w)["user/bob"]
			require.Equal(t, !named, found, name)
			if found {
				assert.Len(t, way.Steps, 2, name)
			}
		}
	}
}
