package report

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// exampleFiles are the stacks of the example organization that people of IAM Identity Center come into.
func exampleFiles() []string {
	var files []string
	for _, stack := range []string{"jump", "workload", "identity"} {
		files = append(files, filepath.Join("../../examples/organization", "Pulumi."+stack+".yaml"))
	}
	return files
}

// Groups and users of IAM Identity Center are people of a matrix, as the stack file names them, and what a profile
// decides is written as its source.
func TestMatrixHasGroupsAndUsersOfIdentityCenter(t *testing.T) {
	m := matrixOf(t, readFile(t, exampleFiles()[0]), readFile(t, exampleFiles()[1]), readFile(t, exampleFiles()[2]))
	require.NoError(t, m.Only("operators"))
	assert.Equal(t, []string{
		"${path:enterprise.department} | shell | ${path:userName} | ap-northeast-1, us-east-1 | IAM Identity Center " +
			"| always",
		"${path:enterprise.department} | start, stop | - | every | IAM Identity Center | always",
	}, of(m, "operators (group of IAM Identity Center)", "workload/ProjectOperator"))
	assert.Equal(t, "arn:aws:identitystore:::group/a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f", m.Rows[0].PersonARN)
	assert.Contains(t, matrixText(t, m), "${path:...} is what the profile of each person says")

	engine, err := Engine(readFile(t, exampleFiles()[1]), readFile(t, exampleFiles()[2]))
	require.NoError(t, err)
	m, err = NewMatrix(engine, MatrixOptions{At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	assert.Equal(
		t,
		"${path:enterprise.department} | shell | dave | ap-northeast-1, us-east-1 | IAM Identity Center | always",
		of(m, "dave (IAM Identity Center)", "workload/ProjectOperator")[0],
		"the user name of one person is known",
	)
	require.NoError(t, m.Only("auditors"))
	assert.Len(t, of(m, "auditors (group of IAM Identity Center)", "111122223333/Viewer"), 1)
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
	assert.Equal(t, []string{"- | - | - | - | - | -"}, of(m, "erin (IAM Identity Center)", ""))
	assert.Equal(t, []string{"- | - | - | - | - | -"}, of(m, "d#ve (IAM Identity Center)", ""))
	assert.Equal(
		t,
		[]string{"- | - | - | - | IAM Identity Center | always"},
		of(m, "dave (IAM Identity Center)", handAccount+"/Ops"),
	)
	require.NotEmpty(t, of(m, "dave (IAM Identity Center)", "next"))
	assert.Equal(
		t,
		"every node | shell | teller | ap-northeast-1 | IAM Identity Center | always",
		of(m, "dave (IAM Identity Center)", "next")[0],
	)
}

// A question about somebody of IAM Identity Center is asked in the words of an expectation, and answered once where
// the account is named.
func TestExplainAnswersForPeopleOfIdentityCenter(t *testing.T) {
	ask := func(as string, change ...func(*Question)) Question {
		q := Question{As: as, Via: "workload/ProjectOperator", Opens: "shell", On: []string{"Project=shop"}}
		for _, c := range change {
			c(&q)
		}
		return q
	}
	all := answers(t, ask("{identityCenter: dave, attributes: {enterprise.department: shop}}"), exampleFiles()...)
	require.Len(t, all.Answers, 1)
	answer := all.Answers[0]
	assert.Equal(t, "dave", answer.OSUser)
	assert.Equal(
		t,
		`May dave of IAM Identity Center with enterprise.department="shop" open a shell on an instance tagged Project="shop", with the permission set workload/ProjectOperator?`,
		answer.Question,
	)
	assert.Equal(
		t,
		`Signs in to the access portal as dave of IAM Identity Center with enterprise.department="shop"`,
		answer.Steps[0].Does,
	)
	assert.Equal(t, `Tries to open a shell on an instance tagged Project="shop"`, answer.Steps[2].Does)
	refused := answers(t, ask("{identityCenter: erin, groups: [auditors]}"), exampleFiles()...).Answers
	require.Len(t, refused, 1)
	assert.Contains(t, refused[0].Answer, "No: step 2 fails, because erin is not assigned ProjectOperator")

	no := false
	for problem, q := range map[string]Question{
		`as.grups: unknown key; did you mean "groups"?`: ask("{identityCenter: dave, grups: [a]}"),
		"is no YAML":                ask("{identityCenter: dave"),
		"mfa: is for IAM users":     ask("{identityCenter: dave}", func(q *Question) { q.MFA = &no }),
		"session: is for IAM users": ask("{identityCenter: dave}", func(q *Question) { q.Session = "key" }),
		"as.groups: \"nobody\" is no group of identityCenter.groups": ask("{identityCenter: erin, groups: [nobody]}"),
	} {
		_, err := Ask(q, readFile(t, exampleFiles()[1]), readFile(t, exampleFiles()[2]))
		require.Error(t, err)
		assert.Contains(t, strings.ReplaceAll(err.Error(), "\n", " "), problem)
	}
}
