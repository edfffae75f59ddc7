package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/components"
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

// doors are the ways to an operating system that the guardrails know, in the order of the table for people.
var doors = []door{
	{it: "a shell", action: "ssm:StartSession", document: components.PreferencesDocument},
	{it: "a port of the node", action: "ssm:StartSession", document: "AWS-StartPortForwardingSession"},
	{it: "a shell as root by an own document", action: "ssm:StartSession", document: "Team-RootShell"},
	{it: "somebody's open session", action: "ssm:ResumeSession", resource: "session"},
	{it: "a remote desktop", action: "ssm-guiconnect:StartConnection", resource: "*", context: access.Context{"aws:RequestedRegion": {"ap-northeast-1"}}},
	{it: "the Windows password", action: "ec2:GetPasswordData"},
	{it: "an SSH key for a minute", action: "ec2-instance-connect:SendSSHPublicKey"},
	{it: "a tunnel to the node", action: "ec2-instance-connect:OpenTunnel", resource: "endpoint"},
	{it: "the serial console", action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey"},
	{it: "serial consoles for the account", action: "ec2:EnableSerialConsoleAccess", resource: "*"},
	{it: "a container", action: "ecs:ExecuteCommand", resource: "task"},
	{it: "a Lightsail instance", action: "lightsail:GetInstanceAccessDetails", resource: "lightsail"},
	{it: "the key of Lightsail instances", action: "lightsail:DownloadDefaultKeyPair", resource: "*"},
	{it: "a game server", action: "gamelift:GetComputeAccess", resource: "fleet"},
	{it: "a game server of an old fleet", action: "gamelift:GetInstanceAccess", resource: "fleet"},
	{it: "a command as root", action: "ssm:SendCommand", document: "AWS-RunShellScript", remote: true},
	{it: "an association", action: "ssm:CreateAssociation", document: "AWS-RunShellScript", remote: true},
	{it: "associations", action: "ssm:CreateAssociationBatch", document: "AWS-RunShellScript", remote: true},
	{it: "a change of an association", action: "ssm:UpdateAssociation", resource: "association", remote: true},
	{it: "a run of an association", action: "ssm:StartAssociationsOnce", resource: "association", remote: true},
	{it: "a task of a maintenance window", action: "ssm:RegisterTaskWithMaintenanceWindow", resource: "window", remote: true},
	{it: "a change of such a task", action: "ssm:UpdateMaintenanceWindowTask", resource: "windowtask", remote: true},
	{
		it: "what a Command document runs", action: "ssm:UpdateDocument", resource: "command", remote: true,
		context: access.Context{"ssm:DocumentType": {"Command"}},
	},
	{
		it: "which version of it runs", action: "ssm:UpdateDocumentDefaultVersion", resource: "command", remote: true,
		context: access.Context{"ssm:DocumentType": {"Command"}},
	},
}

// request is the call in an account of a partition, on a node with the tags.
func (d door) request(p policy.Partition, account string, tags ...access.Tag) access.Request {
	region := regionsOf[p][0]
	ssm := func(resource string) string {
		return policy.ARN{Partition: p, Service: "ssm", Region: region, Account: account, Resource: resource}.String()
	}
	arns := map[string]string{
		"": p.InstanceARN(region, account, firstNode), "*": "*", "session": p.SessionARN(region, account, "bob-0123456789abcdef0"),
		"association": ssm("association/a-1"), "window": ssm("maintenancewindow/mw-1"), "windowtask": ssm("windowtask/t-1"),
		"command": ssm("document/Team-Command"), "preferences": ssm("document/" + components.PreferencesDocument),
		"new role": p.RoleARN(account, components.OSAccessRolePath, "mine"), "guarded role": p.RoleARN(account, components.OSAccessRolePath, "OSAccess"),
		"endpoint":  policy.ARN{Partition: p, Service: "ec2", Region: region, Account: account, Resource: "instance-connect-endpoint/eice-1"}.String(),
		"task":      policy.ARN{Partition: p, Service: "ecs", Region: region, Account: account, Resource: "task/cluster/1"}.String(),
		"lightsail": policy.ARN{Partition: p, Service: "lightsail", Region: region, Account: account, Resource: "Instance/1"}.String(),
		"fleet":     policy.ARN{Partition: p, Service: "gamelift", Region: region, Account: account, Resource: "fleet/1"}.String(),
	}
	r := access.Request{Action: d.action, Context: d.context, Time: noon}
	if tags == nil {
		tags = []access.Tag{}
	}
	r.Resources = []access.Resource{{ARN: arns[d.resource], Tags: tags}}
	if d.document != "" {
		r.Resources = append(r.Resources, access.Resource{ARN: p.DocumentARN(region, account, d.document)})
	}
	return r
}

var firstProject = access.Tag{Key: "Project", Value: "Test Project 1"}

// sid is the statement that shuts the door.
func (d door) sid() string {
	switch {
	case strings.HasPrefix(d.action, "ssm:UpdateDocument"):
		return "DenyChangingCommandDocuments"
	case d.remote:
		return "DenyRemoteExecutionButForListedRoles"
	case strings.HasPrefix(d.action, "ssm") || d.action == "ec2:GetPasswordData":
		return "DenySessionsButForGuardedRoles"
	}
	return "DenyOtherDoorsButForBreakGlass"
}

// doorAttempts are the doors for everybody, with every switch on: who may not is denied by the statement of the door.
func (o organization) doorAttempts() []attempt {
	p := o.sessions.Account.Partition
	var all []attempt
	for _, d := range doors {
		session := d.sid() == "DenySessionsButForGuardedRoles"
		try := func(account, role string, open bool) {
			sid := d.sid()
			if open {
				sid = ""
			}
			all = append(all, attempt{d.it + " for " + role, o.session(account, role), d.request(p, account, firstProject), sid})
		}
		try(otherAccount, "Administrator", false)
		try(otherAccount, "GuardrailDeployer", false)
		try(otherAccount, "BreakGlass", true)
		try(otherAccount, "Scanner", true)
		try(otherAccount, "PatchAutomation", d.remote)
		try(otherAccount, "AWS-QuickSetup-JITNA-Execution", d.remote)
		try(otherAccount, "service-role/AWS-QuickSetup-JITNA-Local", d.remote)
		try(otherAccount, components.TokenRoleName, session)
		try(otherAccount, "aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_OSAccess_0123456789abcdef", session)
		try(wildAccount, "aws-reserved/sso.amazonaws.com/AWSReservedSSO_OSAccess_fedcba9876543210", session)
		for _, g := range impostors {
			try(wildAccount, g.path[1:]+g.name, false)
		}
		if d.document == components.PreferencesDocument {
			try(otherAccount, "guardrails/operation/"+o.operation.RoleName(o.operation.Roles[0]), true)
			try(otherAccount, "guardrails/osaccess/"+o.grants[0].RoleName(), true)
			try(otherAccount, "guardrails/osaccess/"+components.OSAccessRoleName, true)
		}
	}
	return append(all, attempt{"a Command document whose type AWS does not say", o.session(otherAccount, "Administrator"), access.Request{
		Action: "ssm:UpdateDocument", Resources: access.On(p.DocumentARN(regionsOf[p][0], otherAccount, "Team-Command")),
	}, ""})
}

// Every door is shut for an administrator of an account by a statement that says so, whether a role, a user or the root user tries it, and open for
// break-glass.
func TestEveryDoorIsShutForAdministratorsAndOpenForBreakGlass(t *testing.T) {
	for _, p := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		o := fullOrganization(p)
		engine := o.engine(t)
		for _, d := range doors {
			r := d.request(p, otherAccount, firstProject)
			for who, s := range map[string]access.Session{
				"a role":           o.session(otherAccount, "Administrator"),
				"the deployer":     o.session(otherAccount, "GuardrailDeployer"),
				"a bootstrap role": o.session(otherAccount, "OrganizationAccountAccessRole"),
				"a user":           access.LongTermKey(p.UserARN(otherAccount, "/", "robot")),
			} {
				got := decided(t, engine, s, r)
				assert.Equal(t, access.ExplicitlyDenied, got.Outcome, "%s: %s for %s", p, d.it, who)
				assert.Equal(t, "guardrails-os-access-only", got.By.Policy, "%s: %s for %s", p, d.it, who)
			}
			for _, g := range impostors {
				got := decided(t, engine, o.session(wildAccount, g.path[1:]+g.name), d.request(p, wildAccount, firstProject))
				assert.Equal(t, "guardrails-os-access-only", got.By.Policy, "%s: %s for %s%s", p, d.it, g.path, g.name)
			}
			assert.True(t, decided(t, engine, o.session(otherAccount, "BreakGlass"), r).Allowed(), "%s: %s for break-glass", p, d.it)
			assert.True(t, decided(t, engine, o.session(otherAccount, "Scanner"), r).Allowed(), "%s: %s for a role that is exempt", p, d.it)
			assert.True(t, decided(t, engine, o.session(homeAccount, "Administrator"), d.request(p, homeAccount)).Allowed(),
				"%s: %s where the guardrail is not attached", p, d.it)
			assert.True(t, decided(t, engine, o.session(managementAccount, "Administrator"), d.request(p, managementAccount)).Allowed(),
				"%s: %s in the management account, which nothing binds", p, d.it)
			root := decided(t, engine, access.Root(otherAccount).IssuedAt(noon), r)
			assert.Equal(t, access.ExplicitlyDenied, root.Outcome, "%s: %s for root", p, d.it)
		}
	}
}

// While remote execution is only reported, it is open to administrators, and everything else is shut.
func TestReportedRemoteExecutionStaysOpen(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	engine := o.engine(t)
	for _, d := range doors {
		got := decided(t, engine, o.session(otherAccount, "Administrator"), d.request(policy.AWS, otherAccount, firstProject))
		assert.Equal(t, d.remote, got.Allowed(), d.it)
	}
	notices := fmt.Sprint(o.policies.Notices())
	assert.Contains(t, notices, "deny would deny ssm:CreateAssociation, ssm:CreateAssociationBatch")
	o.policies.OSAccessOnly.RemoteExecution.Mode = components.RemoteExecutionOff
	require.NoError(t, o.policies.Validate())
	assert.NotContains(t, fmt.Sprint(o.policies.Notices()), "deny would deny")
}

// Operation roles are exempt by their path only where the switch says so, and then for sessions alone.
func TestOperationRolesAreExemptBySwitch(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	role := "guardrails/operation/" + o.operation.RoleName(o.operation.Roles[0])
	shell := doors[0].request(policy.AWS, otherAccount, firstProject)
	assert.True(t, decided(t, o.engine(t), o.session(otherAccount, role), shell).Allowed())
	o.policies.OSAccessOnly.OperationRoles = false
	got := decided(t, o.engine(t), o.session(otherAccount, role), shell)
	assert.Equal(t, "DenySessionsButForGuardedRoles", got.By.Sid)
}

// Just-in-time node access opens sessions as the token role, and nothing but sessions.
func TestTheTokenRoleIsExemptWithJustInTimeAccessAlone(t *testing.T) {
	full, shipped := fullOrganization(policy.AWS), shippedOrganization(policy.AWS)
	token := full.session(otherAccount, components.TokenRoleName)
	opens := map[string]bool{}
	for _, d := range doors {
		r := d.request(policy.AWS, otherAccount, firstProject)
		opens[d.it] = decided(t, full.engine(t), token, r).Allowed()
		assert.Equal(t, d.remote, decided(t, shipped.engine(t), token, r).Allowed(), d.it)
	}
	assert.True(t, opens["a shell"] && opens["a remote desktop"] && opens["somebody's open session"])
	assert.False(t, opens["an SSH key for a minute"] || opens["a container"] || opens["the serial console"] || opens["a command as root"])
}
