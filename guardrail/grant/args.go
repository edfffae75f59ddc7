package grant

import (
	"time"

	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/policy"
)

// Args opens OS access to one person from one instant until another: an element of the section "grants" of the stack
// file.
//
// The window is half-open: the person can do everything at From and nothing at Until. It is in the trust policy, so
// that nobody assumes the role outside of it, and in Denies on the role, so that credentials issued inside end with
// it too. A shell that is open at the end goes on until sessions.maxDuration ends it, because AWS authorizes a
// session once, when it starts.
type Args struct {
	// OSAccess is the template that the grant opens. Required. The account of the grant is the template's.
	OSAccess *osaccess.Args
	// Person is who gets the grant, as the stack file writes it ("alice", "jump/alice"): the tag Person of the role.
	// Required.
	Person string
	// User is the name of the person's IAM user where it is one of this account.
	User string
	// PrincipalARN is the ARN of the person's IAM user where it is one of another account. Either this or User is
	// required.
	PrincipalARN string
	// Opens is what is granted. Empty means GrantOSAccess, the only thing there is.
	Opens Opens
	// Projects are the values of the project tag on the nodes that can be reached. Nil means those of the template;
	// others than those are refused.
	Projects []string
	// RunAs is the OS user of the person's shells. Empty means sessions.runAs.defaultUser.
	RunAs string
	// From and Until are the window, in whole seconds. Any offset; documents have UTC. Required.
	From, Until time.Time
	// Ticket is why the grant exists: the tag Ticket of the role, and part of its name. Required.
	Ticket string
	// Quotas bound the documents. A field of zero means today's value.
	Quotas policy.Quotas
}

// Opens is what a grant opens.
type Opens string

// GrantOSAccess is OS access as the section "osAccess" describes it.
const GrantOSAccess Opens = "osAccess"
