package access

import "aws-access-guardrails/policy"

// callerClass is a class of callers whom a trust policy can let in, told apart by the condition keys that their calls carry.
type callerClass struct {
	// name is the class in words.
	name    string
	kind    principalKind
	session sessionKind
	// absent are the keys that no call of the class carries. Every other key is open but for those that an entry of a trust policy fixes: what AWS does
	// not say of a class can raise a false alarm, and never hides a caller.
	absent []keyKind
}

// The classes of callers. Between them they have everybody whom the evaluator lets in:
//
//   - IAM users, with an access key, in the console or with a session token; sessions of roles, those of IAM Identity Center and of web identities among
//     them: usersAndRoles. Which keys they have follows from the ARN: see anyone.never.
//   - AWS services, for themselves or for a resource of somebody, with aws:SourceAccount and aws:SourceArn or without: awsServices.
//   - Identity providers, SAML and OpenID Connect, Amazon Cognito among them: identityProviders. What a provider says about the person (saml:sub,
//     <provider>:sub, cognito-identity.amazonaws.com:amr ...) belongs to the request, and is open.
//   - A canonical user id stands for an account of which nobody knows the number, so for users and roles of any account.
//
// Three kinds of callers assume no role, whatever its trust policy says, and are in no class: the root user, whom AWS refuses sts:AssumeRole; a federated
// user of sts:GetFederationToken, who calls nothing of STS but GetCallerIdentity; and anonymous callers, since sts:AssumeRole is signed, and the two calls
// that are not signed carry what an identity provider says. A trust policy that names a federated user is taken to let somebody in all the same.
//
// Source: IAM User Guide, AWS global condition context keys (availability), IAM policy elements: Variables and tags (request information for each
// kind of principal), Compare AWS STS credentials, Available keys for AWS web identity federation; AWS STS API Reference, AssumeRole,
// AssumeRoleWithSAML and AssumeRoleWithWebIdentity.
var (
	usersAndRoles = callerClass{name: "users and roles", kind: userPrincipal, session: longTermKeySession}

	awsServices = callerClass{
		name: "AWS services", kind: servicePrincipal, session: serviceSession,
		absent: append([]keyKind{keyTokenIssueTime, keySourceIdentity, keyFederatedProvider}, ofNobodySignedIn...),
	}

	identityProviders = callerClass{
		name: "identity providers", kind: providerPrincipal, session: federatedSession,
		absent: append([]keyKind{keyTokenIssueTime, keySourceIdentity, keyPrincipalServiceName}, ofNobodySignedIn...),
	}
)

// ofNobodySignedIn are the keys that neither services nor providers have: those of a user or role.
var ofNobodySignedIn = []keyKind{
	keyPrincipalARN, keyPrincipalAccount, keyPrincipalOrgID, keyPrincipalOrgPaths, keyPrincipalTag, keyUserName, keyMFAPresent, keyMFAAge,
}

// classes are the classes of the callers whom an entry of a trust policy names.
func (t *trusted) classes() []*callerClass {
	switch t.kind {
	case policy.PrincipalAny:
		return []*callerClass{&usersAndRoles, &awsServices, &identityProviders}
	case policy.PrincipalService:
		return []*callerClass{&awsServices}
	case policy.PrincipalFederated:
		return []*callerClass{&identityProviders}
	}
	return []*callerClass{&usersAndRoles}
}

// wayIn is one class of callers whom one entry of a trust policy names.
type wayIn struct {
	st    *statement
	entry *trusted
	class *callerClass
}

// everybody is the entry of a statement with NotPrincipal, which names nobody: what it spares is left to the evaluator.
var everybody = trusted{kind: policy.PrincipalAny}

// waysIn are the ways into a role, in the order of its trust policy.
func (p *principal) waysIn() []wayIn {
	var ways []wayIn
	add := func(st *statement, entry *trusted) {
		for _, class := range entry.classes() {
			ways = append(ways, wayIn{st: st, entry: entry, class: class})
		}
	}
	for _, st := range p.trust.allow {
		if st.notPrincipals {
			add(st, &everybody)
			continue
		}
		for i := range st.principals {
			if !st.principals[i].dead {
				add(st, &st.principals[i])
			}
		}
	}
	return ways
}
