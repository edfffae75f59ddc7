package access

import (
	"strings"

	"aws-access-guardrails/policy"
)

// oidcIssuer is an issuer of OpenID Connect tokens that many customers share: whoever has an account there gets a token of it, for any audience. What
// tells the customers apart is in the token, and a trust policy has to compare it.
type oidcIssuer struct {
	// host is the issuer without "https://", as the names of its condition keys begin; * stands for anything.
	host string
	// strangers are tokens of somebody else: one that a trust policy takes makes it a trust in everybody who has an account at the issuer.
	strangers []oidcToken
}

// oidcToken are claims of a token, each key without the issuer.
type oidcToken []policy.Condition

func claim(name string, patterns ...string) policy.Condition {
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, name, patterns...)
}

// oidcIssuers are the issuers that many customers share, and at last every other, of which the subject alone is known. Claims that a row does not name are
// open: they can be anything that a trust policy asks for.
//
// Source: IAM User Guide, Available keys for AWS web identity federation, and Identity providers and federation (controls for shared OIDC providers);
// Amazon Cognito Developer Guide, Role trust and permissions (aud and amr); Amazon EKS User Guide, IAM roles for service accounts; GitHub Docs, OpenID Connect reference
// (sub, repository, repository_owner); GitLab Docs, ID token authentication; HCP Terraform documentation, Workload identity tokens.
var oidcIssuers = []oidcIssuer{
	{"token.actions.githubusercontent.com", []oidcToken{{
		claim("sub", "repo:somebody-else/*", "repository_owner:somebody-else*", "repository:somebody-else/*"),
		claim("repository", "somebody-else/*"), claim("repository_owner", "somebody-else"), claim("repository_owner_id", "0"), claim("repository_id", "0"),
		claim("job_workflow_ref", "somebody-else/*"), claim("actor", "somebody-else"), claim("actor_id", "0"), claim("enterprise", "somebody-else"),
		claim("enterprise_id", "0"),
	}}},
	{"gitlab.com", []oidcToken{{
		claim("sub", "project_path:somebody-else/*"), claim("project_path", "somebody-else/*"), claim("namespace_path", "somebody-else"),
		claim("namespace_id", "0"), claim("project_id", "0"), claim("user_login", "somebody-else"), claim("user_email", "somebody-else@*"), claim("user_id", "0"),
	}}},
	{"app.terraform.io", []oidcToken{{
		claim("sub", "organization:somebody-else:*"), claim("terraform_organization_name", "somebody-else"), claim("terraform_organization_id", "org-0"),
		claim("terraform_workspace_id", "ws-0"), claim("terraform_project_id", "prj-0"),
	}}},
	{"accounts.google.com", []oidcToken{{claim("sub", "000000000000000000000"), claim("email", "somebody-else@*"), claim("hd", "somebody-else")}}},
	{"cognito-identity.amazonaws.com", []oidcToken{
		{claim("aud", "us-east-1:00000000-0000-0000-0000-000000000000"), claim("sub", "us-east-1:00000000-0000-0000-0000-000000000000")},
		// Whoever knows the id of an identity pool is a guest of it.
		{policy.AllEqual("amr", "unauthenticated"), policy.Present("amr"), claim("sub", "us-east-1:00000000-0000-0000-0000-000000000000")},
	}},
	{"www.amazon.com", []oidcToken{{claim("user_id", "amzn1.account.SOMEBODYELSE"), claim("sub", "amzn1.account.SOMEBODYELSE")}}},
	{"graph.facebook.com", []oidcToken{{claim("id", "0"), claim("sub", "0")}}},
	{"oidc.eks.*", []oidcToken{{claim("sub", "system:serviceaccount:somebody-else:somebody-else")}}},
	{"*", []oidcToken{{claim("sub", "somebody-else")}}},
}

// oidcHost is the issuer of a provider as "Federated" has it: an ARN, or the host itself. False for a SAML provider.
func oidcHost(provider string) (string, bool) {
	if !strings.HasPrefix(provider, "arn:") {
		return provider, true
	}
	return strings.CutPrefix(arnResource(provider), "oidc-provider/")
}

// isOIDCKey reports whether a condition key is a claim of a token of the issuer: <host>:sub and so on.
//
// Source: IAM User Guide, Available keys for AWS web identity federation.
func isOIDCKey(key string) bool {
	host, name, found := strings.Cut(key, ":")
	if !found || name == "" || strings.ContainsAny(name, ":/") {
		return false
	}
	domain, _, _ := strings.Cut(host, "/")
	return strings.Contains(domain, ".")
}

// strangersOf are the tokens of somebody else of an issuer, with the names of the condition keys.
func strangersOf(host string) []oidcToken {
	for _, issuer := range oidcIssuers {
		if !Match(issuer.host, strings.ToLower(host)) {
			continue
		}
		out := make([]oidcToken, len(issuer.strangers))
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
