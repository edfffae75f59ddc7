package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

func conditionMessages(t *testing.T, condition string) string {
	t.Helper()
	return messages(t, policy.Identity, identityStatement+`,"Condition":{`+condition+`}`)
}

// Each operator takes the values that it can compare.
func TestOperatorsTakeValuesThatTheyCompare(t *testing.T) {
	for _, condition := range []string{
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`,
		`"BoolIfExists":{"aws:MultiFactorAuthPresent":false}`,
		`"Null":{"aws:MultiFactorAuthAge":"true"}`,
		`"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":["3600","-1","1.5"]}`,
		`"DateGreaterThanEquals":{"aws:CurrentTime":["2026-12-01T00:00:00Z","2026-12-01T09:00:00+09:00","2026-12-01T09:00Z","2026-12-01","1796083200"]}`,
		`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","203.0.113.7","2001:db8::/32","2001:db8::1"]}`,
		`"BinaryEquals":{"kms:Ciphertext":"QmluYXJ5"}`,
		`"StringLike":{"aws:userid":["${aws:userid}","*:alice","","${$}{x}","${aws:PrincipalTag/Team Name}"]}`,
		`"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":["Project","SSMSessionRunAs"]}`,
		`"StringEquals":{"ssm:resourceTag/aws:ssmmessages:session-id":"${aws:userid}","aws:ResourceTag/a b":"x","accounts.google.com:aud":"x"}`,
		`"StringEquals":{"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub":"x","saml:iss":"x"}`,
		`"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/guardrails/osaccess/*","arn:*:*:*:*:*","arn:aws:iam::${aws:PrincipalAccount}:root","${aws:PrincipalArn}"]}`,
		`"ArnLike":{"aws:SourceArn":"arn:aws:ec2:${aws:RequestedRegion}:111122223333:instance/*"}`,
		`"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:topic"}`,
	} {
		assert.Empty(t, conditionMessages(t, condition), condition)
	}
	for condition, want := range map[string]string{
		`"Bool":{"aws:MultiFactorAuthPresent":"yes"}`:            `Condition.Bool.aws:MultiFactorAuthPresent "yes" is neither true nor false`,
		`"Bool":{"aws:MultiFactorAuthPresent":"True"}`:           "is neither true nor false",
		`"Bool":{"aws:MultiFactorAuthPresent":["true","false"]}`: "takes true and false, and so tests nothing",
		`"Null":{"aws:MultiFactorAuthAge":["true","false"]}`:     "takes true and false, and so tests nothing",
		`"Null":{"aws:MultiFactorAuthAge":1}`:                    "is neither true nor false",
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"12h"}`:     "is not a number",
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"1e3"}`:     "is not a number",
		`"NumericLessThan":{"aws:MultiFactorAuthAge":""}`:        "is not a number",
		`"DateLessThan":{"aws:CurrentTime":"tomorrow"}`:          "is not a date",
		`"DateLessThan":{"aws:CurrentTime":"2026-12-01 09:00"}`:  "is not a date",
		`"DateLessThan":{"aws:CurrentTime":"2026-12-01T09:00:00"}`: "is not a date; write an instant with its " +
			"time zone",
		`"DateLessThan":{"aws:CurrentTime":"2026"}`:               "is not a date",
		`"DateLessThan":{"aws:CurrentTime":"2026-13-01"}`:         "is not a date",
		`"IpAddress":{"aws:SourceIp":"203.0.113"}`:                "is not an IP address or range",
		`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/33"}`:        "is not an IP address or range",
		`"IpAddress":{"aws:SourceIp":"fe80::1%eth0"}`:             "is not an IP address or range",
		`"BinaryEquals":{"kms:Ciphertext":"%"}`:                   "is not base64",
		`"ArnLike":{"aws:PrincipalArn":"*"}`:                      "is not an ARN of six parts",
		`"ArnLike":{"aws:PrincipalArn":"${aws:PrincipalArn}x"}`:   "is not an ARN of six parts",
		`"ArnLike":{"aws:PrincipalArn":"x}"}`:                     "is not an ARN of six parts",
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*"}`:         "is not an ARN of six parts",
		`"ArnNotLike":{"aws:PrincipalArn":"arn:awz:iam::*:root"}`: `names the partition "awz"`,
		`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::1:root"}`:  `names the account "1"`,
		`"StringLike":{"aws:userid":"${aws:userid"}`:              "without its closing brace",
		`"StringLike":{"aws:userid":"${userid}"}`:                 "${userid}, which is not a policy variable",
		`"StringEquals":{"aws:userid":[]}`:                        "Condition.StringEquals.aws:userid has no values",
		`"StringEquals":{"userid":"x"}`:                           `Condition key "userid" is not a condition key`,
		`"StringEquals":{"aws:":"x"}`:                             "is not a condition key",
		`"StringEquals":{":userid":"x"}`:                          "is not a condition key",
		`"StringEquals":{"aws:*":"x"}`:                            "is not a condition key",
		`"StringEquals":{"aws:PrincipalTag/${aws:userid}":"x"}`:   "is not a condition key",
	} {
		got := conditionMessages(t, condition)
		assert.Contains(t, got, want, condition)
		assert.NotContains(t, got, "\n", condition)
	}
}

// Only string and ARN operators read variables; elsewhere a variable is a value that nothing equals.
func TestOnlyStringAndARNOperatorsReadVariables(t *testing.T) {
	for _, base := range policy.BaseOperators() {
		document := policy.New(
			policy.Deny("S", "s3:*").
				On("*").
				When(policy.Is(policy.Operator{Base: base}, "aws:userid", "${aws:userid}")),
		)
		problems := document.Validate(policy.Identity, policy.Quotas{})
		switch base {
		case policy.OpStringEquals,
			policy.OpStringNotEquals,
			policy.OpStringEqualsIgnoreCase,
			policy.OpStringNotEqualsIgnoreCase,
			policy.OpStringLike,
			policy.OpStringNotLike,
			policy.OpArnEquals,
			policy.OpArnLike,
			policy.OpArnNotEquals,
			policy.OpArnNotLike:
			assert.Empty(t, problems, base)
		default:
			if assert.Len(t, problems, 1, base) {
				assert.Contains(t, problems[0].Message, "reads none", base)
			}
		}
	}
}

// One operator tests a key once: in JSON a second test would replace the first. Keys are the same in any case.
func TestOneOperatorTestsAKeyOnce(t *testing.T) {
	twice := func(keys ...string) []policy.Problem {
		s := policy.Deny("S", "s3:*").On("*")
		for _, key := range keys {
			s = s.When(policy.StringEquals(key, "x"))
		}
		return policy.New(s).Validate(policy.Identity, policy.Quotas{})
	}
	assert.Empty(t, twice("aws:username", "aws:userid"))
	for _, keys := range [][]string{{"aws:username", "aws:username"}, {"aws:username", "aws:UserName"}} {
		problems := twice(keys...)
		if assert.NotEmpty(t, problems, keys) {
			assert.Contains(t, problems[0].Message, "stands twice, and one would replace the other", keys)
		}
	}
	both := policy.New(
		policy.Deny("S", "s3:*").
			On("*").
			When(policy.StringEquals("aws:username", "x"), policy.StringNotEquals("aws:username", "y")),
	)
	assert.Empty(t, both.Validate(policy.Identity, policy.Quotas{}))
}

// An operator that was built by hand is one of the language.
func TestOperatorsBuiltByHandAreChecked(t *testing.T) {
	for _, operator := range []policy.Operator{
		{}, {Base: "Equals"}, {Base: policy.OpNull, IfExists: true}, {Base: policy.OpBool, Quantifier: "ForNoValue"},
	} {
		document := policy.New(policy.Deny("S", "s3:*").On("*").When(policy.Is(operator, "aws:userid", "true")))
		assert.Len(t, document.Validate(policy.Identity, policy.Quotas{}), 1, "%v", operator)
	}
}
