package policy_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/awspolicyequivalence"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// The encoder writes what AWS's own pages write: elements in their order, a list of one as a string, lists sorted,
// nothing escaped for HTML.
func TestADocumentRendersAsAWSWritesIt(t *testing.T) {
	document := policy.New(
		policy.Allow("AssumeWithMFA", "sts:AssumeRole").
			For(policy.ServicePrincipals("ec2.amazonaws.com"),
				policy.AWSPrincipals("arn:aws:iam::111122223333:user/b", "arn:aws:iam::111122223333:user/a")).
			When(policy.YoungerThan("aws:MultiFactorAuthAge", 12*time.Hour),
				policy.Bool("aws:MultiFactorAuthPresent", true)),
		policy.DenyAllExcept("Rest", "iam:GetUser", "iam:ChangePassword", "iam:GetUser").OnAllExcept("b", "a").
			When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false),
				policy.StringEquals("aws:PrincipalTag/Team", "R&D <x>")),
		policy.Allow("Anyone", "s3:GetObject").For(policy.Anyone()).On("*"),
	)
	want := `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"AssumeWithMFA","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/a","arn:aws:iam::111122223333:user/b"],` +
		`"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},` +
		`"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"43200"}}},` +
		`{"Sid":"Rest","Effect":"Deny","NotAction":["iam:ChangePassword","iam:GetUser"],"NotResource":["a","b"],"Condition":{` +
		`"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"StringEquals":{"aws:PrincipalTag/Team":"R&D <x>"}}},` +
		`{"Sid":"Anyone","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`
	assert.Equal(t, want, document.JSON())
	marshalled, err := json.Marshal(document)
	require.NoError(t, err)
	assert.JSONEq(t, want, string(marshalled))
}

// Another reader of policies finds the rendering equivalent to the text that it came from.
func TestRenderingKeepsTheMeaning(t *testing.T) {
	text := `{"Version":"2012-10-17","Statement":{"Sid":"S","Effect":"Deny","NotAction":["sts:GetSessionToken","iam:GetUser"],"Resource":"*",
		"Condition":{"Null":{"aws:MultiFactorAuthAge":true},"StringNotEquals":{"aws:username":["b","a"]}}}}`
	document, err := policy.Parse([]byte(text))
	require.NoError(t, err)
	same, err := awspolicy.PoliciesAreEquivalent(text, document.JSON())
	require.NoError(t, err)
	assert.True(t, same)
}

// What JSON cannot hold becomes no JSON at all, never a document with one condition less.
func TestTwoTestsOfOneKeyAreNeverRendered(t *testing.T) {
	document := policy.New(
		policy.Deny("S", "s3:*").
			On("*").
			When(policy.StringEquals("aws:username", "a"), policy.StringEquals("aws:username", "b")),
	)
	_, err := document.MarshalJSON()
	require.ErrorContains(t, err, `statement "S" has two conditions StringEquals on aws:username`)
	assert.False(t, json.Valid([]byte(document.JSON())))
	assert.False(t, json.Valid([]byte(document.Pretty())))
	assert.True(t, strings.HasPrefix(document.JSON(), "invalid policy document: "))
}

// A document and a statement never change once they are built.
func TestBuiltValuesDoNotChange(t *testing.T) {
	actions := []string{"s3:PutObject", "s3:GetObject"}
	base := policy.Allow("S", actions...)
	actions[0] = "iam:*"
	first := base.On("a").When(policy.Present("aws:username"))
	second := base.On("b").When(policy.Absent("aws:username"))
	document := policy.New(first)
	longer := document.With(second)
	other := document.With(base.On("c"))
	assert.Equal(t, []string{"s3:GetObject", "s3:PutObject"}, base.Actions)
	assert.Nil(t, base.Resources)
	assert.Nil(t, base.Conditions)
	assert.Len(t, document.Statements, 1)
	assert.Equal(t, []string{"b"}, longer.Statements[1].Resources)
	assert.Equal(t, []string{"c"}, other.Statements[1].Resources)
	found, ok := longer.Statement("S")
	assert.True(t, ok)
	assert.Equal(t, first, found)
	_, ok = longer.Statement("T")
	assert.False(t, ok)
}

// Every operator is read as it is written, in any case, with its quantifier and IfExists; others are refused.
func TestOperatorsReadAsTheyAreWritten(t *testing.T) {
	for _, base := range policy.BaseOperators() {
		for _, quantifier := range []policy.Quantifier{policy.NoQuantifier, policy.ForAllValues, policy.ForAnyValue} {
			for _, ifExists := range []bool{false, true} {
				want := policy.Operator{Quantifier: quantifier, Base: base, IfExists: ifExists}
				for _, text := range []string{want.String(), strings.ToLower(want.String()), strings.ToUpper(want.String())} {
					got, err := policy.ParseOperator(text)
					if base == policy.OpNull && want != (policy.Operator{Base: base}) {
						assert.Error(t, err, text)
						continue
					}
					require.NoError(t, err, text)
					assert.Equal(t, want, got, text)
				}
			}
		}
	}
	for _, text := range []string{"", "IfExists", "StringEqual", ":StringEquals", "ForAnyValue:", "ForAnyValue:ForAllValues:StringEquals", "Bool IfExists"} {
		_, err := policy.ParseOperator(text)
		assert.Error(t, err, text)
	}
}

// Instants are written in UTC, so that the window of a grant is the same whatever zone it was given in.
func TestInstantsAreWrittenInUTC(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	start := time.Date(2026, 12, 1, 9, 0, 0, 999, tokyo)
	document := policy.New(
		policy.Allow("S", "s3:*").On("*").When(policy.From(start), policy.Before(start.Add(4*time.Hour))),
	)
	assert.Contains(t, document.JSON(), `"DateGreaterThanEquals":{"aws:CurrentTime":"2026-12-01T00:00:00Z"}`)
	assert.Contains(t, document.JSON(), `"DateLessThan":{"aws:CurrentTime":"2026-12-01T04:00:00Z"}`)
	assert.Empty(t, document.Validate(policy.Identity, policy.Quotas{}))
}

// The named conditions are the operators that they stand for, and the negated ones are known as such.
func TestNamedConditionsAreTheirOperators(t *testing.T) {
	document := policy.New(policy.Deny("S", "kms:*").ForAllExcept(policy.AWSPrincipals("111122223333")).On("*").When(
		policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project"),
		policy.AllEqual("aws:TagKeys", "Email"),
		policy.ArnLike("aws:PrincipalArn", "arn:aws:iam::*:root"),
		policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/x"),
		policy.StringNotEquals("aws:PrincipalAccount", "111122223333"),
	))
	assert.Equal(
		t,
		`{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"kms:*",`+
			`"Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"},`+
			`"ForAllValues:StringEquals":{"aws:TagKeys":"Email"},"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":"Project"},`+
			`"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}}]}`,
		document.JSON(),
	)
	assert.Empty(t, document.Validate(policy.Resource, policy.Quotas{}))
	for _, base := range policy.BaseOperators() {
		assert.Equal(t, strings.Contains(string(base), "Not"), base.Negated(), base)
	}
}

// JSON that is no policy is as compact, and escapes nothing that a shell profile or a link may hold.
func TestCompactLeavesTextReadable(t *testing.T) {
	text, err := policy.Compact(map[string]any{"b": "a && b > c", "a": 1})
	require.NoError(t, err)
	assert.Equal(t, `{"a":1,"b":"a && b > c"}`, text)
	_, err = policy.Compact(func() {})
	assert.ErrorContains(t, err, "encode JSON")
}
