package engine

import (
	"strings"

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
	strangers []OidcToken
}

// OidcToken are claims of a token, each key without the issuer.
type OidcToken []policy.Condition

func claim(name string, patterns ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, name, patterns...)
}

// oidcIssuers are the issuers that many customers share, and at last every other, of which the subject alone is
// known. Claims that a row does not name are open: they can be anything that a trust policy asks for.
//
// Source: IAM User Guide, Available keys for AWS web identity federation, and Identity providers and federation
// (controls for shared OIDC providers); Amazon Cognito Developer Guide, Role trust and permissions (aud and amr);
// Amazon EKS User Guide, IAM roles for service accounts; GitHub Docs, OpenID Connect reference (sub, repository,
// repository_owner); GitLab Docs, ID token authentication; HCP Terraform documentation, Workload identity tokens.
var oidcIssuers = []oidcIssuer{
	{
		"token.actions.githubusercontent.com",
		[]OidcToken{
			{
				claim("sub", "repo:somebody-else/*", "repository_owner:somebody-else*", "repository:somebody-else/*"),
				claim(
					"repository",
					"somebody-else/*",
				),
				claim("repository_owner", "somebody-else"),
				claim("repository_owner_id", "0"),
				claim("repository_id", "0"),
				claim(
					"job_workflow_ref",
					"somebody-else/*",
				),
				claim("actor", "somebody-else"),
				claim("actor_id", "0"),
				claim("enterprise", "somebody-else"),
				claim("enterprise_id", "0"),
			},
		},
	},
	{
		"gitlab.com",
		[]OidcToken{
			{
				claim(
					"sub",
					"project_path:somebody-else/*",
				),
				claim("project_path", "somebody-else/*"),
				claim("namespace_path", "somebody-else"),
				claim(
					"namespace_id",
					"0",
				),
				claim("project_id", "0"),
				claim("user_login", "somebody-else"),
				claim("user_email", "somebody-else@*"),
				claim("user_id", "0"),
			},
		},
	},
	{
		"app.terraform.io",
		[]OidcToken{
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
	},
	{
		"accounts.google.com",
		[]OidcToken{
			{claim("sub", "000000000000000000000"), claim("email", "somebody-else@*"), claim("hd", "somebody-else")},
		},
	},
	{
		"cognito-identity.amazonaws.com",
		[]OidcToken{
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
	},
	{
		"www.amazon.com",
		[]OidcToken{{claim("user_id", "amzn1.account.SOMEBODYELSE"), claim("sub", "amzn1.account.SOMEBODYELSE")}},
	},
	{"graph.facebook.com", []OidcToken{{claim("id", "0"), claim("sub", "0")}}},
	{"oidc.eks.*", []OidcToken{{claim("sub", "system:serviceaccount:somebody-else:somebody-else")}}},
	{"*", []OidcToken{{claim("sub", "somebody-else")}}},
}

// OidcHost is the issuer of a provider as "Federated" has it: an ARN, or the host itself. False for a SAML provider.
func OidcHost(provider string) (string, bool) {
	if !strings.HasPrefix(provider, "arn:") {
		return provider, true
	}
	return strings.CutPrefix(policy.ARNResource(provider), "oidc-provider/")
}

// StrangersOf are the tokens of somebody else of an issuer, with the names of the condition keys.
func StrangersOf(host string) []OidcToken {
	for _, issuer := range oidcIssuers {
		if !wildcard.Match(issuer.host, strings.ToLower(host)) {
			continue
		}
		out := make([]OidcToken, len(issuer.strangers))
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
		return out
	}
	return nil
}
