package wayin

import (
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// Class is a class of callers whom a trust policy can let in, told apart by the condition keys that their calls
// carry.
type Class struct {
	// name is the class in words.
	name    string
	Kind    engine.PrincipalKind
	Session engine.SessionKind
	// absent are the keys that no call of the class carries. Every other key is open but for those that an entry of a
	// trust policy fixes: what AWS does not say of a class can raise a false alarm, and never hides a caller.
	Absent []conditionkey.KeyKind
}

// The classes of callers. Between them they have everybody whom the evaluator lets in:
//
//   - IAM users, with an access key, in the console or with a session token; sessions of roles, those of IAM Identity Center and of web identities among
//     them: UsersAndRoles. Which keys they have follows from the ARN: see anyone.never.
//   - AWS services, for themselves or for a resource of somebody, with aws:SourceAccount and aws:SourceArn or without: AWSServices.
//   - Identity providers, SAML and OpenID Connect, Amazon Cognito among them: IdentityProviders. What a provider says about the person (saml:sub,
//     <provider>:sub, cognito-identity.amazonaws.com:amr ...) belongs to the request, and is open.
//   - A canonical user id stands for an account of which nobody knows the number, so for users and roles of any account.
//
// Three kinds of callers assume no role, whatever its trust policy says, and are in no class: the root user, whom AWS
// refuses sts:AssumeRole; a federated user of sts:GetFederationToken, who calls nothing of STS but GetCallerIdentity;
// and anonymous callers, since sts:AssumeRole is signed, and the two calls that are not signed carry what an identity
// provider says. A trust policy that names a federated user is taken to let somebody in all the same.
//
// Source: IAM User Guide, AWS global condition context keys (availability), IAM policy elements: Variables and tags
// (request information for each kind of principal), Compare AWS STS credentials, Available keys for AWS web identity
// federation; AWS STS API Reference, AssumeRole, AssumeRoleWithSAML and AssumeRoleWithWebIdentity.
var (
	UsersAndRoles = Class{name: "users and roles", Kind: engine.UserPrincipal, Session: engine.LongTermKeySession}

	AWSServices = Class{
		name:    "AWS services",
		Kind:    engine.ServicePrincipal,
		Session: engine.ServiceSession,
		Absent: append(
			[]conditionkey.KeyKind{
				conditionkey.KeyTokenIssueTime,
				conditionkey.KeySourceIdentity,
				conditionkey.KeyFederatedProvider,
			},
			ofNobodySignedIn...),
	}

	IdentityProviders = Class{
		name:    "identity providers",
		Kind:    engine.ProviderPrincipal,
		Session: engine.FederatedSession,
		Absent: append(
			[]conditionkey.KeyKind{
				conditionkey.KeyTokenIssueTime,
				conditionkey.KeySourceIdentity,
				conditionkey.KeyPrincipalServiceName,
			},
			ofNobodySignedIn...),
	}
)

// ofNobodySignedIn are the keys that neither services nor providers have: those of a user or role.
var ofNobodySignedIn = []conditionkey.KeyKind{
	conditionkey.KeyPrincipalARN,
	conditionkey.KeyPrincipalAccount,
	conditionkey.KeyPrincipalOrgID,
	conditionkey.KeyPrincipalOrgPaths,
	conditionkey.KeyPrincipalTag,
	conditionkey.KeyUserName,
	conditionkey.KeyMFAPresent,
	conditionkey.KeyMFAAge,
}

// classes are the classes of the callers whom an entry of a trust policy names.
func classes(t *engine.Trusted) []*Class {
	switch t.Kind {
	case policy.PrincipalAny:
		return []*Class{&UsersAndRoles, &AWSServices, &IdentityProviders}
	case policy.PrincipalService:
		return []*Class{&AWSServices}
	case policy.PrincipalFederated:
		return []*Class{&IdentityProviders}
	}
	return []*Class{&UsersAndRoles}
}

// Way is one class of callers whom one entry of a trust policy names.
type Way struct {
	St    *engine.Statement
	Entry *engine.Trusted
	Class *Class
}

// Everybody is the entry of a statement with NotPrincipal, which names nobody: what it spares is left to the evaluator.
var Everybody = engine.Trusted{Kind: policy.PrincipalAny}

// Of are the ways into a role, in the order of its trust policy.
func Of(p *engine.Principal) []Way {
	var ways []Way
	add := func(st *engine.Statement, entry *engine.Trusted) {
		for _, class := range classes(entry) {
			ways = append(ways, Way{St: st, Entry: entry, Class: class})
		}
	}
	for _, st := range p.Trust.Allow {
		if st.NotPrincipals {
			add(st, &Everybody)
			continue
		}
		for i := range st.Principals {
			if !st.Principals[i].Dead {
				add(st, &st.Principals[i])
			}
		}
	}
	return ways
}
