package search_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Holes that lie between the values that a policy names: each is one request, or a few, that the evaluator allows. A
// search that does not find it must not be certain.
func TestHolesBetweenValuesAreFound(t *testing.T) {
	numeric := func(base policy.BaseOperator, key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Base: base}, key, values...)
	}
	all := func(base policy.BaseOperator, key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Quantifier: policy.ForAllValues, Base: base}, key, values...)
	}
	anyOf := func(key string, values ...string) policy.Condition {
		return policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals}, key, values...)
	}
	allow := func(c ...policy.Condition) policy.Statement { return policy.Allow("Hidden", "*").On("*").When(c...) }
	deny := func(c ...policy.Condition) policy.Statement { return policy.Deny("Shut", "*").On("*").When(c...) }
	const key = "token.example.com:claim"
	for name, statements := range map[string][]policy.Statement{
		"a fraction of a second since 1970": {allow(numeric(policy.OpNumericGreaterThan, "aws:EpochTime",
			"60.5"))},
		"a bound with many digits": {allow(numeric(policy.OpNumericGreaterThan, "aws:MultiFactorAuthAge",
			"99999999999999999999.5"))},
		"the whole number between two fractions": {allow(numeric(policy.OpNumericGreaterThan, "aws:MultiFactorAuthAge",
			"100.2")), deny(numeric(policy.OpNumericGreaterThan, "aws:MultiFactorAuthAge", "101.7"))},
		"between two numbers that differ in the last of many digits": {allow(numeric(policy.OpNumericGreaterThan, key,
			"60.000000000000000000001")),
			deny(numeric(policy.OpNumericGreaterThanEquals, key, "60.000000000000000000002"))},
		"a number that is written otherwise": {allow(numeric(policy.OpNumericEquals, key, "60"),
			policy.StringNotEquals(key, "60"))},
		"inside of the last second": {allow(numeric(policy.OpDateGreaterThan, "aws:CurrentTime",
			"2030-12-31T23:59:59Z")),
			deny(numeric(policy.OpDateGreaterThanEquals, "aws:CurrentTime", "2031-01-01T00:00:00Z"))},
		"one instant under two keys": {allow(numeric(policy.OpNumericEquals,
			"aws:EpochTime", "1924991999"), numeric(policy.OpDateGreaterThanEquals, "aws:CurrentTime", "2030-12-31T23:59:59Z"))},
		"a key that is there with nothing in it": {allow(all(policy.OpStringEquals, key, "a"),
			all(policy.OpStringEquals, key, "b"), policy.Present(key))},
		"two values of a key of which nobody says how many it has": {allow(anyOf(key, "a"),
			policy.Is(policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEqualsIgnoreCase}, key,
				"b"))},
		"an ARN operator with a value that is no ARN": {allow(policy.StringEquals(key, "bob")),
			deny(policy.Is(policy.Operator{Base: policy.OpArnEquals}, key, "${aws:username}"))},
		"an ARN operator with a colon in a part": {allow(policy.StringEquals(key, "arn:aws:iam::1:2:user/x")),
			deny(policy.Is(policy.Operator{Base: policy.OpArnLike}, key,
				"arn:aws:iam::${aws:PrincipalTag/place}:user/x"))},
		"between the halves of a network": {allow(numeric(policy.OpIPAddress, "aws:SourceIp", "10.0.0.0/8")),
			deny(numeric(policy.OpIPAddress, "aws:SourceIp", "10.0.0.0/9", "10.192.0.0/10"))},
		"true in another case": {allow(policy.Bool(key, true), policy.StringNotEquals(key, "true"))},
	} {
		t.Run(name, func(t *testing.T) {
			w := fixture.OneUser(statements...)
			w.Accounts[0].Users[0].Tags = []world.Tag{{Key: "place", Value: "1:2"}}
			e := fixture.Compiled(t, w)
			open, sure := false, true
			for _, s := range append(search.SignIns(fixture.UserARN("bob")), engine.LongTermKey(fixture.UserARN("bob"))) {
				c, ok := search.NewCaller(e, s, search.NewSolved())
				require.True(t, ok)
				a := c.Ask(search.Asking(search.Anything))
				open, sure = open || a.Open, sure && !a.GaveUp
			}
			assert.True(t, open || !sure, "the search says that nothing is allowed")
			if name != "a number that is written otherwise" {
				assert.True(t, open, "the search does not find it")
			}
		})
	}
}
