package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

// A trust policy names who may assume the role: users, roles, accounts, sessions, services and identity providers.
func TestTrustNamesPrincipalsThatExistInIAM(t *testing.T) {
	const rest = `"Sid":"S","Effect":"Allow","Action":"sts:AssumeRole","Principal":`
	for _, principal := range []string{
		`{"AWS":"111122223333"}`,
		`{"AWS":"arn:aws:iam::111122223333:root"}`,
		`{"AWS":["arn:aws:iam::111122223333:user/team/alice","arn:aws-cn:iam::444455556666:role/ops"]}`,
		`{"AWS":"arn:aws:sts::111122223333:assumed-role/ops/alice"}`,
		`{"AWS":"arn:aws:sts::111122223333:federated-user/alice"}`,
		`{"Service":["ec2.amazonaws.com","ec2.amazonaws.com.cn","justintimeaccess.ssm.amazonaws.com","logs.us-east-1.amazonaws.com"]}`,
		`{"Federated":"arn:aws:iam::111122223333:saml-provider/corp"}`,
		`{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`,
		`{"Federated":"cognito-identity.amazonaws.com"}`,
	} {
		assert.Empty(t, messages(t, policy.Trust, rest+principal), principal)
	}
	for principal, want := range map[string]string{
		`{}`:         "Principal is empty; name at least one principal",
		`{"AWS":[]}`: "Principal.AWS is an empty list",
		`{"AWS":"arn:aws:iam::111122223333:group/admins"}`: "is a group, and a group is no principal; name " +
			"its users",
		`{"AWS":"arn:aws:iam::111122223333:user/*"}`:                 "has a wildcard",
		`{"AWS":"arn:aws:iam::111122223333:user/${aws:username}"}`:   "has a policy variable, and principals take none",
		`{"AWS":"arn:aws:iam::111122223333:user/"}`:                  "is no principal",
		`{"AWS":"arn:aws:iam::111122223333:user/a b"}`:               "has the character ' '",
		`{"AWS":"arn:aws:iam::111122223333:policy/x"}`:               "is no principal",
		`{"AWS":"arn:aws:iam::111122223333:assumed-role/ops/alice"}`: "is no principal",
		`{"AWS":"arn:aws:sts::111122223333:user/alice"}`:             "is no principal",
		`{"AWS":"arn:aws:iam::aws:policy/x"}`:                        "names no account",
		`{"AWS":"arn:aws:iam:::user/alice"}`:                         "names no account",
		`{"AWS":"arn:aws:iam:us-east-1:111122223333:user/alice"}`:    "names a Region",
		`{"AWS":"arn:aws:ec2::111122223333:instance/i-1"}`:           "is no principal",
		`{"AWS":"arn:awz:iam::111122223333:user/alice"}`:             `partition "awz"`,
		`{"AWS":"alice"}`:                                      "is not an ARN",
		`{"AWS":"11112222333"}`:                                "is not an ARN",
		`{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}`:                      "is the unique id of a principal",
		`{"AWS":"AROACKCEVSQ6C2EXAMPLE"}`:                      "is the unique id of a principal",
		`{"Service":"*"}`:                                      "is not an AWS service",
		`{"Service":"ec2"}`:                                    "is not an AWS service",
		`{"Service":"ec2.amazonaws.com.example.com"}`:          "is not an AWS service",
		`{"Federated":"*"}`:                                    "is not an identity provider",
		`{"Federated":"arn:aws:iam::111122223333:user/alice"}`: "is not an identity provider",
		`{"CanonicalUser":"` + canonicalID + `"}`: "Principal.CanonicalUser does not go into a " +
			"trust policy",
		`{"AWS":["arn:aws:iam::111122223333:user/alice","アリス"]}`: "has the character",
		`"*"`:         `Principal "*" lets every AWS account of the world assume the role`,
		`{"AWS":"*"}`: `Principal "*" lets every AWS account of the world assume the role`,
		`{"AWS":["*","arn:aws:iam::111122223333:user/alice"]}`: `Principal "*" lets every AWS account`,
	} {
		got := messages(t, policy.Trust, rest+principal)
		assert.Contains(t, got, want, principal)
		assert.NotContains(t, got, "\n", principal)
	}
}

const canonicalID = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

// Everybody is a principal only with a condition, or to be denied.
func TestTrustForEverybodyNeedsACondition(t *testing.T) {
	const anyone = `"Sid":"S","Action":"sts:AssumeRole","Principal":"*",`
	assert.NotEmpty(t, messages(t, policy.Trust, anyone+`"Effect":"Allow"`))
	assert.Empty(t, messages(t, policy.Trust, anyone+`"Effect":"Deny"`))
	assert.Empty(
		t,
		messages(
			t,
			policy.Trust,
			anyone+`"Effect":"Allow","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}`,
		),
	)
	assert.NotEmpty(t, messages(t, policy.Trust, anyone+`"Effect":"Allow","Condition":{}`))
}

// A trust policy allows what STS does with roles and nothing else, named one by one.
func TestTrustTakesSTSActionsOnly(t *testing.T) {
	const rest = `"Sid":"S","Effect":"Allow","Principal":{"AWS":"111122223333"},`
	for _, action := range []string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML", "STS:assumerole"} {
		assert.Empty(t, messages(t, policy.Trust, rest+`"Action":"`+action+`"`), action)
	}
	for _, action := range []string{"*", "sts:*", "sts:Assume*", "sts:GetSessionToken", "iam:PassRole", "s3:GetObject"} {
		assert.Contains(
			t,
			messages(t, policy.Trust, rest+`"Action":"`+action+`"`),
			"is not an action of a trust policy; use sts:AssumeRole, ",
			action,
		)
	}
	assert.Contains(
		t,
		messages(t, policy.Trust, rest+`"NotAction":"sts:TagSession"`),
		"NotAction does not go into a trust policy",
	)
}

// NotPrincipal turns a list of names into everybody else, which only a Deny of a resource policy can mean.
func TestNotPrincipalIsForDeniesOnResources(t *testing.T) {
	const users = `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/alice"}`
	assert.Contains(
		t,
		messages(t, policy.Trust, `"Sid":"S","Effect":"Deny","Action":"sts:AssumeRole",`+users),
		"NotPrincipal does not go into a trust policy",
	)
	assert.Contains(
		t,
		messages(t, policy.Resource, `"Sid":"S","Effect":"Allow","Action":"kms:*","Resource":"*",`+users),
		"NotPrincipal with Allow",
	)
	assert.Contains(
		t,
		messages(
			t,
			policy.Resource,
			`"Sid":"S","Effect":"Deny","Action":"kms:*","Resource":"*","Principal":"*",`+users,
		),
		"has both Principal and NotPrincipal",
	)
	assert.Empty(t, messages(t, policy.Resource, `"Sid":"S","Effect":"Deny","Action":"kms:*","Resource":"*",`+users))
}

// Principals that were built, not read, are held to the same rules.
func TestPrincipalsBuiltByHandAreChecked(t *testing.T) {
	build := func(principals ...policy.Principal) []policy.Problem {
		s := policy.Allow("S", "kms:Decrypt").On("*")
		s.Principals = principals
		return policy.New(s).Validate(policy.Resource, policy.Quotas{})
	}
	assert.Empty(t, build(policy.Anyone()))
	assert.Empty(t, build(policy.Principal{Kind: policy.PrincipalCanonical, Values: []string{canonicalID}}))
	assert.NotEmpty(t, build(policy.Principal{Kind: policy.PrincipalCanonical, Values: []string{"short"}}))
	assert.NotEmpty(t, build(policy.Principal{Kind: "Robot", Values: []string{"r2d2"}}))
	assert.NotEmpty(t, build(policy.Anyone(), policy.AWSPrincipals("111122223333")))
	assert.NotEmpty(t, build(policy.Principal{Kind: policy.PrincipalAny, Values: []string{"111122223333"}}))
	assert.NotEmpty(t, build())
}
