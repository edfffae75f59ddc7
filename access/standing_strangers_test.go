package access

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

const (
	githubProvider = "arn:aws:iam::" + people + ":oidc-provider/token.actions.githubusercontent.com"
	eksProvider    = "arn:aws:iam::" + people + ":oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	samlProvider   = "arn:aws:iam::" + people + ":saml-provider/Example"
)

func like(key string, patterns ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, patterns...)
}

// trusts is a role with one trust statement.
func roleTrusting(admin bool, st policy.Statement) Role {
	r := Role{Name: "target", Trust: policy.New(st)}
	if admin {
		r.Inline = []InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	}
	return r
}

func strangersOfRole(t *testing.T, r Role, intent func(*Intent)) Finding {
	t.Helper()
	w := World{Accounts: []Account{{ID: people, Partition: policy.AWS, Roles: []Role{r}, Users: []User{{Name: "bob"}}}}}
	in := DerivedIntent(w.Accounts[0])
	if intent != nil {
		intent(&in)
	}
	report, err := Prove(compiled(t, w), in)
	require.NoError(t, err)
	for _, f := range report.Findings {
		if f.ID == "only-known-callers" {
			return f
		}
	}
	return Finding{}
}

// A role is held to be closed only where strangers are kept out, however its trust policy lets them in.
func TestNoRoleIsOpenToStrangers(t *testing.T) {
	assume := func(p ...policy.Principal) policy.Statement { return policy.Allow("T", "sts:AssumeRole").For(p...) }
	web := func(provider string, c ...policy.Condition) policy.Statement {
		return policy.Allow("T", "sts:AssumeRoleWithWebIdentity").For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}).When(c...)
	}
	canonical := policy.Principal{Kind: policy.PrincipalCanonical, Values: []string{"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}}
	github := "token.actions.githubusercontent.com"
	eks := "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	aud := policy.StringEquals(github+":aud", "sts.amazonaws.com")
	for name, c := range map[string]struct {
		st policy.Statement
		// plain and admin are the verdicts for a role without rights and for one that administers.
		plain, admin Verdict
		says         string
	}{
		"everybody":                     {assume(policy.Anyone()), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody as AWS":              {assume(policy.AWSPrincipals("*")), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody but one":             {policy.Allow("T", "sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(userARN("bob"))), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody with an external id": {assume(policy.Anyone()).When(policy.StringEquals("sts:ExternalId", "x")), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody from an address":     {assume(policy.Anyone()).When(policy.Is(policy.Operator{Base: policy.OpIPAddress}, "aws:SourceIp", "203.0.113.0/24")), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody whose ARN is bob's, if there is one": {
			policy.Allow("T", "sts:Assume*").For(policy.Anyone()).When(policy.Is(policy.Operator{Base: policy.OpArnEquals, IfExists: true}, "aws:PrincipalArn", userARN("bob"))),
			DoesNotHold, DoesNotHold, "every AWS service"},
		"everybody of the account":           {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalAccount", people)), Holds, Holds, ""},
		"everybody but those of the account": {assume(policy.Anyone()).When(policy.StringNotEquals("aws:PrincipalAccount", people)), DoesNotHold, DoesNotHold, "everybody in AWS"},
		"everybody of an organization":       {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalOrgID", "o-exampleorgid")), HoldsIf, DoesNotHold, "organization o-exampleorgid"},
		"the own account":                    {assume(policy.AWSPrincipals(people)), Holds, Holds, ""},
		"another account":                    {assume(policy.AWSPrincipals(members)), HoldsIf, DoesNotHold, "account " + members},
		"another account as root":            {assume(policy.AWSPrincipals("arn:aws:iam::" + members + ":root")), HoldsIf, DoesNotHold, "account " + members},
		"a role of another account":          {assume(policy.AWSPrincipals("arn:aws:iam::" + members + ":role/x")), HoldsIf, DoesNotHold, "account " + members},
		"a session of another account":       {assume(policy.AWSPrincipals("arn:aws:sts::" + members + ":assumed-role/x/y")), HoldsIf, DoesNotHold, "account " + members},
		"another account by its condition":   {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalAccount", members)), HoldsIf, DoesNotHold, "account " + members},
		"a canonical user id":                {assume(canonical), HoldsIf, DoesNotHold, "canonical user id"},
		"a user of the own account":          {assume(policy.AWSPrincipals(userARN("bob"))), Holds, Holds, ""},
		"a service":                          {assume(policy.ServicePrincipals("ec2.amazonaws.com")), Holds, Holds, ""},
		"every service":                      {assume(policy.ServicePrincipals("*")), DoesNotHold, DoesNotHold, "every AWS service"},
		"every provider":                     {web("*"), DoesNotHold, DoesNotHold, "whoever an identity provider vouches for"},
		"a SAML provider":                    {policy.Allow("T", "sts:AssumeRoleWithSAML").For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{samlProvider}}), Holds, Holds, ""},
		"GitHub":                             {web(githubProvider, aud), DoesNotHold, DoesNotHold, "whoever has an account at " + github},
		"GitHub, any subject":                {web(githubProvider, aud, like(github+":sub", "repo:*")), DoesNotHold, DoesNotHold, github},
		"GitHub, any branch main":            {web(githubProvider, aud, like(github+":sub", "repo:*:ref:refs/heads/main")), DoesNotHold, DoesNotHold, github},
		"GitHub, a subject if there is one":  {web(githubProvider, aud, policy.Is(policy.Operator{Base: policy.OpStringLike, IfExists: true}, github+":sub", "repo:acme/*")), Holds, Holds, ""},
		"GitHub, all but a subject":          {web(githubProvider, aud, policy.StringNotEquals(github+":sub", "repo:acme/infra:*")), DoesNotHold, DoesNotHold, github},
		"GitHub, one organization":           {web(githubProvider, aud, like(github+":sub", "repo:acme/*")), Holds, Holds, ""},
		"GitHub, one subject":                {web(githubProvider, aud, policy.StringEquals(github+":sub", "repo:acme/infra:ref:refs/heads/main")), Holds, Holds, ""},
		"GitLab":                             {web("arn:aws:iam::"+people+":oidc-provider/gitlab.com", policy.StringEquals("gitlab.com:aud", "https://gitlab.com")), DoesNotHold, DoesNotHold, "gitlab.com"},
		"GitLab, one project":                {web("arn:aws:iam::"+people+":oidc-provider/gitlab.com", policy.StringEquals("gitlab.com:sub", "project_path:a/b:ref_type:branch:ref:main")), Holds, Holds, ""},
		"EKS":                                {web(eksProvider, policy.StringEquals(eks+":aud", "sts.amazonaws.com")), DoesNotHold, DoesNotHold, eks},
		"EKS, any service account":           {web(eksProvider, like(eks+":sub", "system:serviceaccount:*:*")), DoesNotHold, DoesNotHold, eks},
		"EKS, one service account":           {web(eksProvider, policy.StringEquals(eks+":sub", "system:serviceaccount:kube-system:aws-node")), Holds, Holds, ""},
		"Cognito":                            {web("cognito-identity.amazonaws.com"), DoesNotHold, DoesNotHold, "cognito-identity.amazonaws.com"},
		"Cognito, guests of a pool":          {web("cognito-identity.amazonaws.com", policy.StringEquals("cognito-identity.amazonaws.com:aud", "us-east-1:12345678-abcd-abcd-abcd-123456790ab")), DoesNotHold, DoesNotHold, "cognito"},
		"Cognito, people of a pool": {web("cognito-identity.amazonaws.com", policy.StringEquals("cognito-identity.amazonaws.com:aud", "us-east-1:12345678-abcd-abcd-abcd-123456790ab"),
			policy.Is(policy.Operator{Base: policy.OpStringLike, Quantifier: policy.ForAnyValue}, "cognito-identity.amazonaws.com:amr", "authenticated")), Holds, Holds, ""},
		"a provider of another account": {web("arn:aws:iam::" + members + ":oidc-provider/gitlab.com"), HoldsIf, DoesNotHold, members},
	} {
		t.Run(name, func(t *testing.T) {
			for admin, want := range map[bool]Verdict{false: c.plain, true: c.admin} {
				f := strangersOfRole(t, roleTrusting(admin, c.st), nil)
				require.Equal(t, want, f.Verdict, "admin %t: %s", admin, f)
				if want == DoesNotHold {
					assert.Contains(t, f.Problem, c.says)
					assert.Equal(t, admin, strings.Contains(f.Problem, "administers"))
				}
				if want == HoldsIf {
					require.NotEmpty(t, f.Assumptions)
					assert.Contains(t, f.Assumptions[0].Text, c.says)
				}
			}
		})
	}
}
