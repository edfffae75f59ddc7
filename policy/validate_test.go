package policy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

const (
	identityStatement = `"Sid":"S","Effect":"Allow","Action":"ssm:StartSession","Resource":"*"`
	trustStatement    = `"Sid":"S","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"`
	resourceStatement = `"Sid":"S","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:Decrypt","Resource":"*"`
)

// messages validates one statement and returns what is wrong with it, one problem a line.
func messages(t *testing.T, use policy.Use, statement string) string {
	t.Helper()
	return documentMessages(t, use, `{"Version":"2012-10-17","Statement":[{`+statement+`}]}`)
}

func documentMessages(t *testing.T, use policy.Use, text string) string {
	t.Helper()
	document, err := policy.Parse([]byte(text))
	require.NoError(t, err, text)
	var lines []string
	for _, problem := range document.Validate(use, policy.Quotas{}) {
		lines = append(lines, problem.Error())
	}
	return strings.Join(lines, "\n")
}

// The simplest document of each use is fit for it.
func TestThePlainestDocumentOfEachUseIsFit(t *testing.T) {
	for _, use := range allUses {
		statement := identityStatement
		switch use {
		case policy.Trust:
			statement = trustStatement
		case policy.Resource:
			statement = resourceStatement
		}
		assert.Empty(t, messages(t, use, statement), "%v", use)
	}
}

// Each use has the elements that AWS wants of it and lacks those that AWS refuses.
func TestEachUseHasItsElements(t *testing.T) {
	const at = "Statement[0] (S): "
	for _, use := range allUses {
		if use == policy.Trust || use == policy.Resource {
			continue
		}
		principal := messages(t, use, identityStatement+`,"Principal":"*"`)
		assert.Equal(
			t,
			at+"the statement of a "+use.String()+" has a Principal; leave it out: the policy speaks of whoever it is "+
				"attached to",
			principal,
		)
		assert.NotEmpty(t, messages(t, use, identityStatement+`,"NotPrincipal":"*"`), "%v", use)
		assert.Equal(t, at+"the statement has neither Resource nor NotResource; write Resource",
			messages(t, use, `"Sid":"S","Effect":"Allow","Action":"ssm:StartSession"`))
	}
	assert.Equal(
		t,
		at+"the statement of a trust policy has a Resource; leave it out: a trust policy speaks of its own role",
		messages(t, policy.Trust, trustStatement+`,"Resource":"*"`),
	)
	assert.Equal(t, at+"the statement of a trust policy has no Principal; write Principal",
		messages(t, policy.Trust, `"Sid":"S","Effect":"Allow","Action":"sts:AssumeRole"`))
	assert.Equal(
		t,
		at+"the statement of a resource policy has no Principal; write Principal",
		messages(t, policy.Resource, identityStatement),
	)
}

// A document says which version it is of, has statements, and names each of them once.
func TestADocumentIsWhole(t *testing.T) {
	assert.Equal(
		t,
		"the document has no statements; add a statement",
		documentMessages(t, policy.Identity, `{"Version":"2012-10-17","Statement":[]}`),
	)
	assert.Equal(t, `Version "2013-01-01" is not one of the policy language; write 2012-10-17`,
		documentMessages(t, policy.Identity, `{"Version":"2013-01-01","Statement":[{`+identityStatement+`}]}`))
	assert.Equal(
		t,
		`Statement[1] (S): Sid "S" is taken by Statement[0]; give each statement a Sid of its own`,
		documentMessages(
			t,
			policy.Identity,
			`{"Version":"2012-10-17","Statement":[{`+identityStatement+`},{`+identityStatement+`}]}`,
		),
	)
	assert.Empty(
		t,
		policy.New(policy.Allow("", "s3:*").On("*"), policy.Allow("", "ec2:*").On("*")).
			Validate(policy.Identity, policy.Quotas{}),
	)
	assert.Empty(
		t,
		policy.Document{
			Statements: []policy.Statement{policy.Allow("A", "s3:*").On("*")},
		}.Validate(
			policy.Identity,
			policy.Quotas{},
		),
	)
	assert.NotEmpty(t, policy.Document{}.Validate(policy.Identity, policy.Quotas{}))
}

// A problem of a statement without a Sid is still found by its index.
func TestAStatementWithoutSidIsNamedByItsIndex(t *testing.T) {
	problems := policy.New(policy.Allow("A", "s3:*").On("*"),
		policy.Statement{Actions: []string{"s3:*"}, Resources: []string{"*"}}).
		Validate(policy.Identity, policy.Quotas{})
	require.Len(t, problems, 1)
	assert.Equal(
		t,
		policy.Problem{Index: 1, Message: "the statement has no Effect", Fix: "write Allow or Deny"},
		problems[0],
	)
	assert.Equal(t, "Statement[1]: the statement has no Effect; write Allow or Deny", problems[0].Error())
}

// Everything is said at once: statement by statement, element by element, the size last.
func TestValidateSaysEverythingInTheOrderOfTheDocument(t *testing.T) {
	document := policy.Document{Version: "2020", Statements: []policy.Statement{
		{
			Sid:        "a b",
			Effect:     "allow",
			Principals: []policy.Principal{policy.Anyone()},
			Actions:    []string{"s3"},
			Resources:  []string{"x"},
			Conditions: []policy.Condition{policy.StringEquals("username")},
		},
		{Sid: "B", Effect: policy.EffectDeny, NotActions: []string{}, Actions: []string{"s3:*"}},
	}}
	var lines []string
	for _, problem := range document.Validate(policy.Identity, policy.Quotas{ManagedPolicy: 10}) {
		lines = append(lines, problem.Error())
	}
	assert.Empty(t, cmp.Diff([]string{
		`Version "2020" is not one of the policy language; write 2012-10-17`,
		`Statement[0] (a b): Sid "a b" has other characters than letters and digits; use letters and digits only`,
		`Statement[0] (a b): Effect "allow" is neither Allow nor Deny; write Allow or Deny`,
		`Statement[0] (a b): the statement of a managed policy has a Principal; leave it out: the policy speaks of whoever it is attached to`,
		`Statement[0] (a b): Action "s3" has no service prefix; write service:Name, such as ssm:StartSession`,
		`Statement[0] (a b): Resource "x" is not an ARN of six parts; write arn:partition:service:region:account:resource`,
		`Statement[0] (a b): Condition key "username" is not a condition key; write prefix:Name, such as aws:MultiFactorAuthPresent, and after a slash a tag key`,
		`Statement[0] (a b): Condition.StringEquals.username has no values; write at least one value`,
		`Statement[1] (B): the statement has both Action and NotAction; write one of them`,
		`Statement[1] (B): the statement has neither Resource nor NotResource; write Resource`,
		`the document has 211 characters, 201 over the quota of 10 for the managed policy: the heaviest statements are a b (119), B (58); ` +
			`shorten those statements or move them to another policy`,
	}, lines))
}

// Actions are "*" or a service's with wildcards in the name.
func TestActionsFollowTheGrammar(t *testing.T) {
	for _, action := range []string{"*", "s3:*", "ssm:StartSession", "ec2-instance-connect:*", "iam:*MFADevice", "ssm:Get?arameter", "IAM:getuser"} {
		assert.Empty(
			t,
			messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Action":"`+action+`","Resource":"*"`),
			action,
		)
		assert.Empty(
			t,
			messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","NotAction":"`+action+`","Resource":"*"`),
			action,
		)
	}
	for action, want := range map[string]string{
		"":                    "has no service prefix",
		"StartSession":        "has no service prefix",
		"**":                  "has no service prefix",
		"ssm:":                "is not an action",
		":StartSession":       "is not an action",
		"ssm:Start Session":   "is not an action",
		" ssm:StartSession":   "is not an action",
		"ssm:a:b":             "is not an action",
		"*:*":                 "wildcard in the service prefix",
		"s*:GetObject":        "wildcard in the service prefix",
		"ssm:${aws:username}": "has a policy variable",
		"ssm:セッション":           `has the character 'セ' (U+30BB)`,
	} {
		for _, element := range []string{"Action", "NotAction"} {
			got := messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","`+element+`":"`+action+`","Resource":"*"`)
			assert.True(t, strings.HasPrefix(got, "Statement[0] (S): "+element+` "`+action+`" `), "%q: %s", action, got)
			assert.Contains(t, got, want, action)
			assert.NotContains(t, got, "\n", action)
		}
	}
	assert.Contains(
		t,
		messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Resource":"*"`),
		"has neither Action nor NotAction",
	)
	assert.Contains(
		t,
		messages(t, policy.Identity, `"Sid":"S","Effect":"Allow","Action":[],"Resource":"*"`),
		"Action is an empty list",
	)
	assert.Contains(
		t,
		messages(t, policy.Identity, `"Sid":"S","Effect":"Allow","NotAction":[],"Resource":"*"`),
		"NotAction is an empty list, which is everything",
	)
}

// Resources are "*" or ARNs of six parts, with variables where AWS reads them.
func TestResourcesFollowTheGrammar(t *testing.T) {
	for _, resource := range []string{
		"*", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:ssm:*::document/AWS-StartPortForwardingSession", "arn:*:s3:::bucket/*",
		"arn:aws-cn:ec2:cn-north-1:111122223333:instance/*", "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::*:role/guardrails/*",
		"arn:aws:logs:us-east-1:111122223333:log-group:/guardrails/ssm:*", "arn:aws:ssm:*:1111*:session/${aws:userid}-*",
		"arn:aws:s3:::home/${aws:PrincipalTag/team, 'shared'}/${*}",
	} {
		assert.Empty(
			t,
			messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Action":"*","Resource":"`+resource+`"`),
			resource,
		)
		assert.Empty(
			t,
			messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Action":"*","NotResource":"`+resource+`"`),
			resource,
		)
	}
	for resource, want := range map[string]string{
		"":                                     "is not an ARN of six parts",
		"bucket":                               "is not an ARN of six parts",
		"arn:*":                                "is not an ARN of six parts",
		"arn:aws:iam:111122223333:user/alice":  "is not an ARN of six parts",
		"arn:awz:iam::111122223333:user/alice": `names the partition "awz"`,
		"arn:aws:::111122223333:user/alice":    `names the service ""`,
		"arn:aws:*:*:*:*":                      "wildcard in its service",
		"arn:aws:s*:::bucket":                  "wildcard in its service",
		"arn:aws:ec2:Tokyo:111122223333:instance/*":       `names the Region "Tokyo"`,
		"arn:aws:iam::11112222333:user/alice":             `names the account "11112222333"`,
		"arn:aws:iam::account-id:user/alice":              `names the account "account-id"`,
		"arn:aws:iam::111122223333:":                      "names no resource",
		"arn:aws:iam::${aws:PrincipalAccount}:user/alice": "policy variable in its account",
		"arn:aws:iam::111122223333:user/${aws:username":   "without its closing brace",
		"arn:aws:iam::111122223333:user/${username}":      "${username}, which is not a policy variable",
		"arn:aws:iam::111122223333:user/${${aws:userid}}": "which is not a policy variable",
		"arn:aws:iam::111122223333:user/アリス":              `has the character 'ア' (U+30A2)`,
	} {
		for _, element := range []string{"Resource", "NotResource"} {
			got := messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Action":"*","`+element+`":"`+resource+`"`)
			assert.True(
				t,
				strings.HasPrefix(got, "Statement[0] (S): "+element+` "`+resource+`" `),
				"%q: %s",
				resource,
				got,
			)
			assert.Contains(t, got, want, resource)
			assert.NotContains(t, got, "\n", resource)
		}
	}
	assert.Contains(
		t,
		messages(t, policy.Identity, `"Sid":"S","Effect":"Allow","Action":"*","Resource":[]`),
		"Resource is an empty list",
	)
	assert.Contains(
		t,
		messages(t, policy.Identity, `"Sid":"S","Effect":"Deny","Action":"*","NotResource":[]`),
		"NotResource is an empty list, which is everything",
	)
	assert.Contains(
		t,
		messages(t, policy.Identity, identityStatement+`,"NotResource":"*"`),
		"has both Resource and NotResource",
	)
}

// The old version of the language has no variables: a document in it that holds one says something else than it seems
// to.
func TestVariablesNeedTheNewVersion(t *testing.T) {
	inResource := `{"Version":"2008-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}]}`
	assert.Equal(
		t,
		`Statement[0] (S): Resource "arn:aws:iam::111122223333:user/${aws:username}" has the variable ${aws:username}, `+
			`which version 2008-10-17 reads literally; write Version 2012-10-17`,
		documentMessages(t, policy.Identity, inResource),
	)
	inCondition := `{"Statement":[{"Sid":"S","Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringLike":{"aws:userid":"${aws:username}"}}}]}`
	assert.Contains(t, documentMessages(t, policy.Identity, inCondition), "reads literally")
	assert.Empty(t, documentMessages(t, policy.Identity, strings.Replace(inResource, "2008-10-17", "2012-10-17", 1)))
	assert.Empty(t, documentMessages(t, policy.Identity, strings.Replace(inResource, "${aws:username}", "alice", 1)))
}

// AWS stores no characters beyond U+00FF in policies, nor control characters.
func TestPoliciesTakeLatinCharactersOnly(t *testing.T) {
	for _, text := range []string{"é", "ÿ", "a\tb", "a\nb", "\u007f"} {
		document := policy.New(policy.Allow("S", "s3:*").On("*").When(policy.StringEquals("aws:username", text)))
		assert.Empty(t, document.Validate(policy.Identity, policy.Quotas{}), "%q", text)
	}
	for _, text := range []string{"Ā", "プロジェクト", "\u2028", "\x00", "\x1f", "\U0001F512", "\xff"} {
		for _, document := range []policy.Document{
			{Version: policy.Version, ID: text, Statements: []policy.Statement{policy.Allow("S", "s3:*").On("*")}},
			policy.New(policy.Allow(text, "s3:*").On("*")),
			policy.New(policy.Allow("S", "s3:"+text).On("*")),
			policy.New(policy.Allow("S", "s3:*").On("arn:aws:s3:::" + text)),
			policy.New(policy.Allow("S", "s3:*").On("*").When(policy.StringEquals("aws:username", text))),
			policy.New(policy.Allow("S", "s3:*").On("*").When(policy.StringEquals("aws:PrincipalTag/"+text, "a"))),
		} {
			problems := document.Validate(policy.Identity, policy.Quotas{})
			if assert.Len(t, problems, 1, "%q: %s", text, document.JSON()) {
				assert.Contains(t, problems[0].Message, "has the character", "%q", text)
			}
		}
		trust := policy.New(
			policy.Allow("S", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::111122223333:user/" + text)),
		)
		assert.Len(t, trust.Validate(policy.Trust, policy.Quotas{}), 1, "%q", text)
	}
}
