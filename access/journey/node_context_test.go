package journey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

// The calls of an instance carry what AWS says of its credentials: a Deny that speaks of any of it shuts the agent out.
func TestADenyOfWhatTheCallsOfAnInstanceCarryShutsItsAgentOut(t *testing.T) {
	for _, key := range []string{
		"ec2:SourceInstanceARN", "ec2:RoleDelivery", "aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4",
	} {
		deny := policy.Deny("Out", "*").On("*")
		a := shellUnder(t, map[string]any{}, "", deny.When(policy.Present(key)))
		assert.False(t, a.Allowed(), key)
		assert.Equal(t, "Out", a.By().Sid, key)
		assert.Contains(t, a.Steps[len(a.Steps)-1].Does, "the agent of the node calls", key)
		// Nobody but an instance carries them.
		a = shellUnder(
			t, map[string]any{}, "", policy.Deny("Out", "ssm:StartSession").On("*").When(policy.Present(key)),
		)
		assert.True(t, a.Allowed(), key)
	}
	a := shellUnder(t, map[string]any{}, "", policy.Deny("Out", "*").On("*").When(
		policy.ArnLike("ec2:SourceInstanceARN", "arn:aws:ec2:*:*:instance/i-0a1b2c3d4e5f60718")))
	assert.False(t, a.Allowed())
	a = shellUnder(t, map[string]any{}, "", policy.Deny("Out", "*").On("*").When(
		policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "ec2:RoleDelivery", "2.0")))
	assert.True(t, a.Allowed(), "the agent takes credentials by IMDSv2")
}

// What AWS publishes so that the credentials of an instance work on that instance alone leaves agents that call by
// endpoints of their VPC; that they do is said.
func TestADenyOfCallsFromElsewhereLeavesAgentsThatCallByEndpoints(t *testing.T) {
	own := policy.Present("ec2:SourceInstanceARN")
	for _, elsewhere := range []policy.Condition{
		policy.StringNotEquals("aws:Ec2InstanceSourceVpc", "${aws:SourceVpc}"),
		policy.StringNotEquals("aws:Ec2InstanceSourcePrivateIPv4", "${aws:VpcSourceIp}"),
		policy.Absent("aws:SourceVpce"),
	} {
		a := shellUnder(t, map[string]any{}, "", policy.Deny("Elsewhere", "*").On("*").When(elsewhere, own))
		assert.True(t, a.Allowed(), elsewhere.Key)
		assert.Contains(t, a.ByEndpoints, "Elsewhere", elsewhere.Key)
	}
	a := shellUnder(t, map[string]any{}, "", policy.Deny("Out", "*").On("*").When(
		policy.StringNotEquals("aws:SourceVpc", "vpc-0fedcba9876543210"), own))
	assert.False(t, a.Allowed(), "another VPC")
	assert.Empty(t, shellUnder(t, map[string]any{}, "").ByEndpoints)
}
