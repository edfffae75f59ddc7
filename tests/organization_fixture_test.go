package tests

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/components"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/policy"
)

// The accounts of the organization: people sign in to homeAccount, nodes are in otherAccount, and IAM Identity Center
// is administered in the third.
const (
	managementAccount = "123456789012"
	identityAccount   = "777788889999"
	// wildAccount is a second workload account, with roles that look like guarded ones.
	wildAccount = "555555555555"
	rootUnit    = "r-exam"
	workloads   = "ou-exam-11111111"
)

// The window of the grant of the fixture: nine to one in Tokyo.
var (
	tokyoTime  = time.FixedZone("JST", 9*60*60)
	grantFrom  = time.Date(2026, 12, 1, 9, 0, 0, 0, tokyoTime)
	grantUntil = time.Date(2026, 12, 1, 13, 0, 0, 0, tokyoTime)
	// noon is inside the window.
	noon = time.Date(2026, 12, 1, 12, 0, 0, 0, tokyoTime)
)

// organization is the jump account and the workload account below one root, with every guardrail.
type organization struct {
	policies  *scp.Args
	group     *group.Args
	users     []*user.Args
	operation *operation.Args
	sessions  *preferences.Args
	osAccess  *osaccess.Args
	grants    []*grant.Args
	justIn    *justintime.Args
	providers components.RegionProviders
}

// shippedOrganization is what an admin starts with: every guardrail, remote execution reported, no just-in-time access.
func shippedOrganization(p policy.Partition) organization {
	jump := guardrail.Account{ID: homeAccount, Alias: "jump", Partition: p}
	workload := guardrail.Account{ID: otherAccount, Alias: "workload", Partition: p}
	alice := p.UserARN(homeAccount, "/", "alice")
	sessions := &preferences.Args{
		Account:     workload,
		Regions:     regionsOf[p],
		RunAs:       preferences.RunAs{DefaultUser: "guest"},
		MaxDuration: time.Hour,
	}
	osAccess := &osaccess.Args{
		Account:      workload,
		Sessions:     sessions,
		RDP:          true,
		PasswordData: true,
		Projects:     []string{"Test Project 1"},
		Documents: []string{
			"AWS-StartPortForwardingSession",
		},
		StandingPrincipalARNs: []string{p.UserARN(homeAccount, "/", "oncall")},
		RunAs:                 "oncall",
	}
	return organization{
		policies: &scp.Args{
			Account: guardrail.Account{
				ID:        managementAccount,
				Partition: p,
			},
			ID:         "o-exampleorgid",
			Management: managementAccount,
			Tree: scp.Unit{
				ID:       rootUnit,
				Name:     "Root",
				Accounts: []string{managementAccount, homeAccount, identityAccount},
				Units: []scp.Unit{
					{ID: workloads, Name: "Workloads", Accounts: []string{otherAccount, wildAccount}},
				},
			},
			Deployer:         "role/GuardrailDeployer",
			BreakGlass:       []string{"role/BreakGlass"},
			OSAccessOnly:     &scp.OSAccessOnly{Targets: []string{workloads}, OperationRoles: true},
			ConsolePasswords: &scp.ConsolePasswords{Targets: []string{rootUnit}, JumpAccounts: []string{homeAccount}},
			ProtectGuardrails: &scp.ProtectGuardrails{
				Targets:   []string{rootUnit},
				Bootstrap: []string{"role/OrganizationAccountAccessRole"},
			},
			MemberRoot: &scp.MemberRoot{Targets: []string{rootUnit}},
		},
		group: &group.Args{Account: jump, FirstPasswordChange: true, RoleAccounts: []string{otherAccount}},
		users: []*user.Args{
			{
				Account: jump,
				Name:    "alice",
				Groups:  []string{"guardrails-mfa"},
			},
			{Account: jump, Name: "bob", Groups: []string{"guardrails-mfa"}},
			{Account: jump, Name: "oncall", Groups: []string{"guardrails-mfa"}},
		},
		operation: &operation.Args{
			Account: workload,
			Roles:   []operation.Role{{PrincipalARNs: []string{alice}, Project: "Test Project 1", RunAs: "os-user1"}},
		},
		sessions: sessions, osAccess: osAccess,
		grants: []*grant.Args{
			{
				OSAccess:     osAccess,
				Person:       "jump/alice",
				PrincipalARN: alice,
				RunAs:        "alice",
				From:         grantFrom,
				Until:        grantUntil,
				Ticket:       "CHG1234",
			},
		},
	}
}

// fullOrganization has every switch on: remote execution denied, just-in-time access, permission sets, and every list
// filled.
func fullOrganization(p policy.Partition) organization {
	o := shippedOrganization(p)
	o.policies.JustInTimeAccounts = []string{otherAccount}
	o.policies.OSAccessOnly.PermissionSets = []string{"OSAccess"}
	o.policies.OSAccessOnly.Exempt = []string{"role/Scanner"}
	o.policies.OSAccessOnly.RemoteExecution = scp.RemoteExecution{
		Mode: scp.RemoteExecutionDeny, QuickSetup: true, Exempt: []string{"role/PatchAutomation"},
	}
	o.policies.ProtectGuardrails.CredentialAdmins = []string{"role/HelpDesk"}
	o.policies.ProtectGuardrails.StackSetAdmins = []string{"role/StackSetPipeline"}
	o.policies.ProtectGuardrails.Taggers = []string{"role/pipelines/Tagger"}
	workload := o.sessions.Account
	o.justIn = &justintime.Args{
		Account:    workload,
		Sessions:   o.sessions,
		Requesters: []string{p.RoleARN(otherAccount, "/", "Developer")},
		ManualApprovals: []justintime.ManualApproval{
			{
				Name:     "Production",
				Projects: []string{"Test Project 1"},
				Groups:   []string{"e8c17310-e011-7089-d989-10da1e0a1b2c"},
			},
		},
		AutoApprovals: []justintime.ApprovalRule{
			{Group: "e8c17310-e011-7089-d989-10da1e0a1b2c", Projects: []string{"Test Project 1"}},
		},
	}
	return o
}

// guest is a role that the organization has besides those of the components, with everything allowed to it, so that
// only the guardrails deny.
type guest struct{ path, name string }

// guests are the roles of every account but wildAccount.
var guests = []guest{
	{
		"/",
		"Administrator",
	},
	{"/", "BreakGlass"},
	{"/", "GuardrailDeployer"},
	{"/", "OrganizationAccountAccessRole"},
	{"/", guardrail.TokenRoleName},
	{
		"/",
		"AWS-QuickSetup-JITNA-Execution",
	},
	{"/service-role/", "AWS-QuickSetup-JITNA-Local"},
	{"/", "stacksets-exec-0123456789abcdef"},
	{"/", "Scanner"},
	{"/", "PatchAutomation"},
	{"/", "HelpDesk"},
	{"/", "StackSetPipeline"},
	{
		"/pipelines/",
		"Tagger",
	},
	{"/", "Developer"},
	{"/aws-reserved/sso.amazonaws.com/ap-northeast-1/", "AWSReservedSSO_OSAccess_0123456789abcdef"},
}

// impostors are roles whose names and paths are nearly those of exempt roles.
var impostors = []guest{
	{
		"/",
		"OSAccess",
	},
	{"/team/", "BreakGlass"},
	{"/", "breakglasses"},
	{"/osaccess/", "grant-CHG1-alice"},
	{"/Guardrails/osaccess/", "grant-CHG2-alice"},
	{
		"/x/guardrails/osaccess/",
		"grant-CHG3-alice",
	},
	{"/guardrails/", "operation"},
	{"/guardrails/delegated/", "AdminRole"},
	{"/service-role/", guardrail.TokenRoleName},
	{"/team/", "Scanner"},
	{"/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_XAWSReservedSSO_OSAccess_0123456789abcdef"},
	{"/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_OSAccess_Admins_0123456789abcdef"},
	{"/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_OSAccess2_0123456789abcdef"},
}

var allowEverything = world.InlinePolicy{
	Name:     "everything",
	Document: policy.New(policy.Allow("Everything", "*").On("*")),
}

// world is the organization with its guests. change is applied to the documents of the workload account first.
func (o organization) world(change func(*world.Account)) access.World {
	p := o.sessions.Account.Partition
	jump := world.Account{ID: homeAccount, Alias: "jump", Partition: p}
	o.group.AddTo(&jump)
	for _, user := range o.users {
		user.AddTo(&jump)
	}
	jump.Users = append(
		jump.Users,
		world.User{
			Name:   "root-like",
			Inline: []world.InlinePolicy{allowEverything},
			Tags:   []world.Tag{{Key: guardrail.RunAsTag, Value: "rootlike"}},
		},
		world.User{Name: "pat", Path: "/people/", Inline: []world.InlinePolicy{allowEverything}},
	)
	workload := o.workload()
	workload.Nodes = []world.Node{
		{
			Kind:   world.Instance,
			ID:     firstNode,
			Region: regionsOf[p][0],
			Tags:   []world.Tag{{Key: "Project", Value: "Test Project 1"}},
		},
		{
			Kind:   world.Instance,
			ID:     secondNode,
			Region: regionsOf[p][0],
			Tags:   []world.Tag{{Key: "Project", Value: "Test Project 2"}},
		},
		{Kind: world.Instance, ID: untagged, Region: regionsOf[p][0]},
	}
	if change != nil {
		change(&workload)
	}
	workload.Users = append(workload.Users, world.User{Name: "robot", Inline: []world.InlinePolicy{allowEverything}})
	// Roles that take whatever session tags they are given, the one where shared roles are and the other beside it.
	taking := policy.New(
		policy.Allow("Anything", "sts:AssumeRole", "sts:TagSession").
			For(policy.AWSPrincipals(p.RootARN(homeAccount), p.RootARN(otherAccount))),
	)
	workload.Roles = append(
		workload.Roles,
		world.Role{Name: "shared", Path: guardrail.OwnOSUserRolePath, Trust: taking},
		world.Role{Name: "lax", Trust: taking},
	)
	identity := world.Account{ID: identityAccount, Partition: p}
	management := world.Account{ID: managementAccount, Partition: p}
	wild := world.Account{ID: wildAccount, Partition: p}
	for _, account := range []*world.Account{&jump, &workload, &identity, &management, &wild} {
		visitors := guests
		if account.ID == wildAccount {
			visitors = impostors
		}
		for _, g := range visitors {
			account.Roles = append(account.Roles, world.Role{
				Name: g.name, Path: g.path, Inline: []world.InlinePolicy{allowEverything},
				Trust: anyoneOf(p, account.ID),
			})
		}
	}
	// Where IAM Identity Center is in us-east-1, the roles of permission sets have no Region in their path.
	wild.Roles = append(
		wild.Roles,
		world.Role{Name: "AWSReservedSSO_OSAccess_fedcba9876543210", Path: "/aws-reserved/sso.amazonaws.com/",
			Trust: anyoneOf(p, wildAccount), Inline: []world.InlinePolicy{allowEverything}},
	)
	w := access.World{Accounts: []world.Account{jump, workload, identity, management, wild}}
	o.policies.AddToOrganization(&w)
	return w
}

func anyoneOf(p policy.Partition, account string) policy.Document {
	return policy.New(policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals(p.RootARN(account))))
}

// workload is the workload account as the components make it.
func (o organization) workload() world.Account {
	account := o.sessions.Account
	w := world.Account{ID: account.ID, Alias: account.Alias, Partition: account.Partition}
	o.operation.AddTo(&w)
	o.sessions.AddTo(&w)
	o.osAccess.AddTo(&w)
	for _, grant := range o.grants {
		grant.AddTo(&w)
	}
	if o.justIn != nil {
		o.justIn.AddTo(&w)
	}
	return w
}

func (o organization) engine(t testing.TB) *access.Engine {
	t.Helper()
	require.NoError(t, o.policies.Validate())
	engine, err := access.Compile(o.world(nil))
	require.NoError(t, err)
	return engine
}

// deploy makes the workload account's part the way a program does.
func (o organization) deploy(ctx *pulumi.Context) error {
	if _, err := components.NewOSAccess(ctx, "os-access", o.osAccess, nil); err != nil {
		return err
	}
	for _, grant := range o.grants {
		if _, err := components.NewAccessGrant(ctx, "grant-"+grant.RoleName(), grant, nil); err != nil {
			return err
		}
	}
	if o.justIn == nil {
		return nil
	}
	_, err := components.NewJustInTime(ctx, "just-in-time", o.justIn, o.providers)
	return err
}

// session is a session of a role of an account, by path and name.
func (o organization) session(account, role string) access.Session {
	return access.AssumedRole("arn:"+string(o.sessions.Account.Partition)+":iam::"+account+":role/"+role, "alice").
		IssuedAt(noon)
}

func decided(t testing.TB, e *access.Engine, s access.Session, r access.Request) access.Decision {
	t.Helper()
	if r.Time.IsZero() {
		r.Time = noon
	}
	d, err := e.Decide(s, r)
	require.NoError(t, err)
	return d
}
