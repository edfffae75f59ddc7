package claims

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A search for a resource that many patterns make long is given up, and says so with a statement: here Denies that count
// characters from the end, which took minutes before what such searches cost together was counted.
func TestASearchForAResourceThatGrowsEndsUncertain(t *testing.T) {
	calls := []string{"iam:CreateAccessKey", "iam:PutUserPolicy", "iam:PutRolePolicy", "ssm:StartSession"}
	counted := policy.New(policy.Allow("A", calls...).On("arn:aws:*:*:*:*a*a*a*a*a*a*a*a*"))
	for length := 9; length < 14; length++ {
		var patterns []string
		for _, a := range "abcdx0yzqwvk" {
			for _, b := range "abcdx0yzqwvk" {
				run := strings.Repeat("?", length)
				patterns = append(patterns, "arn:aws:*:*:*:*"+string(a)+run+"*"+string(b)+run)
			}
		}
		counted.Statements = append(counted.Statements, policy.Deny("", "*").On(patterns...))
	}
	long := policy.Deny("", "*")
	long.NotResources = []string{"arn:aws:*:*:*:" + strings.Repeat("?", 30) + "*"}
	counted.Statements = append(counted.Statements, long)
	user := world.User{Name: "u", Inline: []world.InlinePolicy{{Name: "p", Document: counted}}}
	w := world.World{Accounts: []world.Account{{ID: fixture.People, Users: []world.User{user}}}}
	in := intent.Account{Account: fixture.People, Members: []string{user.ARN(&w.Accounts[0])}, Administrators: []string{}}
	report, err := Prove(fixture.Compiled(t, w), in)
	require.NoError(t, err)
	uncertain := 0
	for _, f := range report.Findings {
		if f.Uncertain {
			uncertain++
			assert.Contains(t, f.Problem, "given up")
			assert.Contains(t, f.Problem, "statement #")
		}
	}
	assert.Positive(t, uncertain)
}
