package matrix

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/policy"
)

// Groups and users of IAM Identity Center are people of a matrix, as the stack file names them, and what a profile
// decides is written as its source.
func TestMatrixHasGroupsAndUsersOfIdentityCenter(t *testing.T) {
	m := matrixOf(
		t,
		stacktest.Read(t, stacktest.OfPeople()[0]),
		stacktest.Read(t, stacktest.OfPeople()[1]),
		stacktest.Read(t, stacktest.OfPeople()[2]),
	)
	require.NoError(t, m.Only("operators"))
	assert.Equal(t, []string{
		"${path:enterprise.department} | shell | ${path:userName} | ap-northeast-1, us-east-1 | IAM Identity Center " +
			"| always",
		"${path:enterprise.department} | start, stop | - | every | IAM Identity Center | always",
	}, linesOf(m, "operators (group of IAM Identity Center)", "workload/ProjectOperator"))
	assert.Equal(t, "arn:aws:identitystore:::group/a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f", m.Rows[0].PersonARN)
	assert.Contains(t, matrixText(t, m), "${path:...} is what the profile of each person says")

	engine, err := reach.Engine(
		stacktest.Read(t, stacktest.OfPeople()[1]),
		stacktest.Read(t, stacktest.OfPeople()[2]),
	)
	require.NoError(t, err)
	m, err = matrixOfWorld(engine, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Equal(
		t,
		"${path:enterprise.department} | shell | dave | ap-northeast-1, us-east-1 | IAM Identity Center | always",
		linesOf(m, "dave (IAM Identity Center)", "workload/ProjectOperator")[0],
		"the user name of one person is known",
	)
	require.NoError(t, m.Only("auditors"))
	assert.Len(t, linesOf(m, "auditors (group of IAM Identity Center)", "111122223333/Viewer"), 1)
	assert.Contains(t, matrixText(t, m), "account 111122223333 has no nodes: no stack that was read describes it")
}

// Who is assigned nothing is listed, a role that is taken from a permission set is followed without the tags of the
// portal, and a user name that AWS takes for no tag ends everything.
func TestMatrixOfHandMadePermissionSets(t *testing.T) {
	h := newHand()
	h.role(
		"AWSReservedSSO_Ops_0123456789abcdef",
		"",
		"",
		policy.Document{},
		policy.Allow("All", "sts:AssumeRole").On("*"),
	)
	h.world.Accounts[0].Roles[0].PermissionSet = "Ops"
	nodes := policy.Allow("Nodes", "ssm:StartSession").
		On("arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell")
	h.role(
		"next",
		"Bank",
		"teller",
		policy.New(
			policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::"+handAccount+":root")),
		),
		nodes,
	)
	source, err := world.ParseAttributeSource("${path:userName}")
	require.NoError(t, err)
	h.world.IdentityCenter = &world.IdentityCenterInstance{
		Attributes: []world.AccessControlAttribute{{Key: world.RunAsTag, Source: source}},
		Users:      []string{"erin"},
		Assignments: []world.PermissionSetAssignment{
			{PermissionSet: "Ops", Account: handAccount, User: "dave"},
			{PermissionSet: "Ops", Account: handAccount, User: "d#ve"},
		},
	}
	m := h.matrix(t)
	assert.Equal(t, []string{"- | - | - | - | - | -"}, linesOf(m, "erin (IAM Identity Center)", ""))
	assert.Equal(t, []string{"- | - | - | - | - | -"}, linesOf(m, "d#ve (IAM Identity Center)", ""))
	assert.Equal(
		t,
		[]string{"- | - | - | - | IAM Identity Center | always"},
		linesOf(m, "dave (IAM Identity Center)", handAccount+"/Ops"),
	)
	require.NotEmpty(t, linesOf(m, "dave (IAM Identity Center)", "next"))
	assert.Equal(
		t,
		"every node | shell | teller | ap-northeast-1 | IAM Identity Center | always",
		linesOf(m, "dave (IAM Identity Center)", "next")[0],
	)
}
