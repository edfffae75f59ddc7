package grant

import (
	"time"

	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

// Args opens something to one person from one instant until another: an element of the section "grants" of the stack
// file. What it opens is OS access, an operation role or a delegated role; one of OSAccess, OperationRoles and
// DelegatedRole is required, and says in which account.
//
// The window is half-open: the person can do everything at From and nothing at Until. It is in the trust policy, so
// that nobody assumes the role outside of it, and in Denies on the role, so that credentials issued inside end with
// it too. A shell that is open at the end goes on until sessions.maxDuration ends it, because AWS authorizes a
// session once, when it starts.
type Args struct {
	// OSAccess is the template that the grant opens where Opens is GrantOSAccess. The account of the grant is the
	// template's.
	OSAccess *osaccess.Args
	// OperationRoles are the operation roles of the account where Opens names one of them.
	OperationRoles *operation.Args
	// DelegatedRole is the delegated role that Opens names.
	DelegatedRole *delegated.Args
	// Sessions are the preferences of the account. A grant of OS access has those of its template. Nil means that the
	// account has none, and then nothing is known about shells that are open when the grant ends.
	Sessions *preferences.Args
	// Person is who gets the grant, as the stack file writes it ("alice", "jump/alice"): the tag Person of the role.
	// Required.
	Person string
	// User is the name of the person's IAM user where it is one of this account. One of User, PrincipalARN and
	// IdentityCenter is required.
	User string
	// PrincipalARN is the ARN of the person's IAM user where it is one of another account.
	PrincipalARN string
	// IdentityCenter is the person where it is one of IAM Identity Center.
	IdentityCenter IdentityCenterUser
	// OSUser is the person's own OS user; empty where none is known.
	OSUser string
	// Opens is what is granted: GrantOSAccess, or the name of the role. Empty means GrantOSAccess.
	Opens Opens
	// Projects are the values of the project tag on the nodes that can be reached. Nil means those of what is opened;
	// others than those are refused, and so are any for a delegated role.
	Projects []string
	// RunAs is the OS user of the person's shells. Empty means sessions.runAs.defaultUser for OS access, and for an
	// operation role OSUser, or else the role's. A delegated role has none.
	RunAs string
	// From and Until are the window, in whole seconds. Any offset; documents have UTC. Required.
	From, Until time.Time
	// Ticket is why the grant exists: the tag Ticket of the role, and part of its name. Required.
	Ticket string
	// AskedBy and ApprovedBy are who asked for the grant and who approved it, in the words of where that happened: the
	// tags AskedBy and ApprovedBy of the role. Two different people; empty means that nobody wrote it down.
	AskedBy, ApprovedBy string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// IdentityCenterUser is a person of IAM Identity Center.
type IdentityCenterUser struct {
	// Name is the user name, after which sessions of the grant's role are named.
	Name string
	// ID is the id of the user in the identity store: identitystore:UserId of the person's sessions. It stays when the
	// name changes, and nobody else ever gets it.
	ID string
}

// Opens is what a grant opens: GrantOSAccess, or the name of an operation role or a delegated role of the account.
type Opens string

// GrantOSAccess is OS access as the section "osAccess" describes it.
const GrantOSAccess Opens = "osAccess"
