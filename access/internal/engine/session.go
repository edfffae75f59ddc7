package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"time"

	"aws-access-guardrails/access/world"
)

type SessionKind uint8

const (
	LongTermKeySession SessionKind = iota
	consoleSession
	TokenSession
	RoleSession
	IdentityCenterSession
	RootSession
	ServiceSession
	FederatedSession
)

// MfaState is the key aws:MultiFactorAuthPresent: absent, false or true.
type MfaState uint8

const (
	mfaAbsent MfaState = iota
	MfaNo
	MfaYes
)

// Session is how someone is signed in, and so which condition keys AWS sets for their calls. The functions below make
// one; the zero value is nobody's and every question about it is an error. A Session is a value: its methods return a
// changed copy.
type Session struct {
	Kind SessionKind
	// subject is the ARN of the user or role; of a service its name, of an identity provider its ARN, of root the
	// account id.
	subject string
	// name is the role session name.
	Name           string
	Mfa            MfaState
	MfaAge         string
	MfaCode        bool
	issued         time.Time
	Tags           []world.Tag
	SourceIdentity string
	// identityStoreUser is the id of the person in the identity store of IAM Identity Center.
	identityStoreUser string
	// central: the session of a root user was opened with sts:AssumeRoot.
	central bool
	Limit   *PolicyLayer
}

// LongTermKey is an IAM user who calls with an access key. Such calls carry no MFA key at all: neither
// aws:MultiFactorAuthPresent nor aws:MultiFactorAuthAge.
func LongTermKey(userARN string) Session {
	return Session{Kind: LongTermKeySession, subject: userARN}
}

// Console is an IAM user who signed in to the console with a password alone: aws:MultiFactorAuthPresent is false.
func Console(userARN string) Session {
	return Session{Kind: consoleSession, subject: userARN, Mfa: MfaNo}
}

// ConsoleWithMFA is an IAM user who signed in to the console with MFA, age ago. The age is cut to whole seconds.
func ConsoleWithMFA(userARN string, age time.Duration) Session {
	return Session{Kind: consoleSession, subject: userARN}.withMFA(age)
}

// SessionToken is an IAM user with credentials of sts:GetSessionToken that was called without an MFA code:
// aws:MultiFactorAuthPresent is false, and neither IAM nor STS but for sts:AssumeRole and sts:GetCallerIdentity can
// be called.
func SessionToken(userARN string) Session {
	return Session{Kind: TokenSession, subject: userARN, Mfa: MfaNo}
}

// SessionTokenWithMFA is an IAM user with credentials of sts:GetSessionToken that was called with an MFA code, age ago.
func SessionTokenWithMFA(userARN string, age time.Duration) Session {
	return Session{Kind: TokenSession, subject: userARN}.withMFA(age)
}

// AssumedRole is a session of a role that sts:AssumeRole returned, with the session tags that were passed. Its calls
// carry no MFA key and no aws:username, whatever the person who assumed the role used. Session tags take the place of
// the role's tags of the same key in any case.
func AssumedRole(roleARN, sessionName string, tags ...world.Tag) Session {
	return Session{Kind: RoleSession, subject: roleARN, Name: sessionName, Tags: slices.Clone(tags)}
}

// IdentityCenter is a person of IAM Identity Center in the role of a permission set. The role session carries the
// user name as session name and the attributes for access control as session tags; it carries no MFA key.
func IdentityCenter(roleARN, userName string, attributes ...world.Tag) Session {
	return Session{Kind: IdentityCenterSession, subject: roleARN, Name: userName, Tags: slices.Clone(attributes)}
}

// Root is the root user of an account.
func Root(accountID string) Session { return Session{Kind: RootSession, subject: accountID} }

// CentralRoot is the root user of a member account in a session that the management account, or a delegated
// administrator of IAM, opened with sts:AssumeRoot: aws:AssumedRoot is true. The policy of the task that such a session
// is limited to is not part of it; see LimitedTo.
//
// Source: IAM User Guide, AWS global condition context keys, aws:AssumedRoot.
func CentralRoot(accountID string) Session {
	return Session{Kind: RootSession, subject: accountID, central: true}
}

// Service is an AWS service that calls for itself, such as "ec2.amazonaws.com". Trust policies alone decide what it
// may.
func Service(name string) Session { return Session{Kind: ServiceSession, subject: name} }

// Federated is a caller whom a SAML or OpenID Connect provider vouches for, named by the ARN or name that the trust
// policy has under "Federated". The provider's condition keys, such as "saml:aud", belong to the request. Trust
// policies alone decide.
func Federated(provider string) Session { return Session{Kind: FederatedSession, subject: provider} }

// WithMFACode returns the session with an MFA code passed on calls of sts:AssumeRole: aws:MultiFactorAuthPresent is
// then true for that call, in identity and trust policies, and for no other call. It means something for a
// LongTermKey session alone.
func (s Session) WithMFACode() Session {
	if s.Kind == LongTermKeySession {
		s.MfaCode = true
		s.MfaAge = "0"
	}
	return s
}

// IssuedAt returns the session with the time at which its credentials were issued: aws:TokenIssueTime. Long-term keys
// have none.
func (s Session) IssuedAt(moment time.Time) Session {
	s.issued = moment.UTC().Truncate(time.Second)
	return s
}

// WithUserID returns the session with the id that the person has in the identity store of IAM Identity Center:
// identitystore:UserId. It means something for an IdentityCenter session alone.
func (s Session) WithUserID(id string) Session {
	if s.Kind == IdentityCenterSession {
		s.identityStoreUser = id
	}
	return s
}

// WithSourceIdentity returns the session with the source identity that was set when the role was assumed.
func (s Session) WithSourceIdentity(identity string) Session {
	s.SourceIdentity = identity
	return s
}

func (s Session) withMFA(age time.Duration) Session {
	s.Mfa = MfaYes
	s.MfaAge = strconv.FormatInt(int64(age/time.Second), 10)
	return s
}

// Subject is who is signed in: the ARN of the user or role, the account id of root, the name of a service or provider.
func (s Session) Subject() string { return s.subject }

// String says in words how the person is signed in.
func (s Session) String() string {
	who := cmp.Or(s.subject, "nobody")
	if s.Kind == RootSession {
		return "root of " + who
	}
	return who + s.How()
}

// How is how somebody signed in, as String says it behind who it is; empty where that says nothing.
func (s Session) How() string {
	switch s.Kind {
	case LongTermKeySession:
		if s.MfaCode {
			return " with an access key and an MFA code"
		}
		return " with an access key"
	case consoleSession:
		return " in the console" + s.mfaWords()
	case TokenSession:
		return " with a session token" + s.mfaWords()
	case RoleSession:
		return " as " + strconv.Quote(s.Name)
	case IdentityCenterSession:
		return " as " + strconv.Quote(s.Name) + " of IAM Identity Center"
	}
	return ""
}

func (s Session) mfaWords() string {
	if s.Mfa == MfaYes {
		return " with MFA " + s.MfaAge + " s ago"
	}
	return " without MFA"
}

// Temporary reports whether the credentials were issued, and so have an issue time.
func (s *Session) Temporary() bool {
	return s.Kind != LongTermKeySession && s.Kind != ServiceSession && s.Kind != FederatedSession
}

// Assumed reports whether this is a session of a role.
func (s *Session) Assumed() bool { return s.Kind == RoleSession || s.Kind == IdentityCenterSession }

// userID is aws:userid: the unique id of a user, that of the role with the session name, or the account id of root.
func (s *Session) userID(p *Principal) Values {
	switch {
	case p.Kind == UserPrincipal:
		return Single(p.Id)
	case p.Kind == RolePrincipal && s.Assumed():
		return Single(p.Id + ":" + s.Name)
	case p.Kind == rootPrincipal:
		return Single(p.Account.ID)
	}
	return Values{}
}

// UniqueID makes a stand-in for the unique id that AWS gives a user or role when it is made, the same for an ARN at
// every run.
func UniqueID(prefix, arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
