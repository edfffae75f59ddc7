package search_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A pattern that tells people apart by their names keeps each of those whom it matches to themselves, and everybody
// else together.
func TestPatternsThatTellPeopleApart(t *testing.T) {
	for _, c := range []struct {
		pattern string
		alone   []string
	}{
		{"user/*", nil},
		{"user/b*", []string{"bob", "bobby"}},
		{"user/?arol", []string{"carol"}},
		{"user/*/b*", []string{"bob", "bobby"}},
		{"user/BOB", []string{"bob"}},
		{"user/dave", nil},
		{"*o*", []string{"bob", "bobby", "carol"}},
		{"group/b*", []string{"bob", "bobby"}},
		{"user/${aws:username}", nil},
		{"user/${aws:username}*", []string{"alice", "bob", "bobby", "carol"}},
	} {
		var users []world.User
		for _, name := range []string{"alice", "bob", "bobby", "carol"} {
			users = append(users, world.User{Name: name, Groups: []string{"g"}})
		}
		w := world.World{
			Accounts: []world.Account{
				{
					ID:        fixture.People,
					Partition: policy.AWS,
					Users:     users,
					Groups: []world.Group{{Name: "g", Inline: []world.InlinePolicy{
						{
							Name: "p",
							Document: policy.New(
								policy.Deny("D", "iam:CreateAccessKey").
									On("arn:aws:iam::" + fixture.People + ":" + c.pattern),
							),
						},
					}}},
				},
			},
		}
		e, err := engine.Compile(w)
		require.NoError(t, err)
		shared := search.NewSolved()
		var alone []string
		for i := range users {
			caller, _ := search.NewCaller(e, engine.Console(users[i].ARN(&w.Accounts[0])), shared)
			own := caller.Own()
			require.NotNil(t, own)
			b := caller.Search.B.Bind(caller.Principal.Identity.Deny[0])
			if strings.Contains(c.pattern, "${aws:username}*") {
				// A name with a wildcard behind it is nobody's own text.
				_, named := search.EndsInName(b.Lits[1].Globs[0], []rune(users[i].Name))
				require.False(t, named)
			}
			if caller.WrittenBound(own, b) == 0 {
				alone = append(alone, users[i].Name)
			}
		}
		assert.Equal(t, c.alone, alone, c.pattern)
	}
}

// Names of users are exchanged in ARNs of IAM: the catalogue has no form of such an ARN that tells names apart.
func TestFormsOfIAMPassEveryName(t *testing.T) {
	cat := catalogue.Catalogue()
	for _, s := range cat.Services {
		for i := s.First; i < s.Last; i++ {
			for _, arn := range s.Details().Forms(s, i).Arns {
				if !strings.Contains(arn, ":iam:") {
					continue
				}
				_, end, found := strings.Cut(arn, "/")
				assert.True(
					t,
					!found || strings.HasPrefix(end, "${") && strings.HasSuffix(end, "}"),
					"%s: %s",
					cat.Name(i),
					arn,
				)
			}
		}
	}
}
