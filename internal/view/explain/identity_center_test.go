package explain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/stacktest"
)

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
	all := answers(
		t,
		ask("{identityCenter: dave, attributes: {enterprise.department: shop}}"),
		stacktest.OfPeople()...)
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
	refused := answers(t, ask("{identityCenter: erin, groups: [auditors]}"), stacktest.OfPeople()...).Answers
	require.Len(t, refused, 1)
	assert.Contains(t, refused[0].Answer, "No: step 2 fails, because erin is not assigned ProjectOperator")

	no := false
	for problem, q := range map[string]Question{
		`--as: grups: unknown key; did you mean "groups"?`: ask("{identityCenter: dave, grups: [a]}"),
		"is no YAML":                  ask("{identityCenter: dave"),
		"mfa: is for IAM users":       ask("{identityCenter: dave}", func(q *Question) { q.MFA = &no }),
		"--session: is for IAM users": ask("{identityCenter: dave}", func(q *Question) { q.Session = "key" }),
		"--as: groups: \"nobody\" is no group of identityCenter": ask("{identityCenter: erin, groups: [nobody]}"),
	} {
		_, err := Ask(
			q,
			stacktest.Read(t, stacktest.OfPeople()[1]),
			stacktest.Read(t, stacktest.OfPeople()[2]),
		)
		require.Error(t, err)
		assert.Contains(t, strings.ReplaceAll(err.Error(), "\n", " "), problem)
	}
}
