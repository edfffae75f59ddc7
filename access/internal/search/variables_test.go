package search

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Several variables stand in one pattern, in any order and more than once: what the evaluator lets through with some
// values of them is never proven shut.
func TestEveryVariableOfAPatternIsTried(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		document := policy.New(fixture.VariableStatement(t, policy.EffectAllow))
		if rapid.Bool().Draw(t, "two") {
			document = document.With(fixture.VariableStatement(t, policy.EffectAllow))
		}
		if rapid.Bool().Draw(t, "deny") {
			document = document.With(fixture.VariableStatement(t, policy.EffectDeny))
		}
		asked := policy.Allow("", "s3:GetObject").On(
			"arn:aws:s3:::bucket/" + rapid.SampledFrom([]string{"*", "a", "ab", "a-*", "b-a"}).
				Draw(t, "asked resource"),
		)
		for _, key := range []string{"s3:w", "s3:x", "s3:y"} {
			if value := rapid.SampledFrom([]string{"any", "a", "b", "-"}).Draw(t, "asked "+key); value != "any" {
				asked = asked.When(policy.StringEquals(key, value))
			}
		}
		user := world.User{Name: "bob", ID: "AIDABOB", Inline: []world.InlinePolicy{{Name: "p", Document: document}}}
		e, err := engine.Compile(world.World{Accounts: []world.Account{{
			ID: fixture.People, Partition: policy.AWS, Users: []world.User{user},
		}}})
		require.NoError(t, err)
		s := engine.Console(fixture.UserARN("bob"))
		c, ok := NewCaller(e, s, NewSolved())
		require.True(t, ok)
		// What another question read is of no consequence.
		c.Ask(Asking(Anything))
		a := c.Ask(Asking([]policy.Statement{asked}))
		switch {
		case a.Open:
			counts["open"]++
			return
		case a.GaveUp:
			counts["not certain"]++
			return
		}
		counts["shut"]++
		wanted := engine.MustStatement(asked)
		for r := range fixture.VariableRequests {
			if !matchesRequest(e, s, r, wanted) {
				continue
			}
			d, err := e.Decide(s, r)
			require.NoError(t, err)
			require.False(
				t,
				d.Allowed(),
				"proven shut, and it lets in %v with %v\n%s",
				r.Resources,
				r.Context,
				document.JSON(),
			)
		}
	})
	t.Log(counts)
	for _, outcome := range []string{"open", "shut"} {
		require.Positive(t, counts[outcome], outcome)
	}
}

// Where it is not certain which values open keys can have, what is shut with any text in their place is shut. So is
// what the Denies without such keys shut.
func TestAnyTextInThePlaceOfAVariableProvesWhatIsShut(t *testing.T) {
	const app = "arn:aws:sagemaker:us-east-1:111122223333:app/${sagemaker:DomainId}/${sagemaker:UserProfileName}/*"
	allow := policy.Allow("Apps", "sagemaker:CreateApp", "iam:PassRole").On(app).When(
		policy.Is(policy.Operator{Base: policy.OpArnLike}, "sagemaker:OwnerUserProfileArn",
			"arn:aws:sagemaker:*:*:user-profile/${sagemaker:DomainId}/${sagemaker:UserProfileName}"),
	)
	for _, c := range []struct {
		name     string
		document policy.Document
		asked    policy.Statement
		open     bool
	}{
		{
			"another resource", policy.New(allow), policy.Allow("", "iam:PassRole").On("arn:aws:iam::*:role/*"), false,
		},
		{
			"another part of the resource", policy.New(allow),
			policy.Allow("", "sagemaker:CreateApp").On("arn:aws:sagemaker:us-east-1:111122223333:space/*"), false,
		},
		{
			"a Deny without a variable",
			policy.New(allow, policy.Deny("Apart", "sagemaker:*").On("arn:aws:sagemaker:*:*:app/*")),
			policy.Allow("", "sagemaker:CreateApp").On("*"), false,
		},
		{
			"what the resource allows", policy.New(allow), policy.Allow("", "sagemaker:CreateApp").On("*"), true,
		},
		{
			"what NotResource spares",
			policy.New(policy.Statement{
				Effect: policy.EffectAllow, Actions: []string{"sagemaker:CreateApp"},
				NotResources: []string{app, "arn:aws:sagemaker:*:*:app/d-1/*"},
			}),
			policy.Allow("", "sagemaker:CreateApp").On("arn:aws:sagemaker:us-east-1:111122223333:app/d-1/x/y/z"), false,
		},
		{
			"what a condition spares",
			policy.New(policy.Allow("Others", "s3:GetObject").On("*").When(policy.Is(
				policy.Operator{Base: policy.OpStringNotLike}, "s3:w", "${s3:x}-${s3:y}", "secret*",
			))),
			policy.Allow("", "s3:GetObject").On("*").When(policy.StringEquals("s3:w", "secret-1")), false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := asked(t, fixture.OneUser(c.document.Statements...), c.asked)
			require.Equal(t, c.open, a.Open)
			require.True(t, c.open || !a.GaveUp, "it is certain")
		})
	}
}

// A question is answered from what it reads itself: the variables of other statements, which another question has read,
// neither cost anything nor make it uncertain.
func TestAnswersDoNotRestOnWhatOtherQuestionsRead(t *testing.T) {
	e := fixture.Compiled(
		t,
		fixture.OneUser(
			policy.Allow("Tangled", "s3:GetObject").On("arn:aws:s3:::${s3:x}/${s3:y}/${s3:x}"),
			policy.Allow("Plain", "iam:TagUser").On(fixture.UserARN("${aws:username}")),
		),
	)
	fresh := func() *Caller {
		c, ok := NewCaller(e, engine.Console(fixture.UserARN("bob")), NewSolved())
		require.True(t, ok)
		return c
	}
	tagging := Asking([]policy.Statement{policy.Allow("", "iam:TagUser").On(fixture.UserARN("alice"))})
	before := fresh().Ask(tagging)
	require.False(t, before.Open || before.GaveUp)

	c := fresh()
	require.True(t, c.Ask(Asking(Anything)).Open)
	after := c.Ask(tagging)
	require.False(t, after.Open || after.GaveUp)
	require.Equal(t, before.Classes, after.Classes)
}
