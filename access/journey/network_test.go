package journey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// heldTo is a role that alice assumes, with a Deny from elsewhere in its trust policy and one in its own policy.
func heldTo(trust, use []policy.Condition) access.World {
	alice := policy.AWS.UserARN("111122223333", "/", "alice")
	role := world.Role{
		Name: "ops", Path: "/",
		Trust: policy.New(policy.Allow("Alice", "sts:AssumeRole").For(policy.AWSPrincipals(alice))),
		Inline: []world.InlinePolicy{{Name: "ops", Document: policy.New(
			policy.Allow("Reboot", "ec2:RebootInstances").On("*"))}},
	}
	if trust != nil {
		role.Trust = policy.New(append(role.Trust.Statements,
			policy.Deny("Elsewhere", "sts:AssumeRole").For(policy.Anyone()).When(trust...))...)
	}
	if use != nil {
		role.Inline[0].Document = policy.New(append(role.Inline[0].Document.Statements,
			policy.Deny("Elsewhere", "*").On("*").When(use...))...)
	}
	return access.World{Accounts: []world.Account{{
		ID: "111122223333", Partition: policy.AWS, Users: []world.User{{Name: "alice", Path: "/"}},
		Roles: []world.Role{role},
	}}}
}

func notIn(blocks ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpNotIPAddress}, "aws:SourceIp", blocks...)
}

// The networks of a way are those from which every call of it is allowed, of those that the policies name; none where
// any will do, and where none does.
func TestTheNetworksOfAWay(t *testing.T) {
	for name, c := range map[string]struct {
		trust, use []policy.Condition
		want       []string
	}{
		"any network": {nil, nil, nil},
		"two blocks": {[]policy.Condition{notIn("203.0.113.0/24", "1.0.0.0/8")},
			[]policy.Condition{notIn("203.0.113.0/24", "1.0.0.0/8")}, []string{"1.0.0.0/8", "203.0.113.0/24"}},
		"the half of the use alone": {nil, []policy.Condition{notIn("203.0.113.7/32")}, []string{"203.0.113.7/32"}},
		"what both halves let in": {[]policy.Condition{notIn("203.0.113.0/24", "198.51.100.0/24")},
			[]policy.Condition{notIn("198.51.100.0/24")}, []string{"198.51.100.0/24"}},
		"an endpoint or a block": {[]policy.Condition{notIn("2001:db8::/32"),
			policy.StringNotEquals("aws:SourceVpce", "vpce-0abcdef1234567890")}, nil,
			[]string{"2001:db8::/32", "vpce-0abcdef1234567890"}},
		"halves that exclude each other": {[]policy.Condition{notIn("203.0.113.0/24")},
			[]policy.Condition{notIn("198.51.100.0/24")}, nil},
	} {
		engine, err := access.Compile(heldTo(c.trust, c.use))
		require.NoError(t, err)
		account := &engine.World().Accounts[0]
		j := journey.Journey{
			From: access.Console(account.Users[0].ARN(account)),
			Via:  []journey.Hop{{Role: account.Roles[0].ARN(account)}},
			Does: &access.Request{Action: "ec2:RebootInstances", Resources: access.On(
				policy.AWS.InstanceARN("us-east-1", "111122223333", "i-0123456789abcdef0"))},
		}
		networks, err := journey.Networks(engine, j)
		require.NoError(t, err)
		assert.Equal(t, c.want, networks, name)
		arrival, err := journey.Walk(engine, j)
		require.NoError(t, err)
		assert.Equal(t, name != "halves that exclude each other", arrival.Allowed(), name)
	}
}

// A call that is refused from every network is refused by what refuses it from one of those that are let in, not by the
// Deny of other networks.
func TestWhatRefusesACallFromEveryNetwork(t *testing.T) {
	w := heldTo(nil, []policy.Condition{notIn("203.0.113.0/24")})
	w.Accounts[0].Roles[0].Inline = append(w.Accounts[0].Roles[0].Inline, world.InlinePolicy{
		Name: "stops", Document: policy.New(policy.Deny("NoStops", "ec2:StopInstances").On("*"))})
	engine, err := access.Compile(w)
	require.NoError(t, err)
	role := w.Accounts[0].Roles[0].ARN(&w.Accounts[0])
	request := access.Request{Action: "ec2:StopInstances", Resources: access.On(
		policy.AWS.InstanceARN("us-east-1", "111122223333", "i-0123456789abcdef0"))}
	d, network, err := journey.Decide(engine, access.AssumedRole(role, "alice"), request)
	require.NoError(t, err)
	assert.Equal(t, "NoStops", d.By.Sid)
	assert.Equal(t, access.Context{"aws:SourceIp": {"203.0.113.1"}}, network)
}
