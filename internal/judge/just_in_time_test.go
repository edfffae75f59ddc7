package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
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
		text := []byte(replaceOnce(t, justInTime, "REQUESTER", requester))
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
