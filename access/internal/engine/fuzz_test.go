package engine_test

import (
	"testing"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// FuzzDecide: no document that parses makes Compile, Decide or Explain panic, in whatever role it stands, and the
// last two agree.
func FuzzDecide(f *testing.F) {
	for _, d := range []policy.Document{fixture.MfaGuard(), fixture.Operation(fixture.People), fixture.TrustWithMFA(fixture.UserARN("bob"))} {
		f.Add(
			[]byte(d.JSON()),
			"ssm:StartSession",
			"arn:aws:ssm:eu-west-1:111122223333:document/x",
			"aws:TagKeys",
			"Project",
		)
	}
	f.Add(
		[]byte(
			`{"Statement":{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::${aws:username, 'x'}*","Condition":{"ForAllValues:DateLessThanIfExists":{"aws:EpochTime":"1796083200"},"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]}}}}`,
		),
		"iam:TagUser",
		"*",
		"aws:SourceIp",
		"10.1.2.3",
	)
	f.Fuzz(func(t *testing.T, document []byte, action, arn, key, value string) {
		if d, err := policy.Parse(document); err == nil {
			decideEverywhere(t, d, action, arn, key, value)
		}
	})
}

// FuzzStatement: the same for one statement whose parts the fuzzer writes, which reaches further into patterns,
// variables and operators.
func FuzzStatement(f *testing.F) {
	f.Add(
		"ssm:*",
		"arn:aws:ssm:*:*:document/${aws:username, 'x'}",
		"ForAnyValue:StringLikeIfExists",
		"aws:TagKeys",
		"Pro${*}*",
		"ssm:StartSession",
		"arn:aws:ssm:eu-west-1::document/x",
		"Project",
	)
	f.Add("*", "*", "DateLessThan", "aws:CurrentTime", "2026-12-01T00:00:00Z", "s3:GetObject", "*", "2026-12-01")
	f.Add(
		"iam:?ag*",
		"arn:aws:iam::*:user/*",
		"NotIpAddress",
		"aws:SourceIp",
		"2001:db8::/32",
		"iam:TagUser",
		"arn:aws:iam::111122223333:user/bob",
		"::1",
	)
	f.Add(
		"sts:AssumeRole",
		"*",
		"ArnNotLike",
		"aws:PrincipalArn",
		"arn:aws:iam::*:role/${aws:PrincipalTag/a}",
		"sts:AssumeRole",
		"*",
		"x",
	)
	f.Add("s3:*", "*", "NumericGreaterThanEquals", "s3:max-keys", "10.5", "s3:ListBucket", "arn:aws:s3:::b", "-3")
	f.Add("s3:*", "*", "BinaryEquals", "s3:k", "QQ==", "s3:ListBucket", "arn:aws:s3:::b", "QQ==")
	f.Fuzz(func(t *testing.T, pattern, resource, operator, key, value, action, arn, given string) {
		o, err := policy.ParseOperator(operator)
		if err != nil {
			return
		}
		s := policy.Allow("S", pattern).On(resource).When(policy.Is(o, key, value, given))
		decideEverywhere(
			t,
			policy.New(s, policy.Deny("D", action).On(resource).When(policy.Is(o, key, given))),
			action,
			arn,
			key,
			given,
		)
		decideEverywhere(
			t,
			policy.New(
				policy.Allow("T", pattern).
					For(policy.AWSPrincipals(resource, fixture.People)).
					When(policy.Is(o, key, value)),
			),
			action,
			arn,
			key,
			given,
		)
	})
}

// decideEverywhere puts a document into every role that a document can have, asks, and holds Decide against Explain.
func decideEverywhere(t *testing.T, d policy.Document, action, arn, key, value string) {
	inline := []world.InlinePolicy{{Name: "p", Document: d}}
	managed := world.ManagedPolicy{ARN: "arn:aws:iam::111122223333:policy/p", Document: d}
	worlds := []world.World{
		{Accounts: []world.Account{{ID: fixture.People, Users: []world.User{{Name: "bob", Inline: inline}}}}},
		{
			Accounts: []world.Account{
				{
					ID:       fixture.People,
					Policies: []world.ManagedPolicy{managed},
					Users:    []world.User{{Name: "bob", Attached: []string{managed.ARN}, Boundary: managed.ARN}},
				},
			},
		},
		{
			Accounts: []world.Account{
				{ID: fixture.People, Users: []world.User{{Name: "bob"}}, Roles: []world.Role{{Name: "r", Trust: d}}},
			},
		},
		{
			Accounts: []world.Account{{ID: fixture.People, Users: []world.User{{Name: "bob"}}}},
			Organization: &world.Organization{ID: "o-exampleorgid", Root: world.Unit{
				ID: "r-exam",
				Policies: []world.ServiceControlPolicy{
					{Name: "s", Document: d},
				},
				Accounts: []world.OrganizationAccount{
					{ID: fixture.People, Policies: []world.ServiceControlPolicy{{Name: "s", Document: d}}},
				},
			}},
		},
	}
	sessions := []engine.Session{
		engine.LongTermKey(fixture.UserARN("bob")).WithMFACode(),
		engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Hour),
		engine.Root(fixture.People),
		engine.Service("ec2.amazonaws.com"),
	}
	requests := []engine.Request{
		{
			Action:    action,
			Resources: []engine.Resource{{ARN: arn, Tags: []world.Tag{{Key: "Project", Value: value}}}},
			Context:   engine.Context{key: {value}},
			Time:      time.Unix(1796083200, 0),
		},
		{Action: action, Context: engine.Context{key: {value, ""}}},
		engine.AssumeRole(fixture.RoleARN("r"), value, world.Tag{Key: key, Value: value}),
	}
	for _, w := range worlds {
		e, err := engine.Compile(w)
		if err != nil {
			continue
		}
		for _, s := range sessions {
			if limited, err := e.LimitedTo(s, d); err == nil && len(value)%2 == 0 {
				s = limited
			}
			for _, r := range requests {
				decision, err := e.Decide(s, r)
				x, explainErr := e.Explain(s, r)
				if (err == nil) != (explainErr == nil) {
					t.Fatalf("Decide: %v, Explain: %v", err, explainErr)
				}
				if err == nil && decision.Outcome != x.Decision.Outcome {
					t.Fatalf("Decide: %s, Explain: %s", decision, x.Decision)
				}
				_ = x.String()
			}
		}
	}
}
