package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/problem"
)

const justInTime = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666"}
  guardrails:users: [{name: alice}]
  guardrails:sessions: {runAs: {defaultUser: operator}}
  guardrails:operationRoles: [{name: shop, users: [alice], project: shop, runAs: shop}]
  guardrails:delegatedRoles: [{name: Asker, users: [alice], managedPolicies: ["arn:aws:iam::444455556666:policy/guardrails/just-in-time-requester"]}]
  guardrails:justInTime:
    requesters: [REQUESTER]
    autoApprovals: [{group: a1b2c3d4-5678-90ab-cdef-a1b2c3d45678, projects: [shop]}]
`

// A requester who may open sessions anyway is refused, because AWS would take it past every approval; one who may
// only ask is not.
func TestRequestersWhoGoRoundJustInTimeAccessAreRefused(t *testing.T) {
	judged := func(requester string) *Judgement {
		text := []byte(testkit.Replace(t, justInTime, "REQUESTER", requester))
		stack, problems := stack.Read(stackfile.Source{File: "Pulumi.shop.yaml", Data: text}, nil)
		require.NoError(t, problems.Err())
		return Stack(stack)
	}
	round := judged(`"arn:aws:iam::444455556666:role/guardrails/operation/shop"`).Refusals()
	require.NotEmpty(t, round)
	assert.Equal(t, problem.Path("guardrails:justInTime.requesters[0]"), round[0].Path)
	assert.Contains(t, round[0].Why, "ssm:StartSession")
	assert.Equal(t, 9, round[0].Line)

	asks := judged(`"arn:aws:iam::444455556666:role/guardrails/delegated/Asker"`)
	assert.Empty(t, asks.Requesters)
}

// Requests for just-in-time access carry the address from which they come, and neither VPC nor VPC endpoint. A requester
// who is held to networks asks from addresses; one of VPCs alone could not, and is refused. Who opens sessions from its
// networks goes round the approvals like anybody else.
func TestRequestersOfNetworks(t *testing.T) {
	for name, c := range map[string]struct{ requester, networks, says string }{
		"addresses":            {"delegated/Asker", "203.0.113.0/24", ""},
		"addresses and a VPC":  {"delegated/Asker", "203.0.113.0/24, vpc-0abcdef1234567890", ""},
		"a VPC":                {"delegated/Asker", "vpc-0abcdef1234567890", "requests carry neither VPC nor VPC endpoint"},
		"a VPC endpoint":       {"delegated/Asker", "vpce-0abcdef1234567890", "requests carry neither VPC nor VPC endpoint"},
		"sessions from inside": {"operation/shop", "203.0.113.0/24", "may call ssm:StartSession"},
	} {
		text := testkit.Replace(t, justInTime, "REQUESTER", `"arn:aws:iam::444455556666:role/guardrails/`+c.requester+`"`)
		text = testkit.Replace(
			t, text, "just-in-time-requester\"]", "just-in-time-requester\"], sourceNetworks: ["+c.networks+"]",
		)
		text = testkit.Replace(t, text, "runAs: shop}", "runAs: shop, sourceNetworks: ["+c.networks+"]}")
		s, problems := stack.Read(stackfile.Source{File: "Pulumi.shop.yaml", Data: []byte(text)}, nil)
		require.NoError(t, problems.Err(), name)
		refused := Stack(s).Refusals()
		if c.says == "" {
			assert.Empty(t, refused, name)
			continue
		}
		require.NotEmpty(t, refused, name)
		assert.Contains(t, refused[0].Why, c.says, name)
	}
}
