package access

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

// A shell is also the role of the node: one that opens another node, becomes another role or writes the tags on which access rests is found, be the node in
// the world or only the service that hands the role to machines.
func TestRolesOfNodesOpenNoDoor(t *testing.T) {
	world := func(node bool, statements ...policy.Statement) World {
		trust := policy.New(policy.Allow("Machines", "sts:AssumeRole").For(policy.ServicePrincipals("ec2.amazonaws.com")))
		a := Account{ID: people, Partition: policy.AWS, Roles: []Role{
			{Name: "Instance", Trust: trust, Inline: []InlinePolicy{{Name: "work", Document: policy.New(statements...)}}},
			{Name: "ops", Trust: policy.New(policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::" + people + ":root")))},
		}}
		if node {
			a.Roles[0].Trust = trustWithMFA(userARN("alice"))
			a.Users = []User{{Name: "alice"}}
			a.Nodes = []Node{{Kind: Instance, ID: "i-1", Region: tokyo, Profile: roleARN("Instance")}}
		}
		return World{Accounts: []Account{a}}
	}
	for _, node := range []bool{false, true} {
		f := finding(t, prove(t, world(node, policy.Allow("Data", "s3:GetObject").On("*"), policy.Allow("Agent", "ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel").On("*"))),
			"node-roles-open-no-door", "role/Instance")
		assert.Equal(t, Holds, f.Verdict, "%s", f)
		for word, st := range map[string]policy.Statement{
			"ssm:StartSession":  policy.Allow("Sessions", "ssm:StartSession").On("*"),
			"ssm:SendCommand":   policy.Allow("Commands", "ssm:SendCommand").On("*"),
			"sts:AssumeRole":    policy.Allow("Roles", "sts:AssumeRole").On("*"),
			"ec2:CreateTags":    policy.Allow("Tags", "ec2:CreateTags").On("*"),
			"iam:PutRolePolicy": policy.Allow("Policies", "iam:PutRolePolicy").On(roleARN("ops")),
		} {
			f := finding(t, prove(t, world(node, st)), "node-roles-open-no-door", "role/Instance")
			assert.Equal(t, DoesNotHold, f.Verdict, "%s: %s", word, f)
			assert.Contains(t, f.String(), word)
		}
	}
}
