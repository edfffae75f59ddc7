package access

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"time"
)

type sessionKind uint8

const (
	longTermKeySession sessionKind = iota
	consoleSession
	tokenSession
	roleSession
	identityCenterSession
	rootSession
	serviceSession
	federatedSession
)

// mfaState is the key aws:MultiFactorAuthPresent: absent, false or true.
type mfaState uint8

const (
	mfaAbsent mfaState = iota
	mfaNo
	mfaYes
)

// Session is how someone is signed in, and so which condition keys AWS sets for their calls. The functions below make one; the zero
// value is nobody's and every question about it is an error. A Session is a value: its methods return a changed copy.
type Session struct {
	kind sessionKind
	// subject is the ARN of the user or role; of a service its name, of an identity provider its ARN, of root the account id.
	subject string
	// name is the role session name.
	name           string
	mfa            mfaState
	mfaAge         string
	mfaCode        bool
	issued         time.Time
	tags           []Tag
	sourceIdentity string
	limit          *layer
}

// LongTermKey is an IAM user who calls with an access key. Such calls carry no MFA key at all: neither aws:MultiFactorAuthPresent nor
// aws:MultiFactorAuthAge.
func LongTermKey(userARN string) Session {
	return Session{kind: longTermKeySession, subject: userARN}
}

// Console is an IAM user who signed in to the console with a password alone: aws:MultiFactorAuthPresent is false.
func Console(userARN string) Session {
	return Session{kind: consoleSession, subject: userARN, mfa: mfaNo}
}

// ConsoleWithMFA is an IAM user who signed in to the console with MFA, age ago. The age is cut to whole seconds.
func ConsoleWithMFA(userARN string, age time.Duration) Session {
	return Session{kind: consoleSession, subject: userARN}.withMFA(age)
}

// SessionToken is an IAM user with credentials of sts:GetSessionToken that was called without an MFA code:
// aws:MultiFactorAuthPresent is false, and neither IAM nor STS but for sts:AssumeRole and sts:GetCallerIdentity can be called.
func SessionToken(userARN string) Session {
	return Session{kind: tokenSession, subject: userARN, mfa: mfaNo}
}

// SessionTokenWithMFA is an IAM user with credentials of sts:GetSessionToken that was called with an MFA code, age ago.
func SessionTokenWithMFA(userARN string, age time.Duration) Session {
	return Session{kind: tokenSession, subject: userARN}.withMFA(age)
}

// AssumedRole is a session of a role that sts:AssumeRole returned, with the session tags that were passed. Its calls carry no MFA key
// and no aws:username, whatever the person who assumed the role used. Session tags take the place of the role's tags of the same key in
// any case.
func AssumedRole(roleARN, sessionName string, tags ...Tag) Session {
	return Session{kind: roleSession, subject: roleARN, name: sessionName, tags: slices.Clone(tags)}
}

// IdentityCenter is a person of IAM Identity Center in the role of a permission set. The role session carries the user name as session
// name and the attributes for access control as session tags; it carries no MFA key.
func IdentityCenter(roleARN, userName string, attributes ...Tag) Session {
	return Session{kind: identityCenterSession, subject: roleARN, name: userName, tags: slices.Clone(attributes)}
}

// Root is the root user of an account.
func Root(accountID string) Session { return Session{kind: rootSession, subject: accountID} }

// Service is an AWS service that calls for itself, such as "ec2.amazonaws.com". Trust policies alone decide what it may.
func Service(name string) Session { return Session{kind: serviceSession, subject: name} }

// Federated is a caller whom a SAML or OpenID Connect provider vouches for, named by the ARN or name that the trust policy has under
// "Federated". The provider's condition keys, such as "saml:aud", belong to the request. Trust policies alone decide.
func Federated(provider string) Session { return Session{kind: federatedSession, subject: provider} }

// WithMFACode returns the session with an MFA code passed on calls of sts:AssumeRole: aws:MultiFactorAuthPresent is then true for that
// call, in identity and trust policies, and for no other call. It means something for a LongTermKey session alone.
func (s Session) WithMFACode() Session {
	if s.kind == longTermKeySession {
		s.mfaCode = true
		s.mfaAge = "0"
	}
	return s
}

// IssuedAt returns the session with the time at which its credentials were issued: aws:TokenIssueTime. Long-term keys have none.
func (s Session) IssuedAt(at time.Time) Session {
	s.issued = at.UTC().Truncate(time.Second)
	return s
}

// WithSourceIdentity returns the session with the source identity that was set when the role was assumed.
func (s Session) WithSourceIdentity(identity string) Session {
	s.sourceIdentity = identity
	return s
}

func (s Session) withMFA(age time.Duration) Session {
	s.mfa = mfaYes
	s.mfaAge = strconv.FormatInt(int64(age/time.Second), 10)
	return s
}

// Subject is who is signed in: the ARN of the user or role, the account id of root, the name of a service or provider.
func (s Session) Subject() string { return s.subject }

// String says in words how the person is signed in.
func (s Session) String() string {
	who := cmp.Or(s.subject, "nobody")
	switch s.kind {
	case longTermKeySession:
		if s.mfaCode {
			return who + " with an access key and an MFA code"
		}
		return who + " with an access key"
	case consoleSession:
		return who + " in the console" + s.mfaWords()
	case tokenSession:
		return who + " with a session token" + s.mfaWords()
	case roleSession:
		return who + " as " + strconv.Quote(s.name)
	case identityCenterSession:
		return who + " as " + strconv.Quote(s.name) + " of IAM Identity Center"
	case rootSession:
		return "root of " + who
	}
	return who
}

func (s Session) mfaWords() string {
	if s.mfa == mfaYes {
		return " with MFA " + s.mfaAge + " s ago"
	}
	return " without MFA"
}

// temporary reports whether the credentials were issued, and so have an issue time.
func (s *Session) temporary() bool {
	return s.kind != longTermKeySession && s.kind != serviceSession && s.kind != federatedSession
}

// assumed reports whether this is a session of a role.
func (s *Session) assumed() bool { return s.kind == roleSession || s.kind == identityCenterSession }

// userID is aws:userid: the unique id of a user, that of the role with the session name, or the account id of root.
func (s *Session) userID(p *principal) values {
	switch {
	case p.kind == userPrincipal:
		return single(p.id)
	case p.kind == rolePrincipal && s.assumed():
		return single(p.id + ":" + s.name)
	case p.kind == rootPrincipal:
		return single(p.account.id)
	}
	return values{}
}

// uniqueID makes a stand-in for the unique id that AWS gives a user or role when it is made, the same for an ARN at every run.
func uniqueID(prefix, arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
