package trust_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

func like(key string, patterns ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, patterns...)
}

// bobsID and targetsID are unique ids of the account.
const bobsID, targetsID = "AIDABOBBOBBOBBOBBOB12", "AROATARGETTARGETTARG1"

// trusts is a role with one trust statement.
func roleTrusting(admin bool, st policy.Statement) world.Role {
	r := world.Role{Name: "target", ID: targetsID, Trust: policy.New(st)}
	if admin {
		r.Inline = []world.InlinePolicy{{Name: "all", Document: policy.New(policy.Allow("All", "*").On("*"))}}
	}
	return r
}

func strangersOfRole(t *testing.T, r world.Role, intent func(*intent.Account)) prove.Finding {
	t.Helper()
	w := world.World{
		Accounts: []world.Account{
			{
				ID: fixture.People, Partition: policy.AWS, Roles: []world.Role{r},
				Users: []world.User{{Name: "bob", ID: bobsID}},
			},
		},
	}
	in := claims.DerivedIntent(w.Accounts[0])
	if intent != nil {
		intent(&in)
	}
	report, err := claims.Prove(fixture.Compiled(t, w), in)
	require.NoError(t, err)
	for _, f := range report.Findings {
		if f.ID == "only-known-callers" {
			return f
		}
	}
	return prove.Finding{}
}

// A role is held to be closed only where strangers are kept out, however its trust policy lets them in.
func TestNoRoleIsOpenToStrangers(t *testing.T) {
	assume := func(p ...policy.Principal) policy.Statement { return policy.Allow("T", "sts:AssumeRole").For(p...) }
	web := func(provider string, c ...policy.Condition) policy.Statement {
		return policy.Allow("T", "sts:AssumeRoleWithWebIdentity").
			For(policy.Principal{Kind: policy.PrincipalFederated, Values: []string{provider}}).
			When(c...)
	}
	canonical := policy.Principal{
		Kind:   policy.PrincipalCanonical,
		Values: []string{"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
	}
	github := "token.actions.githubusercontent.com"
	eks := "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	aud := policy.StringEquals(github+":aud", "sts.amazonaws.com")
	for name, c := range map[string]struct {
		st policy.Statement
		// plain and admin are the verdicts for a role without rights and for one that administers.
		plain, admin prove.Verdict
		says         string
	}{
		"everybody": {assume(policy.Anyone()), prove.DoesNotHold, prove.DoesNotHold,
			"everybody in AWS"},
		"everybody as AWS": {assume(policy.AWSPrincipals("*")), prove.DoesNotHold, prove.DoesNotHold,
			"everybody in AWS"},
		"everybody but one": {policy.Allow("T",
			"sts:AssumeRole").ForAllExcept(policy.AWSPrincipals(fixture.UserARN("bob"))), prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"everybody with an external id": {assume(policy.Anyone()).When(policy.StringEquals("sts:ExternalId", "x")),
			prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"everybody from an address": {assume(policy.Anyone()).When(policy.Is(policy.Operator{Base: policy.OpIPAddress},
			"aws:SourceIp", "203.0.113.0/24")), prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"everybody whose ARN is bob's, if there is one": {
			policy.Allow("T", "sts:Assume*").For(policy.Anyone()).When(policy.Is(policy.Operator{Base: policy.OpArnEquals, IfExists: true}, "aws:PrincipalArn", fixture.UserARN("bob"))),
			prove.DoesNotHold, prove.DoesNotHold, "every AWS service"},
		"everybody of the account": {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalAccount",
			fixture.People)), prove.Holds, prove.Holds, ""},
		"a role of the account by its ARN": {assume(policy.Anyone()).When(policy.ArnLike("aws:PrincipalArn",
			"arn:aws:iam::"+fixture.People+":role/Deploy")), prove.Holds, prove.Holds, ""},
		"roles of the account by their ARNs": {assume(policy.Anyone()).When(policy.Is(policy.Operator{Base: policy.OpStringLike}, "aws:PrincipalArn", "arn:aws:iam::"+fixture.People+":role/*")), prove.Holds, prove.Holds, ""},
		"a role of two accounts by its ARN": {assume(policy.Anyone()).When(policy.ArnLike("aws:PrincipalArn",
			"arn:aws:iam::"+fixture.People+":role/Deploy", "arn:aws:iam::"+fixture.Members+":role/Deploy")),
			prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members},
		"a role of any account by its name": {assume(policy.Anyone()).When(policy.ArnLike("aws:PrincipalArn",
			"arn:aws:iam::*:role/Deploy")), prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"everybody but those of the account": {assume(policy.Anyone()).When(policy.StringNotEquals("aws:PrincipalAccount", fixture.People)), prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"everybody of an organization": {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalOrgID",
			"o-exampleorgid")), prove.HoldsIf, prove.DoesNotHold, "organization o-exampleorgid"},
		"a user of the account by the unique id": {assume(policy.Anyone()).When(policy.StringEquals("aws:userid", bobsID)),
			prove.Holds, prove.Holds, ""},
		"a role of the account by the unique id": {assume(policy.Anyone()).When(like("aws:userid", targetsID+":*")),
			prove.Holds, prove.Holds, ""},
		"a unique id that nobody here has": {assume(policy.Anyone()).When(like("aws:userid", "AROADEADDEADDEADDEAD1:*")),
			prove.HoldsIf, prove.DoesNotHold, "the unique id AROADEADDEADDEADDEAD1"},
		"unique ids of a user and of a role that nobody here has": {
			assume(policy.Anyone()).When(like("aws:userid", "AIDADEADDEADDEADDEAD1", "AROADEADDEADDEADDEAD1:x", targetsID+":*")),
			prove.HoldsIf, prove.DoesNotHold, "the unique id AIDADEADDEADDEADDEAD1",
		},
		"everybody but a unique id": {
			assume(policy.Anyone()).When(
				policy.Is(policy.Operator{Base: policy.OpStringNotLike}, "aws:userid", "AROADEADDEADDEADDEAD1:*"),
			),
			prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS",
		},
		"every unique id that begins alike": {assume(policy.Anyone()).When(like("aws:userid", "AROADEADDEADDEAD*")),
			prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"every session of a name": {assume(policy.Anyone()).When(like("aws:userid", "*:deploy")),
			prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"a unique id or an account": {
			assume(policy.Anyone()).When(
				like("aws:userid", "AROADEADDEADDEADDEAD1:*"), policy.StringEquals("aws:PrincipalAccount", fixture.Members),
			),
			prove.HoldsIf, prove.DoesNotHold, "the unique id AROADEADDEADDEADDEAD1",
		},
		"a unique id of another account that is named": {
			assume(policy.AWSPrincipals(fixture.Members)).When(like("aws:userid", "AROADEADDEADDEADDEAD1:*")),
			prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members,
		},
		"a unique id of a role of another account that is named": {
			assume(policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":role/x")).
				When(like("aws:userid", "AROADEADDEADDEADDEAD1:*")),
			prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members,
		},
		"a dead unique id as principal": {assume(policy.AWSPrincipals("AROADEADDEADDEADDEAD1", "AIDADEADDEADDEADDEAD1")),
			prove.Holds, prove.Holds, ""},
		"everybody but a dead unique id": {policy.Allow("T", "sts:AssumeRole").
			ForAllExcept(policy.AWSPrincipals("AROADEADDEADDEADDEAD1")),
			prove.DoesNotHold, prove.DoesNotHold, "everybody in AWS"},
		"its own account": {assume(policy.AWSPrincipals(fixture.People)), prove.Holds, prove.Holds,
			""},
		"another account": {assume(policy.AWSPrincipals(fixture.Members)), prove.HoldsIf,
			prove.DoesNotHold, "account " + fixture.Members},
		"another account as root": {assume(policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":root")),
			prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members},
		"a role of another account": {assume(policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":role/x")),
			prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members},
		"a session of another account": {assume(policy.AWSPrincipals("arn:aws:sts::" + fixture.Members + ":assumed-role/x/y")), prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members},
		"another account by its condition": {assume(policy.Anyone()).When(policy.StringEquals("aws:PrincipalAccount",
			fixture.Members)), prove.HoldsIf, prove.DoesNotHold, "account " + fixture.Members},
		"a canonical user id": {assume(canonical), prove.HoldsIf, prove.DoesNotHold,
			"canonical user id"},
		"a user of its own account": {assume(policy.AWSPrincipals(fixture.UserARN("bob"))), prove.Holds,
			prove.Holds, ""},
		"a service": {assume(policy.ServicePrincipals("ec2.amazonaws.com")), prove.Holds,
			prove.Holds, ""},
		"every service": {assume(policy.ServicePrincipals("*")), prove.DoesNotHold,
			prove.DoesNotHold, "every AWS service"},
		"every provider": {web("*"), prove.DoesNotHold, prove.DoesNotHold,
			"whoever an identity provider vouches for"},
		"a SAML provider": {policy.Allow("T",
			"sts:AssumeRoleWithSAML").For(policy.Principal{Kind: policy.PrincipalFederated,
			Values: []string{fixture.SamlProvider}}), prove.Holds, prove.Holds, ""},
		"GitHub": {web(fixture.GithubProvider, aud), prove.DoesNotHold, prove.DoesNotHold,
			"whoever has an account at " + github},
		"GitHub, any subject": {web(fixture.GithubProvider, aud, like(github+":sub", "repo:*")),
			prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, any branch main": {web(fixture.GithubProvider, aud,
			like(github+":sub", "repo:*:ref:refs/heads/main")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, a subject if there is one": {web(fixture.GithubProvider, aud,
			policy.Is(policy.Operator{Base: policy.OpStringLike, IfExists: true}, github+":sub",
				"repo:acme/*")), prove.Holds, prove.Holds, ""},
		"GitHub, all but a subject": {web(fixture.GithubProvider, aud,
			policy.StringNotEquals(github+":sub", "repo:acme/infra:*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, one organization": {web(fixture.GithubProvider, aud, like(github+":sub", "repo:acme/*")),
			prove.Holds, prove.Holds, ""},
		"GitHub, one subject": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":sub", "repo:acme/infra:ref:refs/heads/main")), prove.Holds, prove.Holds, ""},
		"GitHub, names that begin alike": {web(fixture.GithubProvider, aud, like(github+":sub", "repo:acme*")),
			prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, names that end alike": {web(fixture.GithubProvider, aud,
			like(github+":sub", "repo:*acme/infra:*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, names of four letters": {web(fixture.GithubProvider, aud,
			like(github+":sub", "repo:????/infra:*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, one organization and names that begin like another": {
			web(fixture.GithubProvider, aud,
				like(github+":sub", "repo:acme/*", "repo:other*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, repositories that begin alike": {web(fixture.GithubProvider, aud,
			like(github+":sub", "repo:acme/infra*")), prove.Holds, prove.Holds, ""},
		"GitHub, owners that begin alike": {web(fixture.GithubProvider, aud,
			like(github+":repository_owner", "acme*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, one owner": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":repository_owner", "acme")), prove.Holds, prove.Holds, ""},
		"GitHub, one owner and a pattern": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":repository_owner", "acme"), like(github+":sub",
				"repo:acme*")), prove.Holds, prove.Holds, ""},
		"GitHub, a workflow that others call": {web(fixture.GithubProvider, aud,
			like(github+":job_workflow_ref", "acme/*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, the id of a repository": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":repository_id", "1234")), prove.Holds, prove.Holds, ""},
		"GitHub, ids of repositories that begin alike": {web(fixture.GithubProvider, aud,
			like(github+":repository_id", "12*")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, the id of an owner": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":repository_owner_id", "1234")), prove.Holds, prove.Holds, ""},
		"GitHub, whoever starts the workflow": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":actor", "octocat")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, the id of whoever starts the workflow": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":actor_id", "1234")), prove.DoesNotHold, prove.DoesNotHold, github},
		"GitHub, one owner and whoever starts the workflow": {web(fixture.GithubProvider, aud,
			policy.StringEquals(github+":repository_owner", "acme"), policy.StringEquals(github+":actor", "octocat")),
			prove.Holds, prove.Holds, ""},
		"GitLab, the id of a project": {web("arn:aws:iam::"+fixture.People+":oidc-provider/gitlab.com",
			policy.StringEquals("gitlab.com:project_id", "1234")), prove.Holds, prove.Holds, ""},
		"GitLab, whoever starts the pipeline": {web("arn:aws:iam::"+fixture.People+":oidc-provider/gitlab.com",
			policy.StringEquals("gitlab.com:user_login", "octocat")), prove.DoesNotHold, prove.DoesNotHold, "gitlab.com"},
		"HCP Terraform, the id of an organization": {web("arn:aws:iam::"+fixture.People+":oidc-provider/app.terraform.io",
			policy.StringEquals("app.terraform.io:terraform_organization_id", "org-1234")), prove.Holds, prove.Holds, ""},
		"GitHub, two organizations": {web(fixture.GithubProvider, aud,
			like(github+":sub", "repo:acme/*", "repo:other/*")), prove.Holds, prove.Holds, ""},
		"GitHub, whatever the case": {web(fixture.GithubProvider, aud,
			policy.Is(policy.Operator{Base: policy.OpStringEqualsIgnoreCase}, github+":sub",
				"REPO:ACME/INFRA:ref:refs/heads/main")), prove.Holds, prove.Holds, ""},
		"GitLab, groups that begin alike": {web("arn:aws:iam::"+fixture.People+":oidc-provider/gitlab.com",
			like("gitlab.com:sub",
				"project_path:acme*:ref_type:branch:ref:main")), prove.DoesNotHold, prove.DoesNotHold, "gitlab.com"},
		"HCP Terraform, organizations that begin alike": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/app.terraform.io",
				like("app.terraform.io:sub",
					"organization:acme*:project:*")), prove.DoesNotHold, prove.DoesNotHold, "app.terraform.io"},
		"HCP Terraform, one organization": {web("arn:aws:iam::"+fixture.People+":oidc-provider/app.terraform.io",
			like("app.terraform.io:sub", "organization:acme:project:*")), prove.Holds, prove.Holds, ""},
		"agent.buildkite.com, any customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/agent.buildkite.com", like("agent.buildkite.com:sub", "organization:*:pipeline:deploy*")),
			prove.DoesNotHold, prove.DoesNotHold, "agent.buildkite.com"},
		"agent.buildkite.com, customers that begin alike": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/agent.buildkite.com", like("agent.buildkite.com:sub", "organization:acme*:pipeline:deploy:*")),
			prove.DoesNotHold, prove.DoesNotHold, "agent.buildkite.com"},
		"agent.buildkite.com, one customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/agent.buildkite.com", like("agent.buildkite.com:sub", "organization:acme:pipeline:deploy:*")),
			prove.Holds, prove.Holds, ""},
		"api.pulumi.com/oidc, any customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/api.pulumi.com/oidc", like("api.pulumi.com/oidc:sub", "pulumi:deploy:org:*:project:infra:*")),
			prove.DoesNotHold, prove.DoesNotHold, "api.pulumi.com/oidc"},
		"api.pulumi.com/oidc, customers that begin alike": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/api.pulumi.com/oidc", like("api.pulumi.com/oidc:sub", "pulumi:environments:org:acme*:*")),
			prove.DoesNotHold, prove.DoesNotHold, "api.pulumi.com/oidc"},
		"api.pulumi.com/oidc, one customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/api.pulumi.com/oidc", like("api.pulumi.com/oidc:sub", "pulumi:deploy:org:acme:project:*")),
			prove.Holds, prove.Holds, ""},
		"oidc.vercel.com, any customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/oidc.vercel.com", like("oidc.vercel.com:sub", "owner:*:project:site:environment:production")),
			prove.DoesNotHold, prove.DoesNotHold, "oidc.vercel.com"},
		"oidc.vercel.com, customers that begin alike": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/oidc.vercel.com", like("oidc.vercel.com:sub", "owner:acme*:project:*")),
			prove.DoesNotHold, prove.DoesNotHold, "oidc.vercel.com"},
		"oidc.vercel.com, one customer": {
			web("arn:aws:iam::"+fixture.People+":oidc-provider/oidc.vercel.com", like("oidc.vercel.com:sub", "owner:acme:project:site:*")),
			prove.Holds, prove.Holds, ""},
		"GitLab": {web("arn:aws:iam::"+fixture.People+":oidc-provider/gitlab.com",
			policy.StringEquals("gitlab.com:aud",
				"https://gitlab.com")), prove.DoesNotHold, prove.DoesNotHold, "gitlab.com"},
		"GitLab, one project": {web("arn:aws:iam::"+fixture.People+":oidc-provider/gitlab.com",
			policy.StringEquals("gitlab.com:sub",
				"project_path:a/b:ref_type:branch:ref:main")), prove.Holds, prove.Holds, ""},
		"EKS": {web(fixture.EksProvider,
			policy.StringEquals(eks+":aud", "sts.amazonaws.com")), prove.DoesNotHold, prove.DoesNotHold, eks},
		"EKS, any service account": {web(fixture.EksProvider, like(eks+":sub", "system:serviceaccount:*:*")),
			prove.DoesNotHold, prove.DoesNotHold, eks},
		"EKS, by the key of another cluster, which its tokens do not carry": {web(fixture.EksProvider,
			policy.StringEquals("oidc.eks.eu-west-1.amazonaws.com/id/ANOTHER:sub", "system:serviceaccount:a:b")),
			prove.Holds, prove.Holds, ""},
		"EKS, by the key of another cluster if there is one": {web(fixture.EksProvider,
			policy.Is(policy.Operator{Base: policy.OpStringEquals, IfExists: true},
				"oidc.eks.eu-west-1.amazonaws.com/id/ANOTHER:sub", "system:serviceaccount:a:b")),
			prove.DoesNotHold, prove.DoesNotHold, eks},
		"GitHub, by a key of GitLab": {web(fixture.GithubProvider, policy.StringEquals("gitlab.com:sub", "a")),
			prove.Holds, prove.Holds, ""},
		"EKS, one service account": {web(fixture.EksProvider,
			policy.StringEquals(eks+":sub",
				"system:serviceaccount:kube-system:aws-node")), prove.Holds, prove.Holds, ""},
		"Cognito": {web("cognito-identity.amazonaws.com"), prove.DoesNotHold, prove.DoesNotHold,
			"cognito-identity.amazonaws.com"},
		"Cognito, guests of a pool": {web("cognito-identity.amazonaws.com",
			policy.StringEquals("cognito-identity.amazonaws.com:aud",
				"us-east-1:12345678-abcd-abcd-abcd-123456790ab")), prove.DoesNotHold, prove.DoesNotHold, "cognito"},
		"Cognito, people of a pool": {web("cognito-identity.amazonaws.com",
			policy.StringEquals("cognito-identity.amazonaws.com:aud", "us-east-1:12345678-abcd-abcd-abcd-123456790ab"),
			policy.Is(policy.Operator{Base: policy.OpStringLike, Quantifier: policy.ForAnyValue},
				"cognito-identity.amazonaws.com:amr", "authenticated")), prove.Holds, prove.Holds, ""},
		"a provider of another account": {web("arn:aws:iam::" + fixture.Members + ":oidc-provider/gitlab.com"),
			prove.HoldsIf, prove.DoesNotHold, fixture.Members},
	} {
		t.Run(name, func(t *testing.T) {
			for admin, want := range map[bool]prove.Verdict{false: c.plain, true: c.admin} {
				f := strangersOfRole(t, roleTrusting(admin, c.st), nil)
				require.Equal(t, want, f.Verdict, "admin %t: %s", admin, f)
				if want == prove.DoesNotHold {
					assert.Contains(t, f.Problem, c.says)
					assert.Equal(t, admin, strings.Contains(f.Problem, "administers"))
				}
				if want == prove.HoldsIf {
					require.NotEmpty(t, f.Assumptions)
					assert.Contains(t, f.Assumptions[0].Text, c.says)
				}
			}
		})
	}
}

// A pattern of organizations or accounts lets in more than anybody can mean: the finding says so once, and lists none
// that the search made up. What is written out is named, each for itself.
func TestPatternsOfStrangersAreToldAsSuch(t *testing.T) {
	when := func(c ...policy.Condition) policy.Statement {
		return policy.Allow("T", "sts:AssumeRole").For(policy.Anyone()).When(c...)
	}
	paths := func(patterns ...string) policy.Condition {
		op := policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringLike}
		return policy.Is(op, "aws:PrincipalOrgPaths", patterns...)
	}
	const orgID, account, orgs = "aws:PrincipalOrgID", "aws:PrincipalAccount", "every organization may assume"
	for name, c := range map[string]struct {
		st   policy.Statement
		says string
	}{
		"every organization":            {when(like(orgID, "o-*")), orgs},
		"every organization, by a star": {when(like(orgID, "*")), orgs},
		"whoever is in one":             {when(policy.Present(orgID)), orgs},
		"no account":                    {when(like(orgID, "o-*"), policy.StringNotEquals(account, "")), orgs},
		"every organization but one":    {when(like(orgID, "o-*"), policy.StringNotEquals(orgID, "o-elsewhere1")), orgs},
		"every unit":                    {when(paths("o-*/*")), orgs},
		"one organization and all":      {when(like(orgID, "o-elsewhere1", "o-*")), orgs},
		"some organizations":            {when(like(orgID, "o-a*")), "every organization like o-a* may"},
		"some units of any":             {when(paths("o-*/r-ab*/*")), "every organization like o-* may"},
		"every account":                 {when(like(account, "*")), "everybody in AWS may assume"},
		"every account, by its digits":  {when(like(account, "????????????")), "everybody in AWS may assume"},
		"some accounts":                 {when(like(account, "1*")), "every account like 1* may"},
		"some accounts by their ARNs":   {when(like("aws:PrincipalArn", "arn:aws:iam::12*:role/x")), "every account like 12* may"},
		"one account and some":          {when(like(account, fixture.Members, "2*")), "every account like 2* may"},
	} {
		for _, admin := range []bool{false, true} {
			f := strangersOfRole(t, roleTrusting(admin, c.st), nil)
			require.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", name, f)
			assert.Contains(t, f.Problem, c.says, name)
			assert.Less(t, len(f.Problem)+len(f.Assumptions), 300, "%s: %s", name, f.Problem)
			assert.Empty(t, f.Unreal, "%s: %s", name, f)
		}
	}
	for name, c := range map[string]struct {
		st    policy.Statement
		named []string
	}{
		"organizations": {when(policy.StringEquals(orgID, "o-elsewhere1", "o-elsewhere2")),
			[]string{"organization o-elsewhere1", "organization o-elsewhere2"}},
		"units of organizations": {when(paths("o-elsewhere1/*", "o-elsewhere2/r-abcd/*")),
			[]string{"organization o-elsewhere1", "organization o-elsewhere2"}},
		"accounts":              {when(like(account, fixture.Members, fixture.Stranger)), []string{fixture.Members, fixture.Stranger}},
		"an account in any one": {when(policy.StringEquals(account, fixture.Members), like(orgID, "o-*")), []string{fixture.Members}},
	} {
		f := strangersOfRole(t, roleTrusting(false, c.st), nil)
		require.Equal(t, prove.HoldsIf, f.Verdict, "%s: %s", name, f)
		require.Len(t, f.Assumptions, len(c.named), "%s: %s", name, f)
		var all strings.Builder
		for _, a := range f.Assumptions {
			all.WriteString(a.Text + "\n")
		}
		for _, who := range c.named {
			assert.Contains(t, all.String(), who, name)
		}
	}
}

// A Deny with NotPrincipal shuts out whomever it does not list. An account that it lists may have somebody whom it
// spares, and so has a service or provider that it lists.
func TestADenyWithNotPrincipalShutsOutEverybodyElse(t *testing.T) {
	everybody := policy.Allow("T", "sts:Assume*").For(policy.Anyone())
	but := func(p ...policy.Principal) policy.Statement { return policy.Deny("D", "*").ForAllExcept(p...) }
	home, role := policy.AWSPrincipals(
		fixture.People,
	), policy.AWSPrincipals(
		"arn:aws:iam::"+fixture.People+":role/deploy",
	)
	for name, c := range map[string]struct {
		deny policy.Statement
		want prove.Verdict
		says string
	}{
		"a role":                         {but(role), prove.Holds, ""},
		"a role and its account":         {but(role, home), prove.Holds, ""},
		"a user and the account":         {but(policy.AWSPrincipals(fixture.UserARN("bob"), fixture.People)), prove.Holds, ""},
		"a role elsewhere":               {but(policy.AWSPrincipals("arn:aws:iam::" + fixture.Members + ":role/x")), prove.HoldsIf, "account " + fixture.Members},
		"a dead unique id":               {but(policy.AWSPrincipals("AROADEADDEADDEADDEAD1")), prove.Holds, ""},
		"a session elsewhere":            {but(policy.AWSPrincipals("arn:aws:sts::" + fixture.Members + ":assumed-role/x/s")), prove.HoldsIf, "account " + fixture.Members},
		"an account elsewhere":           {but(home, policy.AWSPrincipals(fixture.Members)), prove.HoldsIf, "account " + fixture.Members},
		"a service":                      {but(policy.ServicePrincipals("ec2.amazonaws.com")), prove.DoesNotHold, "every AWS service"},
		"everybody":                      {but(policy.Anyone()), prove.DoesNotHold, "everybody in AWS"},
		"a role, under a condition":      {but(role).When(policy.Bool("aws:SecureTransport", false)), prove.DoesNotHold, "everybody in AWS"},
		"a role, where another is asked": {but(role).When(policy.StringEquals("sts:ExternalId", "x")), prove.DoesNotHold, "everybody in AWS"},
	} {
		r := roleTrusting(false, everybody)
		r.Trust = policy.New(everybody, c.deny)
		f := strangersOfRole(t, r, nil)
		require.Equal(t, c.want, f.Verdict, "%s: %s", name, f)
		switch c.want {
		case prove.DoesNotHold:
			assert.Contains(t, f.Problem, c.says, name)
			require.NotNil(t, f.Witness, name)
		case prove.HoldsIf:
			assert.Contains(t, f.Assumptions[0].Text, c.says, name)
		}
	}
}

// The stranger of a finding is one whom the evaluator lets in: whoever an entry names, however short the name, and
// somebody of the organization or unit that a condition names.
func TestTheStrangerOfAFindingIsLetIn(t *testing.T) {
	assume := func(p ...policy.Principal) policy.Statement { return policy.Allow("T", "sts:AssumeRole").For(p...) }
	const other = "arn:aws:iam::" + fixture.Stranger + ":"
	inOrganization := policy.StringEquals("aws:PrincipalOrgID", "o-elsewhere1")
	for name, st := range map[string]policy.Statement{
		"a role with a short name":  assume(policy.AWSPrincipals(other + "role/x")),
		"a role at a path":          assume(policy.AWSPrincipals(other + "role/a/b")),
		"a user with a short name":  assume(policy.AWSPrincipals(other + "user/y")),
		"an account":                assume(policy.AWSPrincipals(fixture.Stranger)),
		"an organization":           assume(policy.Anyone()).When(inOrganization),
		"a user of an organization": assume(policy.Anyone()).When(inOrganization, like("aws:username", "b*")),
		"a unit": assume(policy.Anyone()).When(policy.Is(
			policy.Operator{Quantifier: policy.ForAnyValue, Base: policy.OpStringLike},
			"aws:PrincipalOrgPaths", "o-elsewhere1/r-abcd/ou-abcd-11111111/*",
		)),
		"one account of it":          assume(policy.AWSPrincipals(fixture.Stranger)).When(inOrganization),
		"everybody of short names":   assume(policy.Anyone()).When(like("aws:PrincipalArn", "arn:aws:iam::*:role/?")),
		"everybody of an other name": assume(policy.Anyone()).When(like("aws:PrincipalArn", other+"role/ops-*")),
	} {
		f := strangersOfRole(t, roleTrusting(true, st), nil)
		require.Equal(t, prove.DoesNotHold, f.Verdict, "%s: %s", name, f)
		require.NotNil(t, f.Witness, name)
		assert.Empty(t, f.Unreal, "%s: %s", name, f)
		assert.True(t, f.Witness.Allowed(), "%s: %s", name, f)
	}
}
