package components

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/policy"
)

// AccessGrantToken is the type token of AccessGrant.
const AccessGrantToken = "guardrails:iam:AccessGrant"

// AccessGrantArgs opens OS access to one person from one instant until another: an element of the section "grants" of the stack file.
//
// The window is half-open: the person can do everything at From and nothing at Until. It is in the trust policy, so that nobody assumes the role
// outside of it, and in Denies on the role, so that credentials issued inside end with it too. A shell that is open at the end goes on until
// sessions.maxDuration ends it, because AWS authorizes a session once, when it starts.
type AccessGrantArgs struct {
	// OSAccess is the template that the grant opens. Required. The account of the grant is the template's.
	OSAccess *OSAccessArgs
	// Person is who gets the grant, as the stack file writes it ("alice", "jump/alice"): the tag Person of the role. Required.
	Person string
	// User is the name of the person's IAM user where it is one of this account.
	User string
	// PrincipalARN is the ARN of the person's IAM user where it is one of another account. Either this or User is required.
	PrincipalARN string
	// Opens is what is granted. Empty means GrantOSAccess, the only thing there is.
	Opens GrantOpens
	// Projects are the values of the project tag on the nodes that can be reached. Nil means those of the template; others than those are refused.
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

// GrantOpens is what a grant opens.
type GrantOpens string

// GrantOSAccess is OS access as the section "osAccess" describes it.
const GrantOSAccess GrantOpens = "osAccess"

// AccessGrant is the role of one grant.
type AccessGrant struct {
	pulumi.ResourceState
	customResources

	// RoleARNs has the ARN of the role under its name.
	RoleARNs pulumi.StringMapOutput `pulumi:"roleArns"`
}

// NewAccessGrant makes the role of the grant, the Denies of its window before anything that it allows. What is made depends on the values alone,
// never on the clock: a grant that ended stays, opens nothing, and is reported by GrantNotices. It registers nothing when Validate has a problem.
func NewAccessGrant(ctx *pulumi.Context, name string, args *AccessGrantArgs, users UserResources, opts ...pulumi.ResourceOption) (*AccessGrant, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	grant := &AccessGrant{}
	children, err := register(ctx, AccessGrantToken, name, grant, opts, users)
	if err != nil {
		return nil, err
	}
	role := args.role()
	made, err := roleResources{
		component: name, children: children, custom: &grant.customResources, waitFor: resourcesOf(args.users(), users),
		policyKey: policyName, fence: OSAccessGuardPolicyName,
	}.make(ctx, role)
	if err != nil {
		return nil, err
	}
	grant.RoleARNs = pulumi.StringMap{role.Name: made.Arn}.ToStringMapOutput()
	return grant, ctx.RegisterResourceOutputs(grant, pulumi.Map{"roleArns": grant.RoleARNs})
}
