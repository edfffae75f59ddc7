package accounts

import (
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
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

// The accounts of the organization: people sign in to Home, nodes are in Other, and IAM Identity Center is
// administered in the third.
const (
	Management     = "123456789012"
	IdentityCenter = "777788889999"
	// Wild is a second workload account, with roles that look like guarded ones.
	Wild      = "555555555555"
	RootUnit  = "r-exam"
	Workloads = "ou-exam-11111111"
)

// The window of the grant of the fixture: nine to one in Tokyo.
var (
	Tokyo      = time.FixedZone("JST", 9*60*60)
	GrantFrom  = time.Date(2030, 12, 1, 9, 0, 0, 0, Tokyo)
	GrantUntil = time.Date(2030, 12, 1, 13, 0, 0, 0, Tokyo)
	// Noon is inside the window.
	Noon = time.Date(2030, 12, 1, 12, 0, 0, 0, Tokyo)
)

// Organization is the jump account and the workload account below one root, with every guardrail.
type Organization struct {
	Policies  *scp.Args
	Group     *group.Args
	Users     []*user.Args
	Operation *operation.Args
	Sessions  *preferences.Args
	OSAccess  *osaccess.Args
	Grants    []*grant.Args
	JustIn    *justintime.Args
}

// ShippedOrganization is what an admin starts with: every guardrail, remote execution reported, no just-in-time access.
func ShippedOrganization(p policy.Partition) Organization {
	jump := guardrail.Account{ID: Home, Alias: "jump", Partition: p}
	workload := guardrail.Account{ID: Other, Alias: "workload", Partition: p}
	alice := p.UserARN(Home, "/", "alice")
	sessions := &preferences.Args{
		Account:     workload,
		Regions:     Regions[p],
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
		StandingPrincipalARNs: []string{p.UserARN(Home, "/", "oncall")},
		RunAs:                 "oncall",
	}
	return Organization{
		Policies: &scp.Args{
			Account: guardrail.Account{
				ID:        Management,
				Partition: p,
			},
			ID:         "o-exampleorgid",
			Management: Management,
			Tree: scp.Unit{
				ID:       RootUnit,
				Name:     "Root",
				Accounts: []string{Management, Home, IdentityCenter},
				Units: []scp.Unit{
					{ID: Workloads, Name: "Workloads", Accounts: []string{Other, Wild}},
				},
			},
			Deployer:         "role/GuardrailDeployer",
			BreakGlass:       []string{"role/BreakGlass"},
			OSAccessOnly:     &scp.OSAccessOnly{Targets: []string{Workloads}, OperationRoles: true},
			ConsolePasswords: &scp.ConsolePasswords{Targets: []string{RootUnit}, JumpAccounts: []string{Home}},
			ProtectGuardrails: &scp.ProtectGuardrails{
				Targets:   []string{RootUnit},
				Bootstrap: []string{"role/OrganizationAccountAccessRole"},
			},
			MemberRoot: &scp.MemberRoot{Targets: []string{RootUnit}},
		},
		Group: &group.Args{Account: jump, FirstPasswordChange: true, RoleAccounts: []string{Other}},
		Users: []*user.Args{
			{
				Account: jump,
				Name:    "alice",
				Groups:  []string{"guardrails-mfa"},
			},
			{Account: jump, Name: "bob", Groups: []string{"guardrails-mfa"}},
			{Account: jump, Name: "oncall", Groups: []string{"guardrails-mfa"}},
		},
		Operation: &operation.Args{
			Account: workload,
			Roles:   []operation.Role{{PrincipalARNs: []string{alice}, Project: "Test Project 1", RunAs: "os-user1"}},
		},
		Sessions: sessions, OSAccess: osAccess,
		Grants: []*grant.Args{
			{
				OSAccess:     osAccess,
				Person:       "jump/alice",
				PrincipalARN: alice,
				RunAs:        "alice",
				From:         GrantFrom,
				Until:        GrantUntil,
				Ticket:       "CHG1234",
			},
		},
	}
}

// FullOrganization has every switch on: remote execution denied, just-in-time access, permission sets, and every list
// filled.
func FullOrganization(p policy.Partition) Organization {
	o := ShippedOrganization(p)
	o.Policies.JustInTimeAccounts = []string{Other}
	o.Policies.OSAccessOnly.PermissionSets = []string{"OSAccess"}
	o.Policies.OSAccessOnly.Exempt = []string{"role/Scanner"}
	o.Policies.OSAccessOnly.RemoteExecution = scp.RemoteExecution{
		Mode: scp.RemoteExecutionDeny, QuickSetup: true, Exempt: []string{"role/PatchAutomation"},
	}
	o.Policies.ProtectGuardrails.CredentialAdmins = []string{"role/HelpDesk"}
	o.Policies.ProtectGuardrails.StackSetAdmins = []string{"role/StackSetPipeline"}
	o.Policies.ProtectGuardrails.Taggers = []string{"role/pipelines/Tagger"}
	workload := o.Sessions.Account
	o.JustIn = &justintime.Args{
		Account:    workload,
		Sessions:   o.Sessions,
		Requesters: []string{p.RoleARN(Other, "/", "Developer")},
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

// Guest is a role that the organization has besides those of the components, with everything allowed to it, so that
// only the guardrails deny.
type Guest struct{ Path, Name string }

// guests are the roles of every account but Wild.
var guests = []Guest{
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

// Impostors are roles whose names and paths are nearly those of exempt roles.
var Impostors = []Guest{
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

// AllowEverything is attached to guests, so that only guardrails deny.
var AllowEverything = world.InlinePolicy{
	Name:     "everything",
	Document: policy.New(policy.Allow("Everything", "*").On("*")),
}

// World is the organization with its guests. change is applied to the documents of the workload account first.
func (o Organization) World(change func(*world.Account)) access.World {
	p := o.Sessions.Account.Partition
	jump := world.Account{ID: Home, Alias: "jump", Partition: p}
	o.Group.AddTo(&jump)
	for _, user := range o.Users {
		user.AddTo(&jump)
	}
	jump.Users = append(
		jump.Users,
		world.User{
			Name:   "root-like",
			Inline: []world.InlinePolicy{AllowEverything},
			Tags:   []world.Tag{{Key: guardrail.RunAsTag, Value: "rootlike"}},
		},
		world.User{Name: "pat", Path: "/people/", Inline: []world.InlinePolicy{AllowEverything}},
	)
	workload := o.Workload()
	workload.Nodes = []world.Node{
		{
			Kind:   world.Instance,
			ID:     FirstNode,
			Region: Regions[p][0],
			Tags:   []world.Tag{{Key: "Project", Value: "Test Project 1"}},
		},
		{
			Kind:   world.Instance,
			ID:     SecondNode,
			Region: Regions[p][0],
			Tags:   []world.Tag{{Key: "Project", Value: "Test Project 2"}},
		},
		{Kind: world.Instance, ID: Untagged, Region: Regions[p][0]},
	}
	if change != nil {
		change(&workload)
	}
	workload.Users = append(workload.Users, world.User{Name: "robot", Inline: []world.InlinePolicy{AllowEverything}})
	// Roles that take whatever session tags they are given, the one where shared roles are and the other beside it.
	taking := policy.New(
		policy.Allow("Anything", "sts:AssumeRole", "sts:TagSession").
			For(policy.AWSPrincipals(p.RootARN(Home), p.RootARN(Other))),
	)
	workload.Roles = append(
		workload.Roles,
		world.Role{Name: "shared", Path: guardrail.OwnOSUserRolePath, Trust: taking},
		world.Role{Name: "lax", Trust: taking},
	)
	identity := world.Account{ID: IdentityCenter, Partition: p}
	management := world.Account{ID: Management, Partition: p}
	wild := world.Account{ID: Wild, Partition: p}
	for _, account := range []*world.Account{&jump, &workload, &identity, &management, &wild} {
		visitors := guests
		if account.ID == Wild {
			visitors = Impostors
		}
		for _, g := range visitors {
			account.Roles = append(account.Roles, world.Role{
				Name: g.Name, Path: g.Path, Inline: []world.InlinePolicy{AllowEverything},
				Trust: AnyoneOf(p, account.ID),
			})
		}
	}
	// Where IAM Identity Center is in us-east-1, the roles of permission sets have no Region in their path.
	wild.Roles = append(
		wild.Roles,
		world.Role{Name: "AWSReservedSSO_OSAccess_fedcba9876543210", Path: "/aws-reserved/sso.amazonaws.com/",
			Trust: AnyoneOf(p, Wild), Inline: []world.InlinePolicy{AllowEverything}},
	)
	w := access.World{Accounts: []world.Account{jump, workload, identity, management, wild}}
	o.Policies.AddToOrganization(&w)
	return w
}

// AnyoneOf is a trust policy that lets everybody of an account in.
func AnyoneOf(p policy.Partition, account string) policy.Document {
	return policy.New(policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals(p.RootARN(account))))
}

// Workload is the workload account as the components make it.
func (o Organization) Workload() world.Account {
	account := o.Sessions.Account
	w := world.Account{ID: account.ID, Alias: account.Alias, Partition: account.Partition}
	o.Operation.AddTo(&w)
	o.Sessions.AddTo(&w)
	o.OSAccess.AddTo(&w)
	for _, grant := range o.Grants {
		grant.AddTo(&w)
	}
	if o.JustIn != nil {
		o.JustIn.AddTo(&w)
	}
	return w
}

// Session is a session of a role of an account, by path and name.
func (o Organization) Session(account, role string) access.Session {
	return access.AssumedRole("arn:"+string(o.Sessions.Account.Partition)+":iam::"+account+":role/"+role, "alice").
		IssuedAt(Noon)
}
