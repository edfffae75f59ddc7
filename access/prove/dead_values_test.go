package prove_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// A value that no request has, whatever the operator makes of it, was meant to be another: a wildcard under an operator
// that has none, a type of principal that AWS does not have. What some request has is not reported.
func TestValuesThatNoRequestHasAreReported(t *testing.T) {
	exact := []policy.BaseOperator{
		policy.OpStringEquals, policy.OpStringNotEquals,
		policy.OpStringEqualsIgnoreCase, policy.OpStringNotEqualsIgnoreCase,
	}
	patterns := []policy.BaseOperator{policy.OpStringLike, policy.OpStringNotLike}
	reported := func(o policy.Operator, key string, values ...string) []string {
		var found []string
		st := policy.Deny("It", "*").On("*").When(policy.Is(o, key, values...))
		for _, d := range prove.DeadConditions(policy.New(st)) {
			if len(d.Values) > 0 {
				assert.Contains(t, d.Error(), "It: "+key+" is never ")
				found = append(found, d.Values...)
			}
		}
		return found
	}
	starred := map[string][]string{
		"aws:PrincipalArn":         {"arn:aws:iam::*:root", "arn:aws:iam::111122223333:role/*", "*", "arn:*:iam::111122223333:user/a", "arn:aws:iam::11112222333?:role/a"},
		"AWS:principalarn":         {"arn:aws:iam::*:role/deploy"},
		"aws:SourceArn":            {"arn:aws:s3:*:111122223333:bucket"},
		"aws:PrincipalAccount":     {"*", "1111*"},
		"aws:PrincipalOrgID":       {"o-*"},
		"aws:RequestedRegion":      {"us-*", "eu-west-?"},
		"aws:SourceVpce":           {"vpce-*"},
		"aws:PrincipalTag/Team":    {"shop-*"},
		"aws:username":             {"*@example.com"},
		"aws:userid":               {"AROAEXAMPLE:*"},
		"aws:PrincipalOrgPaths":    {"o-exampleorgid/*"},
		"aws:CalledVia":            {"*.amazonaws.com"},
		"aws:ResourceAccount":      {"????????????"},
		"aws:PrincipalServiceName": {"*.amazonaws.com"},
	}
	fine := map[string][]string{
		"aws:PrincipalArn":      {"arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/*/a", "${aws:username}"},
		"aws:RequestTag/Team":   {"a*"},
		"s3:prefix":             {"home/*"},
		"aws:RequestedRegion":   {"us-east-1"},
		"aws:PrincipalTag/Team": {"shop", "${aws:RequestTag/Team}*"},
		"aws:UserAgent":         {"*"},
	}
	for _, quantifier := range []policy.Quantifier{policy.NoQuantifier, policy.ForAnyValue, policy.ForAllValues} {
		for _, base := range exact {
			o := policy.Operator{Base: base, Quantifier: quantifier}
			for key, values := range starred {
				assert.ElementsMatch(t, values, reported(o, key, values...), "%s %s", o, key)
				assert.Equal(t, values[:1], reported(o, key, values[0], "x"), "%s %s", o, key)
			}
			for key, values := range fine {
				assert.Empty(t, reported(o, key, values...), "%s %s", o, key)
			}
		}
		for _, base := range patterns {
			o := policy.Operator{Base: base, Quantifier: quantifier}
			for key, values := range starred {
				assert.Empty(t, reported(o, key, values...), "%s %s", o, key)
			}
		}
	}
	const kind = "aws:PrincipalType"
	for _, base := range append(exact, patterns...) {
		o := policy.Operator{Base: base}
		assert.ElementsMatch(t, []string{"Nobody", "Role", "Assumed*User"}, reported(o, kind, "Nobody", "Role", "User", "Assumed*User"))
		for _, known := range []string{"Account", "AssumedRole", "FederatedUser", "User"} {
			assert.Empty(t, reported(o, kind, known), "%s %s", base, known)
		}
	}
	assert.Empty(t, reported(policy.Operator{Base: policy.OpStringLike}, kind, "Assumed*"))
	assert.Empty(t, reported(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, kind, "user"))
	assert.Equal(t, []string{"user"}, reported(policy.Operator{Base: policy.OpStringEquals}, kind, "user"))
}

// A statement whose time is over is told from then on, and neither before nor for what comes or never was.
func TestStatementsThatAreOverAreReported(t *testing.T) {
	over := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	on := func(operator, key string, values ...string) policy.Condition {
		op, err := policy.ParseOperator(operator)
		require.NoError(t, err)
		return policy.Condition{Operator: op, Key: key, Values: values}
	}
	end := over.Format(time.RFC3339)
	for name, c := range map[string]struct {
		conditions    []policy.Condition
		before, after bool
	}{
		"an end":                 {[]policy.Condition{on("DateLessThan", "aws:CurrentTime", end)}, false, true},
		"an end, if it exists":   {[]policy.Condition{on("DateLessThanEqualsIfExists", "aws:CurrentTime", "2025-12-31T00:00:00Z")}, false, true},
		"an end in seconds":      {[]policy.Condition{on("NumericLessThan", "aws:EpochTime", "1767225600")}, false, true},
		"one instant":            {[]policy.Condition{on("DateEquals", "aws:CurrentTime", "2025-12-31T23:59:59Z")}, false, true},
		"a window":               {[]policy.Condition{on("DateGreaterThan", "aws:CurrentTime", "2025-12-01T00:00:00Z"), on("DateLessThan", "aws:CurrentTime", end)}, false, true},
		"a beginning":            {[]policy.Condition{on("DateGreaterThan", "aws:CurrentTime", end)}, false, false},
		"an end that is to come": {[]policy.Condition{on("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")}, false, false},
		"sessions from before":   {[]policy.Condition{on("DateLessThan", "aws:TokenIssueTime", end)}, false, false},
		"no time":                {[]policy.Condition{on("StringEquals", "aws:PrincipalType", "User")}, false, false},
		"never at all": {[]policy.Condition{on("DateGreaterThan", "aws:CurrentTime", "2025-12-02T00:00:00Z"),
			on("DateLessThan", "aws:CurrentTime", "2025-12-01T00:00:00Z")}, false, false},
	} {
		d := policy.New(policy.Deny("Fine", "*").On("*"), policy.Deny("It", "*").On("*").When(c.conditions...))
		assert.Equal(t, c.before, len(prove.Ended(d, over.AddDate(0, -3, 0))) > 0, name)
		ended := prove.Ended(d, over.Add(time.Second))
		assert.Equal(t, c.after, len(ended) > 0, name)
		for _, e := range ended {
			assert.Equal(t, 1, e.Index, name)
			assert.Contains(t, e.Error(), "It: its time is over")
		}
	}
}
