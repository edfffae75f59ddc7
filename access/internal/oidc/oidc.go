package oidc

import (
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// oidcIssuer is an issuer of OpenID Connect tokens that many customers share: whoever has an account there gets a
// token of it, for any audience. What tells the customers apart is in the token, and a trust policy has to compare
// it.
type oidcIssuer struct {
	// host is the issuer without "https://", as the names of its condition keys begin; * stands for anything.
	host string
	// strangers are tokens of somebody else: one that a trust policy takes makes it a trust in everybody who has an
	// account at the issuer.
	strangers []Token
	// customers are the claims that name a customer, by a name that anybody can register who finds it free, or by an
	// id.
	customers []customerClaim
}

// customerClaim is a claim of a token with the name of a customer in it.
type customerClaim struct {
	name string
	// forms are what the claim looks like; {} is the name of the customer, * anything.
	forms []string
}

// Token are claims of a token, each key without the issuer.
type Token []policy.Condition

func claim(name string, patterns ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, name, patterns...)
}

// oidcIssuers are the issuers that many customers share, and at last every other, of which the subject alone is
// known. Claims that a row does not name are open: they can be anything that a trust policy asks for.
//
// Source: IAM User Guide, Available keys for AWS web identity federation, and Identity providers and federation
// (controls for shared OIDC providers); Amazon Cognito Developer Guide, Role trust and permissions (aud and amr);
// Amazon EKS User Guide, IAM roles for service accounts; GitHub Docs, OpenID Connect reference (sub, repository,
// repository_owner); GitLab Docs, ID token authentication; HCP Terraform documentation, Workload identity tokens;
// Buildkite Docs, OIDC with AWS (agents of all organizations share the issuer); Pulumi Docs, Configuring OpenID Connect
// for AWS; Vercel Docs, OpenID Connect (OIDC) Federation (global issuer mode).
var oidcIssuers = []oidcIssuer{
	{
		"token.actions.githubusercontent.com",
		[]Token{
			{
				claim("sub", "repo:somebody-else/*", "repository_owner:somebody-else*", "repository:somebody-else/*"),
				claim(
					"repository",
					"somebody-else/*",
				),
				claim("repository_owner", "somebody-else"),
				claim("repository_owner_id", "0"),
				claim("repository_id", "0"),
				// Not job_workflow_ref: everybody calls a workflow of a public repository, and gets its name. Not actor
				// and actor_id: a workflow of whatever repository starts when somebody opens an issue there, as them.
				claim("enterprise", "somebody-else"),
				claim("enterprise_id", "0"),
			},
		},
		[]customerClaim{
			{"sub", []string{"repo:{}/*", "repository_owner:{}", "repository_owner:{}:*", "repository:{}/*"}},
			{"repository", []string{"{}/*"}},
			{"repository_owner", []string{"{}"}},
			{"enterprise", []string{"{}"}},
			{"repository_id", []string{"{}"}},
			{"repository_owner_id", []string{"{}"}},
			{"enterprise_id", []string{"{}"}},
		},
	},
	{
		"gitlab.com",
		[]Token{
			{
				claim(
					"sub",
					"project_path:somebody-else/*",
				),
				claim("project_path", "somebody-else/*"),
				claim("namespace_path", "somebody-else"),
				claim("namespace_id", "0"),
				// Not user_login, user_email and user_id: whoever starts a pipeline is named, in whatever project.
				claim("project_id", "0"),
			},
		},
		[]customerClaim{
			{"sub", []string{"project_path:{}/*"}},
			{"project_path", []string{"{}/*"}},
			{"namespace_path", []string{"{}"}},
			{"namespace_id", []string{"{}"}},
			{"project_id", []string{"{}"}},
		},
	},
	{
		"app.terraform.io",
		[]Token{
			{
				claim(
					"sub",
					"organization:somebody-else:*",
				),
				claim("terraform_organization_name", "somebody-else"),
				claim("terraform_organization_id", "org-0"),
				claim("terraform_workspace_id", "ws-0"),
				claim("terraform_project_id", "prj-0"),
			},
		},
		[]customerClaim{
			{"sub", []string{"organization:{}:*"}},
			{"terraform_organization_name", []string{"{}"}},
			{"terraform_organization_id", []string{"{}"}},
			{"terraform_workspace_id", []string{"{}"}},
			{"terraform_project_id", []string{"{}"}},
		},
	},
	{
		"agent.buildkite.com",
		[]Token{{claim("sub", "organization:somebody-else:*")}},
		[]customerClaim{{"sub", []string{"organization:{}:*"}}},
	},
	{
		"api.pulumi.com/oidc*",
		[]Token{{claim("sub", "pulumi:deploy:org:somebody-else:*", "pulumi:environments:org:somebody-else:*")}},
		[]customerClaim{{"sub", []string{
			"pulumi:deploy:org:{}:*",
			"pulumi:environments:org:{}:*",
			"pulumi:environments:pulumi.organization.login:{}:*",
		}}},
	},
	{
		// With the issuer of a team, oidc.vercel.com/TEAM, nobody else has tokens.
		"oidc.vercel.com",
		[]Token{{claim("sub", "owner:somebody-else:*")}},
		[]customerClaim{{"sub", []string{"owner:{}:*"}}},
	},
	{
		"accounts.google.com",
		[]Token{
			{claim("sub", "000000000000000000000"), claim("email", "somebody-else@*"), claim("hd", "somebody-else")},
		},
		nil,
	},
	{
		"cognito-identity.amazonaws.com",
		[]Token{
			{
				claim("aud", "us-east-1:00000000-0000-0000-0000-000000000000"),
				claim("sub", "us-east-1:00000000-0000-0000-0000-000000000000"),
			},
			// Whoever knows the id of an identity pool is a guest of it.
			{
				policy.AllEqual("amr", "unauthenticated"),
				policy.Present("amr"),
				claim("sub", "us-east-1:00000000-0000-0000-0000-000000000000"),
			},
		},
		nil,
	},
	{
		"www.amazon.com",
		[]Token{{claim("user_id", "amzn1.account.SOMEBODYELSE"), claim("sub", "amzn1.account.SOMEBODYELSE")}},
		nil,
	},
	{"graph.facebook.com", []Token{{claim("id", "0"), claim("sub", "0")}}, nil},
	{"oidc.eks.*", []Token{{claim("sub", "system:serviceaccount:somebody-else:somebody-else")}}, nil},
	{"*", []Token{{claim("sub", "somebody-else")}}, nil},
}

// Host is the issuer of a provider as "Federated" has it: an ARN, or the host itself. False for a SAML provider.
func Host(provider string) (string, bool) {
	if !strings.HasPrefix(provider, "arn:") {
		return provider, true
	}
	return strings.CutPrefix(policy.ARNResource(provider), "oidc-provider/")
}

// StrangersOf are the tokens of somebody else of an issuer, with the names of the condition keys: of a customer whose
// name nobody has written, and of every customer whom the conditions of a statement do not name letter by letter. A
// pattern in the place of a name, such as repo:acme*, is met by names that anybody can register.
func StrangersOf(host string, trusted []engine.Condition) []Token {
	for _, issuer := range oidcIssuers {
		if !wildcard.Match(issuer.host, strings.ToLower(host)) {
			continue
		}
		out := make([]Token, len(issuer.strangers))
		for i, token := range issuer.strangers {
			for _, c := range token {
				c.Key = host + ":" + c.Key
				if c.Operator.Base == policy.OpStringLike {
					// A claim that the token does not have is compared like one of somebody else.
					c.Operator.IfExists = !strings.HasSuffix(c.Key, ":sub")
				}
				out[i] = append(out[i], c)
			}
		}
		if other := unnamedCustomer(host, issuer.customers, trusted); other != nil {
			out = append(out, other)
		}
		return out
	}
	return nil
}

// unnamedCustomer is the token of a customer whom the conditions do not name; nil where they compare a claim without
// its case, which the token cannot say.
func unnamedCustomer(host string, customers []customerClaim, trusted []engine.Condition) Token {
	var token Token
	for _, c := range customers {
		key := host + ":" + c.name
		var named []string
		for i := range trusted {
			source := trusted[i].Source
			if !strings.EqualFold(source.Key, key) || trusted[i].Negated {
				continue
			}
			if source.Operator.Base == policy.OpStringEqualsIgnoreCase {
				return nil
			}
			for _, value := range source.Values {
				named = append(named, c.naming(value)...)
			}
		}
		ifExists := c.name != "sub"
		like := make([]string, len(c.forms))
		for i, form := range c.forms {
			like[i] = strings.Replace(form, "{}", "*", 1)
		}
		token = append(token, policy.Is(policy.Operator{Base: policy.OpStringLike, IfExists: ifExists}, key, like...))
		if len(named) > 0 {
			not := policy.Operator{Base: policy.OpStringNotLike, IfExists: ifExists}
			token = append(token, policy.Is(not, key, named...))
		}
	}
	return token
}

// naming are the forms of the claim with the customer whom a value names letter by letter; none when a pattern stands
// in that place.
func (c customerClaim) naming(value string) []string {
	for _, form := range c.forms {
		before, after, _ := strings.Cut(form, "{}")
		rest, is := strings.CutPrefix(value, before)
		if !is {
			continue
		}
		customer := rest
		if after != "" {
			if customer, _, is = strings.Cut(rest, after[:1]); !is {
				continue
			}
		}
		if customer == "" || strings.ContainsAny(customer, "*?") {
			continue
		}
		var named []string
		for _, each := range c.forms {
			named = append(named, strings.Replace(each, "{}", customer, 1))
		}
		return named
	}
	return nil
}
