package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// Every way in which AWS lets the same thing be written reads as the same document.
func TestParseReadsEveryFormThatAWSTakes(t *testing.T) {
	document, err := policy.Parse([]byte(`{
		"Version": "2012-10-17", "Id": "an-id",
		"Statement": {
			"Effect": "Allow", "Sid": "One",
			"Principal": {"Service": "ec2.amazonaws.com", "AWS": ["111122223333", "arn:aws:iam::444455556666:root", "111122223333"]},
			"NotAction": "iam:*",
			"NotResource": ["b", "a"],
			"Condition": {
				"numericLessThanIfExists": {"aws:MultiFactorAuthAge": 3600},
				"Bool": {"aws:MultiFactorAuthPresent": true, "aws:SecureTransport": ["false"]},
				"forAnyValue:StringEquals": {"aws:TagKeys": ["b", "a"]}
			}
		}
	}`))
	require.NoError(t, err)
	want := policy.Document{Version: "2012-10-17", ID: "an-id", Statements: []policy.Statement{{
		Sid: "One", Effect: policy.EffectAllow,
		Principals: []policy.Principal{
			{Kind: policy.PrincipalAWS, Values: []string{"111122223333", "arn:aws:iam::444455556666:root"}},
			{Kind: policy.PrincipalService, Values: []string{"ec2.amazonaws.com"}},
		},
		NotActions:   []string{"iam:*"},
		NotResources: []string{"a", "b"},
		Conditions: []policy.Condition{
			policy.Bool("aws:MultiFactorAuthPresent", true),
			policy.Bool("aws:SecureTransport", false),
			policy.Is(
				policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringEquals},
				"aws:TagKeys",
				"a",
				"b",
			),
			policy.Is(
				policy.Operator{Base: policy.OpNumericLessThan, IfExists: true},
				"aws:MultiFactorAuthAge",
				"3600",
			),
		},
	}}}
	assert.Empty(t, cmp.Diff(want, document))
}

// Statements keep their order, because reviewers read them in it.
func TestParseKeepsTheOrderOfStatements(t *testing.T) {
	document, err := policy.Parse([]byte(`{"Statement": [{"Sid": "Z"}, {"Sid": "A"}, {"Sid": "M"}]}`))
	require.NoError(t, err)
	var sids []string
	for _, s := range document.Statements {
		sids = append(sids, s.Sid)
	}
	assert.Equal(t, []string{"Z", "A", "M"}, sids)
}

// A document without Version is of the old version to AWS, in which variables are plain text; reading it as the new
// one would change it.
func TestADocumentWithoutVersionIsOfTheOldOne(t *testing.T) {
	document, err := policy.Parse([]byte(`{"Statement": []}`))
	require.NoError(t, err)
	assert.Equal(t, policy.Version2008, document.Version)
	assert.JSONEq(t, `{"Version": "2008-10-17", "Statement": []}`, document.JSON())
}

// An empty list is not an absent element: an empty NotAction is everything, an absent one is nothing.
func TestAnEmptyListIsNotAnAbsentElement(t *testing.T) {
	text := `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","NotAction":[],"Resource":[],"Condition":{"StringEquals":{"aws:username":[]}}}]}`
	document, err := policy.Parse([]byte(text))
	require.NoError(t, err)
	s := document.Statements[0]
	assert.NotNil(t, s.NotActions)
	assert.NotNil(t, s.Resources)
	assert.Nil(t, s.Actions)
	assert.NotNil(t, s.Conditions[0].Values)
	assert.Equal(t, text, document.JSON())

	text = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{},"Action":"*"},{"Effect":"Allow","Principal":{"AWS":[]},"Action":"*"}]}`
	document, err = policy.Parse([]byte(text))
	require.NoError(t, err)
	assert.NotNil(t, document.Statements[0].Principals)
	assert.Equal(t, text, document.JSON())
}

// What the policy language does not have is refused, with the statement, its Sid and what to write.
func TestParseRefusesWhatThePolicyLanguageDoesNotHave(t *testing.T) {
	statement := func(inner string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Sid": "First"}, {"Sid": "Second", ` + inner + `}]}`
	}
	for text, want := range map[string]string{
		``:                                    "1:1: the document is not JSON",
		`{"Statement": [}`:                    "1:16: the document is not JSON",
		"{\n  \"Statement\": [],\n}":          "3:1: the document is not JSON",
		`{"Statement": []} {"Statement": []}`: "1:19: the document is not JSON",
		"\xff":                                "not UTF-8",
		`null`:                                "the document is null",
		`[]`:                                  "the document is a list",
		`"{}"`:                                "the document is a string",
		`{}`:                                  "the document has no Statement; write a list of statements",
		`{"Statement": "x"}`:                  "Statement is a string; write a list of statements",
		`{"Statement": ["x"]}`:                "Statement[0]: the statement is a string",
		`{"statement": []}`:                   `the document has the unknown element "statement"; did you mean Statement?`,
		`{"Statement": [], "Name": "x"}`:      `unknown element "Name"; use Version, Id, Statement`,
		`{"Statement": [], "Statement": []}`:  `the document has "Statement" twice`,
		`{"Version": 2012, "Statement": []}`:  `Version is 2012; write a string`,
		`{"Statement": [{"Sid": 1}]}`:         `Sid is 1; write a string`,
		statement(`"Effects": "Deny"`):        `Statement[1] (Second): the statement has the unknown element "Effects"; did you mean Effect?`,
		statement(`"Effect": "Deny", "Effect": "x"`):                               `Statement[1] (Second): the statement has "Effect" twice`,
		statement(`"Effect": null`):                                                `Statement[1] (Second): Effect is null`,
		statement(`"Action": {}`):                                                  `Action is an object; write it in quotes`,
		statement(`"Action": [["s3:*"]]`):                                          `Action holds a list; write it in quotes`,
		statement(`"Resource": 5`):                                                 `Resource is 5; write it in quotes`,
		statement(`"Principal": "AWS"`):                                            `Principal is "AWS"; write "*" or an object`,
		statement(`"Principal": ["*"]`):                                            `Principal is a list`,
		statement(`"Principal": {"Aws": "*"}`):                                     `Principal has the unknown element "Aws"; did you mean AWS?`,
		statement(`"Principal": {"AWS": 1}`):                                       `Principal.AWS is 1; write it in quotes`,
		statement(`"Principal": {"AWS": 1, "AWS": 2}`):                             `Principal has "AWS" twice`,
		statement(`"Condition": "x"`):                                              `Condition is "x"`,
		statement(`"Condition": {"Bool": "true"}`):                                 `Condition.Bool is "true"; write an object of condition keys`,
		statement(`"Condition": {"Boole": {}}`):                                    `"Boole" is not a condition operator; did you mean Bool?`,
		statement(`"Condition": {"NullIfExists": {}}`):                             `Null takes neither IfExists nor a quantifier`,
		statement(`"Condition": {"ForEach:Bool": {}}`):                             `"ForEach" is neither ForAllValues nor ForAnyValue`,
		statement(`"Condition": {"Bool": {"a:b": 1, "a:b": 2}}`):                   `Condition.Bool has "a:b" twice`,
		statement(`"Condition": {"Bool": {"a:b": 1}, "Bool": {"a:c": 2}}`):         `Condition has "Bool" twice`,
		statement(`"Condition": {"Bool": {"a:b": 1}, "bool": {"a:b": 2}}`):         `Condition has Bool twice, as Bool and as bool`,
		statement(`"Condition": {"Bool": {"a:b": null}}`):                          `Condition.Bool.a:b is null`,
		statement(`"Condition": {"Bool": {"a:b": [{}]}}`):                          `Condition.Bool.a:b holds an object`,
		`{"Statement": ` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`: "nests deeper",
		strings.Repeat("[", 20000):                                                 "not JSON",
	} {
		document, err := policy.Parse([]byte(text))
		var found policy.ParseError
		if assert.ErrorAs(t, err, &found, "%.200s", text) {
			assert.Contains(t, err.Error(), want, "%.200s", text)
			assert.Empty(t, document.Statements, "%.200s", text)
		}
	}
}

// Everything that is wrong is said at once, in the order in which it stands.
func TestParseSaysEverythingAtOnce(t *testing.T) {
	_, err := policy.Parse(
		[]byte(`{"Statement": [{"Sid": "A", "Actions": "x", "Effect": 1}, {"Sid": "B", "Resource": null}], "Foo": 1}`),
	)
	var found policy.ParseError
	require.ErrorAs(t, err, &found)
	assert.Empty(t, cmp.Diff(policy.ParseError{
		{Index: -1, Message: `the document has the unknown element "Foo"`, Fix: "use Version, Id, Statement"},
		{Index: 0, Sid: "A", Message: `the statement has the unknown element "Actions"`, Fix: "did you mean Action?"},
		{Index: 0, Sid: "A", Message: "Effect is 1", Fix: "write a string"},
		{Index: 1, Sid: "B", Message: "Resource is null", Fix: "write it in quotes"},
	}, found))
	assert.Len(t, strings.Split(err.Error(), "\n"), 4)
}

// A document inside other JSON is read as strictly as one that stands alone.
func TestADocumentInsideJSONIsReadAsStrictly(t *testing.T) {
	var holder struct{ PolicyDocument policy.Document }
	require.NoError(
		t,
		json.Unmarshal(
			[]byte(`{"PolicyDocument": {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}}`),
			&holder,
		),
	)
	assert.Equal(t, []string{"*"}, holder.PolicyDocument.Statements[0].Actions)
	err := json.Unmarshal([]byte(`{"PolicyDocument": {"Statements": []}}`), &holder)
	assert.ErrorContains(t, err, `did you mean Statement?`)
}
