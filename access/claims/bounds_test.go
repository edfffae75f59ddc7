package claims

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
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
	in := intent.Account{
		Account:        fixture.People,
		Members:        []string{user.ARN(&w.Accounts[0])},
		Administrators: []string{},
	}
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

// What a search says that was given up is never taken for "nothing found": whatever does not hold where searches end
// does not hold where they are given up early.
func TestWhatDoesNotHoldNeverHoldsWhereSearchesAreGivenUp(t *testing.T) {
	// What is allowed is hidden behind Denies, so that a search has to make several statements fail before it finds it.
	hidden := func(allow policy.Statement) policy.Document {
		d := policy.New(allow)
		for i := range 12 {
			deny := policy.Deny("", allow.Actions...).
				When(policy.StringNotEquals(fmt.Sprintf("aws:RequestTag/t%d", i), "v"))
			deny.Resources, deny.Principals = allow.Resources, allow.Principals
			d = d.With(deny)
		}
		return d
	}
	open := []world.InlinePolicy{{Name: "all", Document: hidden(policy.Allow("All", "*").On("*"))}}
	trusting := func(who string) policy.Document {
		return hidden(policy.Allow("All", "sts:*").For(policy.AWSPrincipals(who)))
	}
	edits := map[string]func(*world.Account){
		"people": func(a *world.Account) {
			for i := range a.Users {
				a.Users[i].Inline = open
			}
		},
		"roles": func(a *world.Account) {
			for i := range a.Roles {
				a.Roles[i].Inline = open
			}
		},
		"trust": func(a *world.Account) {
			for i := range a.Roles {
				a.Roles[i].Trust = trusting("*")
			}
		},
		"trust of one user in roles that call nothing": func(a *world.Account) {
			for i := range a.Roles {
				a.Roles[i].Trust, a.Roles[i].Inline = trusting(fixture.UserARN("alice")), nil
			}
		},
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			w := fixture.DevWorld()
			edit(&w.Accounts[0])
			in := DerivedIntent(w.Accounts[0])
			for i := range in.OperationRoles {
				r := &in.OperationRoles[i].Role
				r.From, r.Until = time.Date(
					2026,
					11,
					1,
					0,
					0,
					0,
					0,
					time.UTC,
				), time.Date(
					2026,
					11,
					2,
					0,
					0,
					0,
					0,
					time.UTC,
				)
				r.Networks.Addresses = []string{"198.51.100.0/24"}
			}
			e := fixture.Compiled(t, w)
			whole, err := Prove(e, in)
			require.NoError(t, err)
			wrong, uncertain := map[string]bool{}, 0
			for _, f := range whole.Findings {
				if f.Verdict == prove.DoesNotHold {
					wrong[f.ID+" "+f.Subject] = true
				}
			}
			require.NotEmpty(t, wrong)
			for _, effort := range []int{-1, 1, 3, 6, 10, 20, 50} {
				limited := *e
				limited.Effort = effort
				report, err := Prove(&limited, in)
				require.NoError(t, err)
				for _, f := range report.Findings {
					if f.Uncertain {
						uncertain++
					}
					if wrong[f.ID+" "+f.Subject] {
						assert.Equal(
							t,
							prove.DoesNotHold,
							f.Verdict,
							"%s of %s with an effort of %d",
							f.ID,
							f.Subject,
							effort,
						)
					}
				}
			}
			assert.Positive(t, uncertain)
		})
	}
}
