package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// holds decides whether a condition on the key s3:k holds for the values; nil values leave the key out.
func holds(t require.TestingT, operator string, policyValues, requestValues []string) bool {
	parsed, err := policy.ParseOperator(operator)
	require.NoError(t, err)
	e, err := engine.Compile(fixture.OneUser(policy.Statement{
		Sid: "S", Effect: policy.EffectAllow, Actions: []string{"s3:Get"}, Resources: []string{"*"},
		Conditions: []policy.Condition{{Operator: parsed, Key: "s3:k", Values: policyValues}},
	}))
	require.NoError(t, err)
	d, err := e.Decide(
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.Request{Action: "s3:Get", Context: engine.Context{"S3:K": requestValues}},
	)
	require.NoError(t, err)
	return d.Allowed()
}

// Every operator compares as the IAM User Guide has it.
func TestOperators(t *testing.T) {
	arn := "arn:aws:iam::111122223333:role/a/b"
	for _, c := range []struct {
		operator, policy, request string
		want                      bool
	}{
		{"StringEquals", "a", "a", true},
		{"StringEquals", "a", "A", false},
		{"StringEquals", "a*", "ab", false},
		{"StringEquals", "a*", "a*", true},
		{"StringEquals", "", "", true},
		{"StringNotEquals", "a", "A", true},
		{"StringEqualsIgnoreCase", "Ä", "ä", true},
		{"StringNotEqualsIgnoreCase", "A", "a", false},
		{"StringLike", "a*c?", "abcd", true},
		{"StringLike", "a:*", "a:b:c", true},
		{"StringNotLike", "a*", "b", true},
		{"StringNotLike", "a*", "ab", false},
		{"NumericEquals", "10", "10.0", true},
		{"NumericEquals", "10", "ten", false},
		{"NumericNotEquals", "10", "11", true},
		{"NumericNotEquals", "10", "ten", true},
		{"NumericLessThan", "3600", "3599", true},
		{"NumericLessThan", "3600", "3600", false},
		{"NumericLessThan", "3600", "-1", true},
		{"NumericLessThanEquals", "3600", "3600", true},
		{"NumericGreaterThan", "9", "10", true},
		{"NumericGreaterThanEquals", "9.5", "9.49", false},
		{"NumericEquals", "16", "0x10", false},
		{"DateEquals", "2026-12-01T00:00:00Z", "2026-12-01T09:00:00+09:00", true},
		{"DateEquals", "2026-12-01", "1796083200", true},
		{"DateNotEquals", "2026-12-01", "2026-12-01T00:00:01Z", true},
		{"DateLessThan", "2026-12-01T00:00:00Z", "2026-11-30T23:59:59Z", true},
		{"DateLessThan", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", false},
		{"DateLessThanEquals", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", true},
		{"DateGreaterThan", "1796083200", "2026-12-01T00:00:01Z", true},
		{"DateGreaterThanEquals", "2026-12", "2026-11-30", false},
		{"DateLessThan", "2026-12-01", "tomorrow", false},
		{"Bool", "true", "TRUE", true},
		{"Bool", "false", "true", false},
		{"Bool", "false", "no", false},
		{"BinaryEquals", "QmluYXJ5", "QmluYXJ5", true},
		{"BinaryEquals", "QmluYXJ5", "Binary", false},
		{"IpAddress", "203.0.113.0/24", "203.0.113.255", true},
		{"IpAddress", "203.0.113.0/24", "203.0.114.0", false},
		{"IpAddress", "203.0.113.7", "203.0.113.7", true},
		{"IpAddress", "2001:db8::/32", "2001:0db8:1234::1", true},
		{"IpAddress", "203.0.113.0/24", "2001:db8::1", false},
		{"IpAddress", "203.0.113.0/24", "here", false},
		{"NotIpAddress", "203.0.113.0/24", "198.51.100.1", true},
		{"NotIpAddress", "203.0.113.0/24", "203.0.113.1", false},
		{"ArnEquals", "arn:aws:iam::*:role/a/*", arn, true},
		{"ArnLike", "arn:aws:iam::*:role/b", arn, false},
		{"ArnLike", "arn:aws:iam::111122223333:role/?/b", arn, true},
		{"ArnLike", "arn:aws:iam::*:role/*", "role/a", false},
		{"ArnNotLike", "arn:aws:iam::*:role/*", arn, false},
		{"ArnNotLike", "arn:aws:iam::*:role/*", "role/a", true},
		{"ArnNotEquals", "arn:aws:iam::*:user/*", arn, true},
		{"Null", "true", "", false},
		{"Null", "false", "", true},
	} {
		assert.Equal(
			t,
			c.want,
			holds(t, c.operator, []string{c.policy}, []string{c.request}),
			"%s %q on %q",
			c.operator,
			c.policy,
			c.request,
		)
	}
}

// sample values that every operator accepts in a policy.
var sampleValues = map[string]string{
	"String":  "a",
	"Numeric": "1",
	"Date":    "2026-12-01",
	"Bool":    "true",
	"Binary":  "YQ==",
	"Ip":      "192.0.2.1",
	"NotIp":   "192.0.2.1",
	"Arn":     "arn:aws:s3:::b",
}

func sampleValue(base policy.BaseOperator) string {
	for prefix, value := range sampleValues {
		if strings.HasPrefix(string(base), prefix) {
			return value
		}
	}
	return "true"
}

// An absent key matches nothing but negated operators and IfExists; the quantifiers read it as the empty set, also
// when negated.
func TestAbsentKeys(t *testing.T) {
	for _, base := range policy.BaseOperators() {
		value := []string{sampleValue(base)}
		if base == policy.OpNull {
			assert.True(t, holds(t, "Null", []string{"true"}, nil))
			assert.False(t, holds(t, "Null", []string{"false"}, nil))
			continue
		}
		assert.Equal(t, base.Negated(), holds(t, string(base), value, nil), base)
		assert.True(t, holds(t, string(base)+"IfExists", value, nil), base)
		assert.True(t, holds(t, "ForAllValues:"+string(base), value, nil), base)
		assert.False(t, holds(t, "ForAnyValue:"+string(base), value, nil), base)
		assert.True(t, holds(t, "ForAnyValue:"+string(base)+"IfExists", value, nil), base)
		assert.Equal(
			t,
			holds(t, string(base), value, nil),
			holds(t, string(base), value, []string{}),
			"%s: an empty list is absent",
			base,
		)
	}
}

// The quantifiers ask all members or any member; a key whose only value is empty is the empty set to them.
func TestQuantifiers(t *testing.T) {
	for _, c := range []struct {
		operator        string
		policy, request []string
		want            bool
	}{
		{"ForAllValues:StringEquals", []string{"a", "b"}, []string{"b", "a"}, true},
		{"ForAllValues:StringEquals", []string{"a", "b"}, []string{"a", "c"}, false},
		{"ForAnyValue:StringEquals", []string{"a", "b"}, []string{"c", "b"}, true},
		{"ForAnyValue:StringEquals", []string{"a", "b"}, []string{"c", "d"}, false},
		{"ForAllValues:StringNotEquals", []string{"a", "b"}, []string{"c", "d"}, true},
		{"ForAllValues:StringNotEquals", []string{"a", "b"}, []string{"c", "a"}, false},
		{"ForAnyValue:StringNotEquals", []string{"a", "b"}, []string{"a", "c"}, true},
		{"ForAnyValue:StringNotEquals", []string{"a", "b"}, []string{"a", "b"}, false},
		{"ForAnyValue:StringEqualsIgnoreCase", []string{"Project"}, []string{"Name", "PROJECT"}, true},
		{"ForAllValues:StringEquals", []string{"a"}, []string{""}, true},
		{"ForAnyValue:StringEquals", []string{""}, []string{""}, false},
		{"StringNotEquals", []string{"a", "b"}, []string{"b"}, false},
		{"StringNotEquals", []string{"a", "b"}, []string{"c"}, true},
	} {
		assert.Equal(
			t,
			c.want,
			holds(t, c.operator, c.policy, c.request),
			"%s %q on %q",
			c.operator,
			c.policy,
			c.request,
		)
	}
}

// Several values and no quantifier: AWS does not say, so it is an error.
func TestSeveralValuesWithoutQuantifierAreAnError(t *testing.T) {
	e := fixture.Compiled(
		t,
		fixture.OneUser(policy.Allow("S", "s3:Get").On("*").When(policy.StringEquals("aws:TagKeys", "a"))),
	)
	r := engine.Request{Action: "s3:Get", Context: engine.Context{"aws:TagKeys": {"a", "b"}}}
	_, err := e.Decide(engine.LongTermKey(fixture.UserARN("bob")), r)
	require.ErrorContains(
		t,
		err,
		`aws:TagKeys has 2 values in this request and StringEquals has neither ForAllValues nor ForAnyValue`,
	)
	require.ErrorContains(t, err, "user/bob, p, S")
}

// A condition that cannot be decided matters only when nothing else settles the statement.
func TestUndecidedConditionsGiveWayToThoseThatFail(t *testing.T) {
	dated := policy.Allow("Dated", "s3:Get").
		On("*").
		When(policy.From(time.Unix(0, 0)), policy.StringEquals("s3:k", "a"))
	e := fixture.Compiled(t, fixture.OneUser(dated, policy.Allow("Plain", "s3:Get").On("arn:aws:s3:::b")))
	d := fixture.Decide(
		t,
		e,
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.Request{Action: "s3:Get", Context: engine.Context{"s3:k": {"b"}}},
	)
	assert.Equal(t, engine.ImplicitlyDenied, d.Outcome)
	d = fixture.Decide(
		t,
		e,
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.Request{
			Action:    "s3:Get",
			Context:   engine.Context{"s3:k": {"a"}},
			Resources: engine.On("arn:aws:s3:::b"),
		},
	)
	assert.Equal(t, "Plain", d.By.Sid)
	_, err := e.Decide(
		engine.LongTermKey(fixture.UserARN("bob")),
		engine.Request{Action: "s3:Get", Context: engine.Context{"s3:k": {"a"}}},
	)
	require.ErrorContains(t, err, "set the Time of the request")
}

// The values of variables are text, never patterns; without a value nothing matches, and a negated comparison does.
func TestVariables(t *testing.T) {
	tagged := func(value string) engine.Session {
		return engine.AssumedRole(fixture.RoleARN("r"), "s", world.Tag{Key: "Team", Value: value})
	}
	for _, c := range []struct {
		why       string
		statement policy.Statement
		session   engine.Session
		arn       string
		want      bool
	}{
		{"a resource with the value", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Team}/*"),
			tagged("red"), "arn:aws:s3:::b/red/x", true},
		{"a value of * is not a pattern", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Team}/*"),
			tagged("*"), "arn:aws:s3:::b/red/x", false},
		{"a value of * matches itself", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Team}/*"),
			tagged("*"), "arn:aws:s3:::b/*/x", true},
		{"without a value nothing", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Other}*"),
			tagged("red"), "arn:aws:s3:::b/", false},
		{"a default", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Other, 'all'}/*"),
			tagged("red"), "arn:aws:s3:::b/all/x", true},
		{"a default is not a pattern",
			policy.Allow("S",
				"s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Other, '*'}/x"), tagged("red"), "arn:aws:s3:::b/all/x", false},
		{"no default where there is a value",
			policy.Allow("S",
				"s3:Get").On("arn:aws:s3:::b/${aws:PrincipalTag/Team, " +
				"'all'}/*"), tagged("red"), "arn:aws:s3:::b/all/x", false},
		{"escapes", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${*}${?}${$}"), tagged("red"), "arn:aws:s3:::b/*?$",
			true},
		{"an escape is no wildcard", policy.Allow("S", "s3:Get").On("arn:aws:s3:::b/${*}"), tagged("red"),
			"arn:aws:s3:::b/x", false},
		{"the case of the key does not matter",
			policy.Allow("S",
				"s3:Get").On("arn:aws:s3:::b/${AWS:principaltag/TEAM}"), tagged("red"), "arn:aws:s3:::b/red", true},
		{"NotResource without a value leaves everything",
			policy.Statement{Sid: "S", Effect: policy.EffectAllow, Actions: []string{"s3:Get"},
				NotResources: []string{"arn:aws:s3:::b/${aws:PrincipalTag/Other}"}}, tagged("red"), "arn:aws:s3:::b/x", true},
		{"equal to the value",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.StringEquals("aws:userid",
				"AROAEXAMPLE:${aws:PrincipalTag/Team}")), tagged("s"), "*", true},
		{"equal without a value",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.StringEquals("aws:PrincipalTag/Team",
				"${aws:username}")), tagged("s"), "*", false},
		{"not equal without a value",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.StringNotEquals("aws:PrincipalTag/Team",
				"${aws:username}")), tagged("s"), "*", true},
		{"ignoring case", policy.Allow("S",
			"s3:Get").On("*").When(policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase},
			"aws:PrincipalTag/Team",
			"x${aws:PrincipalTag/Team}", "${aws:PrincipalTag/team}")), tagged("S"), "*", true},
		{"ignoring case, with text around",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "aws:userid",
				"aroaexample:${aws:PrincipalTag/Team}")), tagged("S"), "*", true},
		{"ignoring case, without a value",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, "aws:userid",
				"aroaexample:${aws:username}", "${aws:username}")), tagged("S"), "*", false},
		{"a whole ARN", policy.Allow("S",
			"s3:Get").On("*").When(policy.ArnLike("aws:PrincipalArn",
			"${aws:PrincipalTag/Team}")), tagged(fixture.RoleARN("r")), "*", true},
		{"a whole ARN is not a pattern",
			policy.Allow("S",
				"s3:Get").On("*").When(policy.ArnLike("aws:PrincipalArn",
				"${aws:PrincipalTag/Team}")), tagged(fixture.RoleARN("*")), "*", false},
		{"part of an ARN", policy.Allow("S",
			"s3:Get").On("*").When(policy.ArnLike("aws:PrincipalArn",
			"arn:aws:iam::${aws:PrincipalAccount}:role/?")), tagged("x"), "*", true},
		{"like the value", policy.Allow("S",
			"s3:Get").On("*").When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:userid",
			"*:${aws:PrincipalTag/Team}")), tagged("?"), "*", false},
	} {
		w := world.World{
			Accounts: []world.Account{
				{
					ID: fixture.People,
					Roles: []world.Role{
						{
							Name:   "r",
							ID:     "AROAEXAMPLE",
							Trust:  fixture.AnyoneAssumes(),
							Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(c.statement)}},
						},
					},
				},
			},
		}
		d := fixture.Decide(
			t,
			fixture.Compiled(t, w),
			c.session,
			engine.Request{Action: "s3:Get", Resources: engine.On(c.arn)},
		)
		assert.Equal(t, c.want, d.Allowed(), c.why)
	}
}

// In a document of version 2008-10-17 there are no variables.
func TestOldDocumentsHaveNoVariables(t *testing.T) {
	w := fixture.OneUser(policy.Allow("S", "s3:Get").On("arn:aws:s3:::${aws:username}"))
	w.Accounts[0].Users[0].Inline[0].Document.Version = "2008-10-17"
	e := fixture.Compiled(t, w)
	assert.False(
		t,
		fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("bob")),
			engine.Request{Action: "s3:Get", Resources: engine.On("arn:aws:s3:::bob")}).
			Allowed(),
	)
	assert.True(
		t,
		fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("bob")),
			engine.Request{Action: "s3:Get", Resources: engine.On("arn:aws:s3:::${aws:username}")}).
			Allowed(),
	)
}

// A negated operator says the opposite of its positive one whenever the key is there, for every set of values.
func TestNegatedOperatorsAreOpposites(t *testing.T) {
	opposites := map[string]string{
		"StringEquals":           "StringNotEquals",
		"StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
		"StringLike":             "StringNotLike",
		"NumericEquals":          "NumericNotEquals",
		"ArnLike":                "ArnNotLike",
		"IpAddress":              "NotIpAddress",
		"DateEquals":             "DateNotEquals",
	}
	rapid.Check(t, func(t *rapid.T) {
		positive := rapid.SampledFrom([]string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals",
			"ArnLike", "IpAddress", "DateEquals"}).
			Draw(t, "operator")
		sample := sampleValue(policy.BaseOperator(positive))
		value := rapid.SampledFrom([]string{sample, sample, sample + "1", "b", "", strings.ToUpper(sample)})
		policyValues := rapid.SliceOfN(rapid.Just(sample), 1, 2).Draw(t, "policy")
		request := rapid.SliceOfN(value, 1, 3).Draw(t, "request")
		if len(request) == 1 {
			require.NotEqual(
				t,
				holds(t, positive, policyValues, request),
				holds(t, opposites[positive], policyValues, request),
			)
		}
		if len(request) == 1 && request[0] == "" {
			return
		}
		all, none := holds(
			t,
			"ForAllValues:"+positive,
			policyValues,
			request,
		), holds(
			t,
			"ForAnyValue:"+opposites[positive],
			policyValues,
			request,
		)
		require.NotEqual(t, all, none, "all match, or any does not")
	})
}
