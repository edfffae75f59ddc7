package guardrail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/catalogue"
	doortable "aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// door is a call that reaches an operating system.
type door struct {
	it     string
	action string
	// needs is what the call names besides the node: a part of an ARN after the account.
	document string
	// resource replaces the node; empty means the node.
	resource string
	context  access.Context
	// remote says that it is a door of remote execution.
	remote bool
}

// waysElsewhere are ways onto other machines than nodes, and what moves maintenance windows, in the tests' own words:
// the table must not shrink unseen.
var waysElsewhere = []string{
	"appstream:CreateAppBlockBuilderStreamingURL",
	"appstream:CreateImageBuilderStreamingURL",
	"bedrock-agentcore:InvokeAgentRuntimeCommand",
	"bedrock-agentcore:InvokeAgentRuntimeCommandShell",
	"codebuild:StartCommandExecution",
	"codebuild:StartSandboxConnection",
	"gamelift:GetComputeAccess",
	"gamelift:GetInstanceAccess",
	"gameliftstreams:CreateStreamSessionAdminShell",
	"iot:OpenTunnel",
	"iot:RotateTunnelAccessToken",
	"lambda:CreateMicrovmShellAuthToken",
	"license-manager-user-subscriptions:AssociateUser",
	"lightsail:CreateGUISessionAccessDetails",
	"lightsail:DownloadDefaultKeyPair",
	"lightsail:GetInstanceAccessDetails",
	"lightsail:StartGUISession",
	"ssm:RegisterTargetWithMaintenanceWindow",
	"ssm:UpdateMaintenanceWindow",
	"ssm:UpdateMaintenanceWindowTarget",
}

// closingSets are the sets of doors that osAccessOnly closes, the last two with remote execution denied.
var closingSets = []doortable.Set{
	doortable.Sessions,
	doortable.OtherDoors,
	doortable.RemoteExecution,
	doortable.RunDocuments,
}

// doors are the ways onto machines that osAccessOnly closes: every action of the table, those with several forms or
// keys of their own by hand.
var doors = func() []door {
	all := slices.Clone(writtenDoors)
	for _, set := range closingSets {
		for _, action := range doortable.In(set) {
			if slices.ContainsFunc(writtenDoors, func(d door) bool { return d.action == action }) {
				continue
			}
			d := door{
				it:       doortable.Of(action).It + " (" + action + ")",
				action:   action,
				resource: "example",
				remote:   set == doortable.RemoteExecution || set == doortable.RunDocuments,
			}
			if set == doortable.RunDocuments {
				d.resource, d.context = "command", access.Context{"ssm:DocumentType": {"Command"}}
			}
			all = append(all, d)
		}
	}
	return all
}()

// exampleARNs are ARNs of what a call acts on: of the types that AWS requires, or of the first type where it requires
// none.
func exampleARNs(action string, p policy.Partition, region, account string) []string {
	types := catalogue.ResourceTypesOf(action)
	required := slices.DeleteFunc(slices.Clone(types), func(r catalogue.ResourceType) bool { return !r.Required })
	if len(required) == 0 && len(types) > 0 {
		required = types[:1]
	}
	var arns []string
	for _, r := range required {
		arn := strings.NewReplacer("${Partition}", string(p), "${Region}", region, "${Account}", account).
			Replace(r.ARNs[0])
		arns = append(arns, strings.NewReplacer("${", "", "}", "").Replace(arn))
	}
	if action == "ssm:SendCommand" {
		arns = append(arns, p.InstanceARN(region, account, accounts.FirstNode))
	}
	return arns
}

var writtenDoors = []door{
	{it: "a shell", action: "ssm:StartSession", document: guardrail.PreferencesDocument},
	{it: "a port of the node", action: "ssm:StartSession", document: "AWS-StartPortForwardingSession"},
	{it: "a shell as root by an own document", action: "ssm:StartSession", document: "Team-RootShell"},
	{it: "somebody's open session", action: "ssm:ResumeSession", resource: "session"},
	{
		it:       "a remote desktop",
		action:   "ssm-guiconnect:StartConnection",
		resource: "*",
		context:  access.Context{"aws:RequestedRegion": {"ap-northeast-1"}},
	},
	{it: "the Windows password", action: "ec2:GetPasswordData"},
	{it: "an SSH key for a minute", action: "ec2-instance-connect:SendSSHPublicKey"},
	{it: "a tunnel to the node", action: "ec2-instance-connect:OpenTunnel", resource: "endpoint"},
	{it: "the serial console", action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey"},
	{it: "serial consoles for the account", action: "ec2:EnableSerialConsoleAccess", resource: "*"},
	{it: "a Lightsail instance", action: "lightsail:GetInstanceAccessDetails", resource: "lightsail"},
	{it: "the key of Lightsail instances", action: "lightsail:DownloadDefaultKeyPair", resource: "*"},
	{it: "a game server", action: "gamelift:GetComputeAccess", resource: "fleet"},
	{it: "a game server of an old fleet", action: "gamelift:GetInstanceAccess", resource: "fleet"},
	{it: "a command as root", action: "ssm:SendCommand", document: "AWS-RunShellScript", remote: true},
	{it: "associations", action: "ssm:CreateAssociationBatch", document: "AWS-RunShellScript", remote: true},
}

// request is the call in an account of a partition, on a node with the tags.
func (d door) request(p policy.Partition, account string, tags ...world.Tag) access.Request {
	region := accounts.Regions[p][0]
	ssm := func(resource string) string {
		return policy.ARN{Partition: p, Service: "ssm", Region: region, Account: account, Resource: resource}.String()
	}
	arns := map[string]string{
		"": p.InstanceARN(
			region,
			account,
			accounts.FirstNode,
		),
		"*":           "*",
		"session":     p.SessionARN(region, account, "bob-0123456789abcdef0"),
		"command":     ssm("document/Team-Command"),
		"preferences": ssm("document/" + guardrail.PreferencesDocument),
		"new role": p.RoleARN(
			account,
			guardrail.OSAccessRolePath,
			"mine",
		),
		"guarded role": p.RoleARN(account, guardrail.OSAccessRolePath, "OSAccess"),
		"endpoint": policy.ARN{
			Partition: p,
			Service:   "ec2",
			Region:    region,
			Account:   account,
			Resource:  "instance-connect-endpoint/eice-1",
		}.String(),
		"lightsail": policy.ARN{
			Partition: p,
			Service:   "lightsail",
			Region:    region,
			Account:   account,
			Resource:  "Instance/1",
		}.String(),
		"fleet": policy.ARN{
			Partition: p,
			Service:   "gamelift",
			Region:    region,
			Account:   account,
			Resource:  "fleet/1",
		}.String(),
	}
	r := access.Request{Action: d.action, Context: d.context, Time: accounts.Noon}
	if tags == nil {
		tags = []world.Tag{}
	}
	r.Resources = []access.Resource{{ARN: arns[d.resource], Tags: tags}}
	if d.resource == "example" {
		r.Resources = nil
		for _, arn := range exampleARNs(d.action, p, region, account) {
			r.Resources = append(r.Resources, access.Resource{ARN: arn, Tags: tags})
		}
	}
	if d.document != "" {
		r.Resources = append(r.Resources, access.Resource{ARN: p.DocumentARN(region, account, d.document)})
	}
	return r
}

var firstProject = world.Tag{Key: "Project", Value: "Test Project 1"}

// sid is the statement that shuts the door.
func (d door) sid() string {
	for _, set := range closingSets {
		if slices.Contains(doortable.In(set), d.action) {
			return doortable.ClosedBy(set)
		}
	}
	return ""
}

// doorAttempts are the doors for everybody, with every switch on: who may not is denied by the statement of the door.
func (o organization) doorAttempts() []attempt {
	p := o.Sessions.Account.Partition
	var all []attempt
	for _, d := range doors {
		session := d.sid() == "DenySessionsButForGuardedRoles"
		try := func(account, role string, open bool) {
			sid := d.sid()
			if open {
				sid = ""
			}
			all = append(
				all,
				attempt{d.it + " for " + role, o.Session(account, role), d.request(p, account, firstProject), sid},
			)
		}
		try(accounts.Other, "Administrator", false)
		try(accounts.Other, "GuardrailDeployer", false)
		try(accounts.Other, "BreakGlass", true)
		try(accounts.Other, "Scanner", true)
		try(accounts.Other, "PatchAutomation", d.remote)
		try(accounts.Other, "AWS-QuickSetup-JITNA-Execution", d.remote)
		try(accounts.Other, "service-role/AWS-QuickSetup-JITNA-Local", d.remote)
		try(accounts.Other, guardrail.TokenRoleName, session)
		try(
			accounts.Other,
			"aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_OSAccess_0123456789abcdef",
			session,
		)
		try(accounts.Wild, "aws-reserved/sso.amazonaws.com/AWSReservedSSO_OSAccess_fedcba9876543210", session)
		for _, g := range accounts.Impostors {
			try(accounts.Wild, g.Path[1:]+g.Name, false)
		}
		if d.document == guardrail.PreferencesDocument {
			try(accounts.Other, "guardrails/operation/"+o.Operation.RoleName(o.Operation.Roles[0]), true)
			try(accounts.Other, "guardrails/osaccess/"+o.Grants[0].RoleName(), true)
			try(accounts.Other, "guardrails/osaccess/"+guardrail.OSAccessRoleName, true)
		}
	}
	return append(
		all,
		attempt{
			"a Command document whose type AWS does not say",
			o.Session(accounts.Other, "Administrator"),
			access.Request{
				Action:    "ssm:UpdateDocument",
				Resources: access.On(p.DocumentARN(accounts.Regions[p][0], accounts.Other, "Team-Command")),
			},
			"",
		},
	)
}

// Every door is shut for an administrator of an account by a statement that says so, whether a role, a user or the
// root user tries it, and open for break-glass.
func TestEveryDoorIsShutForAdministratorsAndOpenForBreakGlass(t *testing.T) {
	for _, p := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		o := fullOrganization(p)
		engine := o.engine(t)
		for _, d := range doors {
			r := d.request(p, accounts.Other, firstProject)
			for who, s := range map[string]access.Session{
				"a role":           o.Session(accounts.Other, "Administrator"),
				"the deployer":     o.Session(accounts.Other, "GuardrailDeployer"),
				"a bootstrap role": o.Session(accounts.Other, "OrganizationAccountAccessRole"),
				"a user":           access.LongTermKey(p.UserARN(accounts.Other, "/", "robot")),
			} {
				got := decided(t, engine, s, r)
				assert.Equal(t, access.ExplicitlyDenied, got.Outcome, "%s: %s for %s", p, d.it, who)
				assert.Equal(t, "guardrails-os-access-only", got.By.Policy, "%s: %s for %s", p, d.it, who)
			}
			for _, g := range accounts.Impostors {
				got := decided(
					t,
					engine,
					o.Session(accounts.Wild, g.Path[1:]+g.Name),
					d.request(p, accounts.Wild, firstProject),
				)
				assert.Equal(t, "guardrails-os-access-only", got.By.Policy, "%s: %s for %s%s", p, d.it, g.Path, g.Name)
			}
			assert.True(
				t,
				decided(t, engine, o.Session(accounts.Other, "BreakGlass"), r).Allowed(),
				"%s: %s for break-glass",
				p,
				d.it,
			)
			assert.True(
				t,
				decided(t, engine, o.Session(accounts.Other, "Scanner"), r).Allowed(),
				"%s: %s for a role that is exempt",
				p,
				d.it,
			)
			assert.True(
				t,
				decided(t, engine, o.Session(accounts.Home, "Administrator"), d.request(p, accounts.Home)).Allowed(),
				"%s: %s where the guardrail is not attached",
				p,
				d.it,
			)
			assert.True(
				t,
				decided(
					t,
					engine,
					o.Session(accounts.Management, "Administrator"),
					d.request(p, accounts.Management),
				).Allowed(),
				"%s: %s in the management account, which nothing binds",
				p,
				d.it,
			)
			root := decided(t, engine, access.Root(accounts.Other).IssuedAt(accounts.Noon), r)
			assert.Equal(t, access.ExplicitlyDenied, root.Outcome, "%s: %s for root", p, d.it)
		}
	}
}

// While remote execution is only reported, it is open to administrators, and everything else is shut.
func TestReportedRemoteExecutionStaysOpen(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	engine := o.engine(t)
	for _, d := range doors {
		got := decided(
			t,
			engine,
			o.Session(accounts.Other, "Administrator"),
			d.request(policy.AWS, accounts.Other, firstProject),
		)
		assert.Equal(t, d.remote, got.Allowed(), d.it)
	}
	notices := fmt.Sprint(o.Policies.Notices(nil))
	assert.Contains(t, notices, "deny would deny ssm:CreateAssociation, ssm:CreateAssociationBatch")
	o.Policies.OSAccessOnly.RemoteExecution.Mode = scp.RemoteExecutionOff
	require.NoError(t, o.Policies.Validate())
	assert.NotContains(t, fmt.Sprint(o.Policies.Notices(nil)), "deny would deny")
}

// Operation roles are exempt by their path only where the switch says so, and then for sessions alone.
func TestOperationRolesAreExemptBySwitch(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	role := "guardrails/operation/" + o.Operation.RoleName(o.Operation.Roles[0])
	shell := doors[0].request(policy.AWS, accounts.Other, firstProject)
	assert.True(t, decided(t, o.engine(t), o.Session(accounts.Other, role), shell).Allowed())
	o.Policies.OSAccessOnly.OperationRoles = false
	got := decided(t, o.engine(t), o.Session(accounts.Other, role), shell)
	assert.Equal(t, "DenySessionsButForGuardedRoles", got.By.Sid)
}

// Just-in-time node access opens sessions as the token role, and nothing but sessions.
func TestTheTokenRoleIsExemptWithJustInTimeAccessAlone(t *testing.T) {
	full, shipped := fullOrganization(policy.AWS), shippedOrganization(policy.AWS)
	token := full.Session(accounts.Other, guardrail.TokenRoleName)
	opens := map[string]bool{}
	for _, d := range doors {
		r := d.request(policy.AWS, accounts.Other, firstProject)
		opens[d.it] = decided(t, full.engine(t), token, r).Allowed()
		assert.Equal(t, d.remote, decided(t, shipped.engine(t), token, r).Allowed(), d.it)
	}
	assert.True(t, opens["a shell"] && opens["a remote desktop"] && opens["somebody's open session"])
	// The name alone opens nothing in an account that does not use it.
	full.Policies.JustInTimeAccounts = []string{accounts.Wild}
	for _, d := range doors {
		assert.False(
			t,
			decided(t, full.engine(t), token, d.request(policy.AWS, accounts.Other, firstProject)).Allowed(),
			d.it,
		)
	}
	assert.False(
		t,
		opens["an SSH key for a minute"] || opens["a container"] || opens["the serial console"] ||
			opens["a command as root"],
	)
}
