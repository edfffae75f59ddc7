package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// The generators draw from few and near-equal values, so that statements and requests meet often and miss narrowly.
var (
	someAction  = rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "ssm:GetConnectionStatus", "iam:TagUser"})
	somePattern = rapid.SampledFrom(
		[]string{"*", "s3:*", "s3:Get*", "S3:putobject", "ssm:GetConnectionStatu?", "iam:TagUser", "*:*"},
	)
	someResource = rapid.SampledFrom([]string{
		"*",
		"arn:aws:s3:::b/*",
		"arn:aws:s3:::b/${aws:username}/*",
		"arn:aws:s3:::b/${aws:PrincipalTag/Project}*",
		"arn:aws:iam::*:user/bob*",
		"arn:aws:ec2:*:111122223333:instance/*",
	})
	someARN = rapid.SampledFrom([]string{
		"*",
		"arn:aws:s3:::b/bob/x",
		"arn:aws:s3:::b/bobby/x",
		"arn:aws:iam::111122223333:user/bob",
		"arn:aws:iam::111122223333:user/bobby",
		"arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
	})
	someText = rapid.SampledFrom(
		[]string{"bob", "Bob", "bobby", "", "b*", "${aws:username}", "${aws:PrincipalTag/Project, 'bob'}"},
	)
	someKey = rapid.SampledFrom(
		[]string{
			"aws:username",
			"aws:PrincipalTag/Project",
			"aws:ResourceTag/Project",
			"s3:prefix",
			"aws:MultiFactorAuthPresent",
		},
	)
)

func someCondition(t *rapid.T) policy.Condition {
	base := rapid.SampledFrom([]policy.BaseOperator{
		policy.OpStringEquals,
		policy.OpStringNotEquals,
		policy.OpStringLike,
		policy.OpStringNotLike,
		policy.OpStringEqualsIgnoreCase,
		policy.OpStringNotEqualsIgnoreCase,
		policy.OpBool,
		policy.OpNull,
		policy.OpNumericLessThan,
		policy.OpArnLike,
	}).Draw(t, "operator")
	o := policy.Operator{Base: base}
	if base != policy.OpNull {
		o.IfExists = rapid.Bool().Draw(t, "ifExists")
		o.Quantifier = rapid.SampledFrom([]policy.Quantifier{policy.NoQuantifier, policy.NoQuantifier,
			policy.ForAllValues, policy.ForAnyValue}).
			Draw(t, "quantifier")
	}
	values := rapid.SliceOfN(someText, 1, 2)
	switch base {
	case policy.OpBool, policy.OpNull:
		values = rapid.SliceOfN(rapid.SampledFrom([]string{"true", "false"}), 1, 2)
	case policy.OpNumericLessThan:
		values = rapid.SliceOfN(rapid.SampledFrom([]string{"0", "3600"}), 1, 2)
	case policy.OpArnLike:
		values = rapid.SliceOfN(rapid.SampledFrom([]string{"arn:aws:iam::*:user/bob", "*"}), 1, 2)
	}
	return policy.Is(o, someKey.Draw(t, "key"), values.Draw(t, "values")...)
}

func someStatement(t *rapid.T, sid string) policy.Statement {
	s := policy.Statement{
		Sid: sid,
		Effect: rapid.SampledFrom([]policy.Effect{policy.EffectAllow, policy.EffectAllow, policy.EffectDeny}).
			Draw(t, "effect"),
	}
	if patterns := rapid.SliceOfN(somePattern, 1, 2).
		Draw(t, "actions"); rapid.IntRange(0, 4).
		Draw(t, "notAction") ==
		0 {
		s.NotActions = patterns
	} else {
		s.Actions = patterns
	}
	if resources := rapid.SliceOfN(someResource, 1, 2).
		Draw(t, "resources"); rapid.IntRange(0, 4).
		Draw(t, "notResource") ==
		0 {
		s.NotResources = resources
	} else {
		s.Resources = resources
	}
	keys := map[string]bool{}
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		if c := someCondition(t); !keys[c.Operator.String()+c.Key] {
			keys[c.Operator.String()+c.Key] = true
			s.Conditions = append(s.Conditions, c)
		}
	}
	return s
}

func someDocument(t *rapid.T) policy.Document {
	var statements []policy.Statement
	for i := range rapid.IntRange(1, 4).Draw(t, "statements") {
		statements = append(statements, someStatement(t, fmt.Sprintf("S%d", i)))
	}
	return policy.New(statements...)
}

// someQuestion is a session of the user bob or of the role r, and a request.
func someQuestion(t *rapid.T) (engine.Session, engine.Request) {
	s := rapid.SampledFrom([]engine.Session{
		engine.LongTermKey(
			fixture.UserARN("bob"),
		),
		engine.Console(fixture.UserARN("bob")),
		engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Minute),
		engine.AssumedRole(
			fixture.RoleARN("r"),
			"bob",
		),
		engine.AssumedRole(fixture.RoleARN("r"), "s", world.Tag{Key: "project", Value: "bob"}),
	}).Draw(t, "session")
	r := engine.Request{
		Action:    someAction.Draw(t, "action"),
		Resources: []engine.Resource{{ARN: someARN.Draw(t, "arn"), Tags: []world.Tag{}}},
		Context:   engine.Context{},
	}
	if value := someText.Draw(t, "tag"); rapid.Bool().Draw(t, "tagged") {
		r.Resources[0].Tags = []world.Tag{{Key: "Project", Value: value}}
	}
	if values := rapid.SliceOfN(someText, 1, 1).Draw(t, "prefix"); rapid.Bool().Draw(t, "prefixed") {
		r.Context["s3:prefix"] = values
	}
	return s, r
}

func worldOf(d policy.Document) world.World {
	inline := []world.InlinePolicy{{Name: "p", Document: d}}
	return world.World{
		Accounts: []world.Account{
			{
				ID:    fixture.People,
				Users: []world.User{{Name: "bob", Tags: []world.Tag{{Key: "Project", Value: "bobby"}}, Inline: inline}},
				Roles: []world.Role{{Name: "r", Trust: fixture.AnyoneAssumes(), Inline: inline}},
			},
		},
	}
}

func outcome(t *rapid.T, d policy.Document, s engine.Session, r engine.Request) engine.Outcome {
	e, err := engine.Compile(worldOf(d))
	require.NoError(t, err)
	decision, err := e.Decide(s, r)
	require.NoError(t, err)
	return decision.Outcome
}

// An Allow never takes away, a Deny never gives, and the order of statements means nothing.
func TestStatementsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, s := someDocument(t), someStatement(t, "Another")
		session, request := someQuestion(t)
		before, after := outcome(t, d, session, request), outcome(t, d.With(s), session, request)
		require.Equal(t, after, outcome(t, policy.New(s).With(d.Statements...), session, request), "order")
		if s.Effect == policy.EffectAllow && before != engine.ImplicitlyDenied {
			require.Equal(t, before, after)
		}
		if s.Effect == policy.EffectDeny && before != engine.Allowed {
			require.NotEqual(t, engine.Allowed, after)
		}
	})
}

// A document means the same after it was rendered and read.
func TestRenderedDocumentsMeanTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someDocument(t)
		session, request := someQuestion(t)
		read, err := policy.Parse([]byte(d.JSON()))
		require.NoError(t, err)
		require.Equal(t, outcome(t, d, session, request), outcome(t, read, session, request), d.JSON())
	})
}

// NotAction and NotResource say the opposite of Action and Resource; exactly one of the pair applies.
func TestNotElementsAreOpposites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		session, request := someQuestion(t)
		plain := policy.Statement{
			Sid:       "S",
			Effect:    policy.EffectAllow,
			Actions:   rapid.SliceOfN(somePattern, 1, 2).Draw(t, "actions"),
			Resources: []string{"*"},
		}
		opposite := plain
		opposite.Actions, opposite.NotActions = nil, plain.Actions
		require.NotEqual(
			t,
			outcome(t, policy.New(plain), session, request),
			outcome(t, policy.New(opposite), session, request),
		)
		plain = policy.Statement{
			Sid:       "S",
			Effect:    policy.EffectAllow,
			Actions:   []string{"*"},
			Resources: rapid.SliceOfN(someResource, 1, 2).Draw(t, "resources"),
		}
		opposite = plain
		opposite.Resources, opposite.NotResources = nil, plain.Resources
		require.NotEqual(
			t,
			outcome(t, policy.New(plain), session, request),
			outcome(t, policy.New(opposite), session, request),
		)
	})
}

// Explain and Decide never differ, and what Explain shows leads to the outcome.
func TestExplainAgreesWithDecide(t *testing.T) { rapid.Check(t, explainAgrees) }

// FuzzGenerated is that property under the fuzzer, which reaches further into documents that compile than FuzzDecide
// does.
func FuzzGenerated(f *testing.F) { f.Fuzz(rapid.MakeFuzz(explainAgrees)) }

func explainAgrees(t *rapid.T) {
	session, request := someQuestion(t)
	e, err := engine.Compile(worldOf(someDocument(t)))
	require.NoError(t, err)
	d, err := e.Decide(session, request)
	require.NoError(t, err)
	x, err := e.Explain(session, request)
	require.NoError(t, err)
	require.Equal(t, d, x.Decision)
	l := x.Parts[0].Layers[0]
	switch d.Outcome {
	case engine.ExplicitlyDenied:
		require.NotEmpty(t, l.Denies)
		require.Equal(t, d.By, l.Denies[0].By)
	case engine.Allowed:
		require.Empty(t, l.Denies)
		require.Equal(t, d.By, l.Allows[0].By)
	case engine.ImplicitlyDenied:
		require.Empty(t, l.Denies)
		require.Empty(t, l.Allows)
	}
	_ = x.String()
}

// An Engine answers many at once.
func TestEngineIsConcurrent(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for range 200 {
				d := fixture.Decide(
					t,
					e,
					engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "bob"),
					fixture.StartSession("i-0aaa", fixture.OwnShell),
				)
				require.Equal(t, engine.Allowed, d.Outcome)
			}
		})
	}
}
