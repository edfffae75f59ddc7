package search

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

func ifExists(base policy.BaseOperator, key string, values ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: base, IfExists: true}, key, values...)
}

// bruteTrust draws a trust policy of entries and conditions that go past each other in all the usual ways.
func bruteTrust(t *rapid.T, denies int) policy.Document {
	entry := rapid.SampledFrom([]policy.Principal{
		policy.AWSPrincipals(
			fixture.UserARN("bob"),
		),
		policy.AWSPrincipals(fixture.UserARN("bobby")),
		policy.AWSPrincipals(fixture.People),
		policy.AWSPrincipals(fixture.Members),
		policy.AWSPrincipals(
			"arn:aws:iam::" + fixture.Members + ":user/bob",
		),
		policy.AWSPrincipals(fixture.RoleARN("helper")),
		policy.Anyone(),
		policy.AWSPrincipals(
			"arn:aws:sts::" + fixture.People + ":assumed-role/helper/bob",
		),
		policy.ServicePrincipals("ec2.amazonaws.com"),
		policy.AWSPrincipals("*"),
		policy.AWSPrincipals(
			"arn:aws:iam::" + fixture.Members + ":root",
		),
		policy.ServicePrincipals("*"),
		{Kind: policy.PrincipalFederated, Values: []string{fixture.SamlProvider}},
		{
			Kind:   policy.PrincipalFederated,
			Values: []string{fixture.GithubProvider},
		},
		{Kind: policy.PrincipalFederated, Values: []string{"*"}},
	})
	condition := rapid.Custom(func(t *rapid.T) policy.Condition {
		return rapid.SampledFrom([]policy.Condition{
			policy.Bool(
				"aws:MultiFactorAuthPresent",
				true,
			),
			policy.BoolIfExists("aws:MultiFactorAuthPresent", true),
			policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
			policy.YoungerThan(
				"aws:MultiFactorAuthAge",
				time.Hour,
			),
			policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "3601"),
			policy.StringEquals(
				"sts:RoleSessionName",
				"${aws:username}",
			),
			policy.Is(policy.Operator{Base: policy.OpStringLike}, "sts:RoleSessionName", "${aws:username}*"),
			policy.StringEquals("sts:RoleSessionName", twoVariables),
			policy.Is(policy.Operator{Base: policy.OpStringNotLike}, "sts:RoleSessionName", twoVariables+"*"),
			policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "sts:RoleSessionName", "${aws:username}"),
			policy.ArnLike(
				"aws:PrincipalArn",
				fixture.UserARN("bob*"),
			),
			policy.ArnNotLike("aws:PrincipalArn", fixture.UserARN("bob")),
			policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:role/*"),
			policy.StringEquals(
				"aws:PrincipalAccount",
				fixture.People,
			),
			policy.StringNotEquals("aws:PrincipalAccount", fixture.People),
			policy.Present("aws:username"),
			policy.Absent("aws:username"),
			policy.StringEquals("sts:ExternalId", "x"),
			ifExists(
				policy.OpArnEquals,
				"aws:PrincipalArn",
				fixture.UserARN("bob"),
			),
			ifExists(policy.OpStringEquals, "aws:PrincipalAccount", fixture.People),
			ifExists(
				policy.OpStringEquals,
				"aws:username",
				"bob",
			),
			policy.Absent("aws:PrincipalArn"),
			policy.Bool("aws:PrincipalIsAWSService", false),
			ifExists(
				policy.OpStringEquals,
				"aws:SourceAccount",
				fixture.People,
			),
			policy.StringEquals("aws:SourceAccount", fixture.People),
			policy.Absent("aws:SourceAccount"),
			policy.StringEquals(
				"aws:PrincipalServiceName",
				"ec2.amazonaws.com",
			),
			policy.StringNotEquals("aws:PrincipalServiceName", "ec2.amazonaws.com"),
			policy.AllEqual("aws:PrincipalServiceNamesList", "ec2.amazonaws.com"),
			policy.Absent("aws:TokenIssueTime"),
			policy.StringEquals(
				"aws:PrincipalTag/team",
				"x",
			),
			policy.StringNotEquals("aws:PrincipalTag/team", "x"),
			policy.Absent("aws:userid"),
		}).Draw(t, "condition")
	})
	statement := func(effect policy.Effect) policy.Statement {
		s := policy.Statement{
			Effect: effect,
			Actions: []string{
				rapid.SampledFrom([]string{"sts:AssumeRole", "sts:*", "sts:TagSession", "sts:Assume*"}).
					Draw(t, "action"),
			},
		}
		if principals := rapid.SliceOfN(entry, 1, 2).Draw(t, "principals"); rapid.IntRange(0, 5).Draw(t, "not") == 0 {
			s = s.ForAllExcept(principals...)
		} else {
			s = s.For(principals...)
		}
		for range rapid.IntRange(0, 3).Draw(t, "conditions") {
			c := condition.Draw(t, "c")
			if !slices.ContainsFunc(
				s.Conditions,
				func(have policy.Condition) bool { return have.Key == c.Key && have.Operator == c.Operator },
			) {
				s = s.When(c)
			}
		}
		return s
	}
	d := policy.New()
	for range rapid.IntRange(1, 2).Draw(t, "allows") {
		d = d.With(statement(policy.EffectAllow))
	}
	for range rapid.IntRange(0, denies).Draw(t, "denies") {
		d = d.With(statement(policy.EffectDeny))
	}
	return d
}

// twoVariables are two variables in one pattern, whose values are not told apart for certain.
const twoVariables = "${aws:PrincipalTag/team}-${aws:username}"

// Of all callers of a small world, none assumes a role against a claim that the proof says holds, and whoever the
// proof shows does.
func TestTrustProofsFindWhatBruteForceFinds(t *testing.T) {
	all := []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	mfa := policy.Bool("aws:MultiFactorAuthPresent", true)
	questions := map[string]Question{
		"listed": Asking(
			[]policy.Statement{policy.Allow("", Assuming...).On("*")},
			policy.Allow("", "*").On("*").When(policy.StringEquals("aws:PrincipalArn", fixture.UserARN("bob"))),
		),
		"fresh": Asking(
			[]policy.Statement{policy.Allow("", Assuming...).On("*")},
			policy.Allow("", "*").
				On("*").
				When(mfa, policy.Is(policy.Operator{Base: policy.OpNumericLessThan}, "aws:MultiFactorAuthAge", "3600")),
		),
		"named": Asking(
			[]policy.Statement{policy.Allow("", Assuming...).On("*")},
			policy.Allow("", "*").On("*").When(policy.StringEquals("sts:RoleSessionName", "${aws:username}")),
		),
	}
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		helper := world.Role{
			Name:   "helper",
			Inline: all,
			Trust:  policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.People))),
		}
		target := world.Role{Name: "target", Trust: bruteTrust(rt, 1)}
		w := world.World{Accounts: []world.Account{
			{
				ID:        fixture.People,
				Partition: policy.AWS,
				Users: []world.User{
					{Name: "bob", Inline: all, Tags: []world.Tag{{Key: "team", Value: "x"}}},
					{Name: "bobby", Inline: all},
					{Name: "carol", Inline: all},
				},
				Roles: []world.Role{helper, target},
			},
			{
				ID:        fixture.Members,
				Partition: policy.AWS,
				Users:     []world.User{{Name: "bob", Inline: all}},
				Roles:     []world.Role{{Name: "far", Inline: all, Trust: helper.Trust}},
			},
			{ID: fixture.Stranger, Partition: policy.AWS, Users: []world.User{{Name: "eve", Inline: all}}},
		}}
		e, err := engine.Compile(w)
		require.NoError(rt, err)
		name := rapid.SampledFrom([]string{"listed", "fresh", "named"}).Draw(rt, "question")
		q := questions[name]
		a := AskTrust(e, e.Principals[fixture.RoleARN("target")], q)
		if a.GaveUp {
			require.Contains(rt, string(target.Trust.JSON()), twoVariables)
			counts["not certain"]++
		}

		var callers []engine.Session
		for _, arn := range []string{fixture.UserARN("bob"), fixture.UserARN("bobby"), fixture.UserARN("carol"), "arn:aws:iam::" + fixture.Members + ":user/bob", "arn:aws:iam::" + fixture.Stranger + ":user/eve"} {
			callers = append(
				callers,
				engine.LongTermKey(arn),
				engine.Console(arn),
				engine.ConsoleWithMFA(arn, 0),
				engine.ConsoleWithMFA(arn, time.Hour-time.Second),
				engine.ConsoleWithMFA(arn, time.Hour),
				engine.ConsoleWithMFA(arn, 2*time.Hour),
			)
		}
		callers = append(
			callers,
			engine.AssumedRole(fixture.RoleARN("helper"), "bob"),
			engine.AssumedRole(fixture.RoleARN("helper"), "other"),
			engine.AssumedRole("arn:aws:iam::"+fixture.Members+":role/far", "bob"),
			engine.Service("ec2.amazonaws.com"),
			engine.Service(
				"ssm.amazonaws.com",
			),
			engine.Federated(fixture.SamlProvider),
			engine.Federated(fixture.GithubProvider),
			engine.Federated("cognito-identity.amazonaws.com"),
		)
		for _, s := range callers {
			s = s.IssuedAt(engine.SomeDay)
			for _, sessionName := range []string{"bob", "bobby", "BOB", "bobx", "carol", "eve", "other", "x-bob", "x-bob1"} {
				for _, extra := range []engine.Context{nil, {"sts:ExternalId": {"x"}}, {"aws:SourceAccount": {fixture.People}}, {"aws:PrincipalServiceNamesList": {"ec2.amazonaws.com", "x"}}} {
					r := engine.AssumeRole(fixture.RoleARN("target"), sessionName)
					maps.Copy(r.Context, extra)
					if s.Kind == engine.FederatedSession {
						r.Action = "sts:AssumeRoleWithWebIdentity"
					}
					d, err := e.Decide(s, r)
					require.NoError(rt, err)
					if !d.Allowed() || !matchesAny(e, s, r, q.Forbidden) || matchesAny(e, s, r, q.Permitted) {
						continue
					}
					if a.Shut() {
						rt.Fatalf(
							"%s: the proof missed %s as %s with %v: %s",
							name,
							s,
							sessionName,
							r.Context,
							target.Trust.JSON(),
						)
					}
				}
			}
		}
		switch {
		case a.Open && a.Witness.Real:
			counts["real"]++
		case a.Open:
			counts["unreal"]++
		case a.Shut():
			counts["holds"]++
		}
	})
	t.Log(counts)
	require.Positive(t, counts["real"])
	require.Positive(t, counts["holds"])
}

func matchesAny(e *engine.Engine, s engine.Session, r engine.Request, list []*engine.Statement) bool {
	return slices.ContainsFunc(list, func(st *engine.Statement) bool { return matchesRequest(e, s, r, st) })
}

// A trust policy can name dozens of accounts, each of which is searched for by itself. What is tried for open keys is
// bounded for all of them together: what is left out is not proven, and who needs no such key is still found.
func TestWhatATrustPolicyOfManyAccountsCostsIsBounded(t *testing.T) {
	like := policy.Operator{Base: policy.OpStringLike}
	ask := func(accounts int, further ...policy.Statement) Answer {
		var named, values, teams []string
		for i := range accounts {
			named = append(named, fmt.Sprintf("arn:aws:iam::%012d:root", 111122220000+i))
		}
		for i := range 30 {
			values = append(values, fmt.Sprintf("%c%d-${aws:PrincipalTag/Team}-*", 'a'+i%20, i))
			teams = append(teams, fmt.Sprintf("%c%d", 'a'+i%20, i))
		}
		many := policy.Allow("Many", "sts:AssumeRole").For(policy.AWSPrincipals(named...)).When(
			policy.Is(like, "sts:RoleSessionName", values...),
			policy.Is(like, "aws:PrincipalTag/Team", teams...),
			policy.Is(like, "aws:username", "a*", "*b", "c?", "d"),
		)
		role := world.Role{Name: "target", Trust: policy.New(append([]policy.Statement{many}, further...)...)}
		w := world.World{Accounts: []world.Account{{
			ID: fixture.People, Partition: policy.AWS, Roles: []world.Role{role},
		}}}
		e := fixture.Compiled(t, w)
		return AskTrust(e, e.Principals[fixture.RoleARN("target")], Asking(
			// That nobody has the team which the session names is all that shuts it.
			[]policy.Statement{
				policy.Allow("", Assuming...).On("*").When(policy.StringEquals("sts:RoleSessionName", "a0-none-x")),
			},
		))
	}
	few := ask(1)
	require.False(t, few.Open)
	require.False(t, few.GaveUp)
	require.Greater(t, few.Classes, 10, "the variables of one account are tried")
	all := ask(90)
	require.False(t, all.Open)
	require.True(t, all.GaveUp)
	require.Equal(t, "Many", all.Grew.Sid)
	require.LessOrEqual(t, all.Classes, 2*maxTogether)

	anyone := policy.Allow("Anyone", "sts:AssumeRole").For(policy.AWSPrincipals(fixture.Stranger))
	open := ask(90, anyone)
	require.True(t, open.Open)
	require.True(t, open.Witness.Real)
	require.Equal(t, "Anyone", open.By.Sid)
}
