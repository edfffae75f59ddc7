package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

const noMFA, ownKey = "DenyAllExceptListedIfNoMFA", "DenyMfaEnrolmentWithLongTermKeys"

// What the MFA group lets a person do, by way of signing in.
func TestMFAGroup(t *testing.T) {
	e := compiled(t, devWorld())
	bob, mfa := userARN("bob"), time.Minute
	on := func(action string, arns ...string) Request { return Request{Action: action, Resources: On(arns...)} }
	device := "arn:aws:iam::" + people + ":mfa/phone"
	for _, c := range []struct {
		why     string
		session Session
		request Request
		want    Outcome
		by      string
	}{
		{"without MFA the own device stays", Console(bob), on("iam:DeactivateMFADevice", bob), ExplicitlyDenied, noMFA},
		{"with MFA the own device goes", ConsoleWithMFA(bob, mfa), on("iam:DeactivateMFADevice", bob), Allowed, "ManageOwnCredentialsWithMfaOnly"},
		{"with MFA bobby's device stays", ConsoleWithMFA(bob, mfa), on("iam:DeactivateMFADevice", userARN("bobby")), ImplicitlyDenied, ""},
		{"a leaked key enrols nothing", LongTermKey(bob), on("iam:EnableMFADevice", bob), ExplicitlyDenied, ownKey},
		{"a leaked key makes no device", LongTermKey(bob), on("iam:CreateVirtualMFADevice", device), ExplicitlyDenied, ownKey},
		{"in the console bob enrols", Console(bob), on("iam:EnableMFADevice", bob), Allowed, "EnrolOwnMfa"},
		{"in the console bob makes a device of any name", Console(bob), on("iam:CreateVirtualMFADevice", device), Allowed, "CreateVirtualMfa"},
		{"... and enrols for nobody else", Console(bob), on("iam:EnableMFADevice", userARN("bobby")), ImplicitlyDenied, ""},
		{"without MFA nothing else", Console(bob), Request{Action: "s3:ListAllMyBuckets"}, ExplicitlyDenied, noMFA},
		{"with a key nothing else", LongTermKey(bob), Request{Action: "s3:ListAllMyBuckets"}, ExplicitlyDenied, noMFA},
		{"a user with a path enrols", Console(userARN("team/carol")), on("iam:EnableMFADevice", userARN("team/carol")), Allowed, "EnrolOwnMfa"},
		{"the project tag stays", ConsoleWithMFA(bob, mfa), Request{Action: "iam:TagUser", Resources: On(bob),
			Context: Context{"aws:TagKeys": {"project"}}}, ExplicitlyDenied, "DenyTouchingAuthorizationTags"},
		{"contact tags are one's own", ConsoleWithMFA(bob, mfa), Request{Action: "iam:TagUser", Resources: On(bob),
			Context: Context{"aws:TagKeys": {"Email"}}}, Allowed, "TagOwnContacts"},
		{"... and nothing beside them", ConsoleWithMFA(bob, mfa), Request{Action: "iam:TagUser", Resources: On(bob),
			Context: Context{"aws:TagKeys": {"Email", "Team"}}}, ImplicitlyDenied, ""},
		{"a session token without MFA cannot call IAM", SessionToken(bob), on("iam:EnableMFADevice", bob), ExplicitlyDenied, ""},
		{"a session token with MFA enrols another device", SessionTokenWithMFA(bob, mfa), on("iam:EnableMFADevice", bob), Allowed, "EnrolOwnMfa"},
	} {
		d := decide(t, e, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.by, d.By.Sid, c.why)
	}
}

// Who assumes an operation role: the named people, with fresh MFA, under their own name, without tags.
func TestOperationRoleTrust(t *testing.T) {
	e := compiled(t, devWorld())
	role := operationRole("TestProject1-os-user1")
	bob := ConsoleWithMFA(userARN("bob"), time.Minute)
	for _, c := range []struct {
		why     string
		session Session
		name    string
		tags    []Tag
		want    Outcome
	}{
		{"bob with fresh MFA", bob, "bob", nil, Allowed},
		{"bob with a key and a code", LongTermKey(userARN("bob")).WithMFACode(), "bob", nil, Allowed},
		{"bob with a key", LongTermKey(userARN("bob")), "bob", nil, ExplicitlyDenied},
		{"bob without MFA", Console(userARN("bob")), "bob", nil, ExplicitlyDenied},
		{"bob's MFA of an hour ago", ConsoleWithMFA(userARN("bob"), time.Hour), "bob", nil, ImplicitlyDenied},
		{"bob's MFA of a second less", ConsoleWithMFA(userARN("bob"), time.Hour-time.Second), "bob", nil, Allowed},
		{"bob under alice's name", bob, "alice", nil, ImplicitlyDenied},
		{"bob with tags", bob, "bob", []Tag{{"Project", "Test Project 2"}}, ExplicitlyDenied},
		{"bobby, who is not named", ConsoleWithMFA(userARN("bobby"), time.Minute), "bobby", nil, ImplicitlyDenied},
		{"another role", AssumedRole(operationRole("TestProject2-os-user2"), "bob"), "bob", nil, ImplicitlyDenied},
	} {
		d := decide(t, e, c.session, AssumeRole(role, c.name, c.tags...))
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
}

// What an operation role opens: its own project's nodes by listed documents, and its own sessions.
func TestOperationRole(t *testing.T) {
	e := compiled(t, devWorld())
	role := AssumedRole(operationRole("TestProject1-os-user1"), "bob")
	untagged := compiled(t, World{Accounts: []Account{{ID: people, Roles: []Role{
		{Name: "untagged", Trust: anyoneAssumes(), Inline: []InlinePolicy{{"operation", operation(people)}}},
	}}}})
	const aws = "arn:aws:ssm:" + tokyo + "::document/"
	start := func(tags []Tag, document string) Request {
		return Request{Action: "ssm:StartSession", Resources: []Resource{{ARN: "arn:aws:ec2:" + tokyo + ":" + people + ":instance/i-1", Tags: tags}, {ARN: document}}}
	}
	session := func(owner string) Request {
		return Request{Action: "ssm:TerminateSession", Resources: []Resource{{
			ARN: "arn:aws:ssm:" + tokyo + ":" + people + ":session/bob-0f", Tags: []Tag{{"aws:ssmmessages:session-id", owner}},
		}}}
	}
	own, other := []Tag{{"Project", "Test Project 1"}}, []Tag{{"Project", "Test Project 2"}}
	id := e.principals[operationRole("TestProject1-os-user1")].id
	for _, c := range []struct {
		why     string
		engine  *Engine
		session Session
		request Request
		want    Outcome
	}{
		{"its own project", e, role, start(own, ownShell), Allowed},
		{"another project", e, role, start(other, ownShell), ImplicitlyDenied},
		{"a node without the tag", e, role, start([]Tag{}, ownShell), ImplicitlyDenied},
		{"a node with the tag in another case of the key", e, role, start([]Tag{{"project", "Test Project 1"}}, ownShell), Allowed},
		{"a role without the tag, on a node without it", untagged, AssumedRole(roleARN("untagged"), "s"), start([]Tag{}, ownShell), ImplicitlyDenied},
		{"a session tag takes the place of the role's", e, AssumedRole(operationRole("TestProject1-os-user1"), "bob", Tag{"PROJECT", "Test Project 2"}), start(other, ownShell), Allowed},
		{"... and the role's own is gone", e, AssumedRole(operationRole("TestProject1-os-user1"), "bob", Tag{"PROJECT", "Test Project 2"}), start(own, ownShell), ImplicitlyDenied},
		{"port forwarding", e, role, start(own, aws+"AWS-StartPortForwardingSession"), Allowed},
		{"SSH", e, role, start(own, aws+"AWS-StartSSHSession"), ImplicitlyDenied},
		{"a document of another account", e, role, start(own, "arn:aws:ssm:"+tokyo+":"+members+":document/SSM-SessionManagerRunShell"), ImplicitlyDenied},
		{"its own session", e, role, session(id + ":bob"), Allowed},
		{"alice's session of the same role", e, role, session(id + ":alice"), ImplicitlyDenied},
		{"a session without owner", e, role, Request{Action: "ssm:TerminateSession", Resources: On("arn:aws:ssm:" + tokyo + ":" + people + ":session/bob-0f")}, ImplicitlyDenied},
		{"SendCommand", e, role, Request{Action: "ssm:SendCommand", Resources: On("arn:aws:ec2:" + tokyo + ":" + people + ":instance/i-0aaa")}, ExplicitlyDenied},
	} {
		d := decide(t, c.engine, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
	d := decide(t, e, role, start(other, aws+"AWS-StartSSHSession"))
	assert.Contains(t, d.Resource, "instance/i-1", "of two resources that are denied alike the first is named")
}

// The Deny for missing MFA must never stand on a role: no role session carries the key, whatever the person used.
func TestRoleSessionsCarryNoMFA(t *testing.T) {
	guard := policy.New(policy.Allow("All", "*").On("*"),
		policy.DenyAllExcept("NoMFA", "iam:GetUser").On("*").When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)))
	w := World{Accounts: []Account{{ID: people, Roles: []Role{{Name: "r", Trust: anyoneAssumes(), Inline: []InlinePolicy{{"p", guard}}}}}}}
	d := decide(t, compiled(t, w), AssumedRole(roleARN("r"), "s"), Request{Action: "s3:ListAllMyBuckets"})
	assert.Equal(t, "NoMFA", d.By.Sid)
}

// organization is a tree with a management account, a jump account and a member, behind the service control policies.
func organization() World {
	deployer := policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/GuardrailDeployer")
	door := policy.New(
		policy.Deny("InteractiveOnlyViaOsAccess", "ec2-instance-connect:SendSSHPublicKey", "ecs:ExecuteCommand", "ssm:ResumeSession", "ssm:StartSession").On("*").
			When(policy.ArnNotLike("aws:PrincipalArn", "arn:aws:iam::*:role/OSAccess", "arn:aws:iam::*:role/guardrails/osaccess/*", "arn:aws:iam::*:role/SSM-JustInTimeAccessTokenRole")),
		policy.Deny("RemoteExecOnlyViaAutomation", "ssm:SendCommand").On("*").When(deployer),
	)
	protect := policy.New(
		policy.Deny("ProtectGuardrailRoles", "iam:CreateRole", "iam:UpdateAssumeRolePolicy").On("arn:aws:iam::*:role/OSAccess", "arn:aws:iam::*:role/guardrails/*").When(deployer),
		policy.Deny("ProtectNodeAuthzTags", "ec2:CreateTags").On("arn:aws:ec2:*:*:instance/*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project"), policy.Absent("ec2:CreateAction"), deployer),
	)
	passwords := policy.New(policy.Deny("NoConsolePasswordOutsideJumpAccount", "iam:CreateLoginProfile", "iam:UpdateLoginProfile").On("*").
		When(policy.StringNotEquals("aws:PrincipalAccount", people)))
	full := ServiceControlPolicy{"FullAWSAccess", policy.New(policy.Allow("", "*").On("*"))}
	admin := []InlinePolicy{{"admin", policy.New(policy.Allow("All", "*").On("*"))}}
	roles := func() []Role {
		var out []Role
		for _, name := range []string{"Admin", "OSAccess", "GuardrailDeployer", "SSM-JustInTimeAccessTokenRole"} {
			out = append(out, Role{Name: name, Trust: anyoneAssumes(), Inline: admin})
		}
		return append(out, Role{Name: "AWSServiceRoleForX", Path: "/aws-service-role/x.amazonaws.com/", Trust: anyoneAssumes(), Inline: admin})
	}
	return World{
		Accounts: []Account{
			{ID: "123456789012", Roles: roles()},
			{ID: people, Users: []User{{Name: "alice", Inline: admin}}, Roles: roles()},
			{ID: members, Users: []User{{Name: "machine", Inline: admin}}, Roles: roles()},
		},
		Organization: &Organization{ID: "o-exampleorgid", Management: "123456789012", Root: Unit{
			ID: "r-exam", Policies: []ServiceControlPolicy{full, {"passwords", passwords}}, Accounts: []OrganizationAccount{{ID: "123456789012", Policies: []ServiceControlPolicy{full}}},
			Units: []Unit{{ID: "ou-exam-11111111", Name: "Workloads", Policies: []ServiceControlPolicy{full, {"door", door}, {"protect", protect}},
				Accounts: []OrganizationAccount{{ID: people, Policies: []ServiceControlPolicy{full}}, {ID: members, Policies: []ServiceControlPolicy{full}}}}},
		}},
	}
}

// What service control policies shut for administrators, and whom they leave alone.
func TestServiceControlPolicies(t *testing.T) {
	e := compiled(t, organization())
	role := func(account, name string) Session { return AssumedRole("arn:aws:iam::"+account+":role/"+name, "s") }
	instance := "arn:aws:ec2:" + tokyo + ":" + members + ":instance/i-1"
	start := Request{Action: "ssm:StartSession", Resources: On(instance, "arn:aws:ssm:"+tokyo+":"+members+":document/SSM-SessionManagerRunShell")}
	create := Request{Action: "iam:CreateRole", Resources: On("arn:aws:iam::" + members + ":role/OSAccess")}
	tags := func(c Context) Request {
		return Request{Action: "ec2:CreateTags", Resources: On(instance), Context: c}
	}
	for _, c := range []struct {
		why     string
		session Session
		request Request
		want    Outcome
	}{
		{"an administrator opens no shell", role(members, "Admin"), start, ExplicitlyDenied},
		{"... nor does root", Root(members), start, ExplicitlyDenied},
		{"OSAccess does", role(members, "OSAccess"), start, Allowed},
		{"the role of just-in-time access does", role(members, "SSM-JustInTimeAccessTokenRole"), start, Allowed},
		{"a service-linked role does", role(members, "aws-service-role/x.amazonaws.com/AWSServiceRoleForX"), start, Allowed},
		{"the management account is under no policy", role("123456789012", "Admin"), Request{Action: "ssm:SendCommand",
			Resources: On("arn:aws:ec2:"+tokyo+":123456789012:instance/i-1", "arn:aws:ssm:"+tokyo+"::document/AWS-RunShellScript")}, Allowed},
		{"no command either", role(members, "OSAccess"), Request{Action: "ssm:SendCommand", Resources: On(instance)}, ExplicitlyDenied},
		{"nor a pushed key", role(members, "Admin"), Request{Action: "ec2-instance-connect:SendSSHPublicKey", Resources: On(instance)}, ExplicitlyDenied},
		{"nor ECS Exec", role(members, "Admin"), Request{Action: "ecs:ExecuteCommand", Resources: On("arn:aws:ecs:" + tokyo + ":" + members + ":task/c/t")}, ExplicitlyDenied},
		{"an administrator makes no OSAccess", role(members, "Admin"), create, ExplicitlyDenied},
		{"the deployer does", role(members, "GuardrailDeployer"), create, Allowed},
		{"the tag in another case", role(members, "Admin"), tags(Context{"aws:TagKeys": {"Name", "PROJECT"}}), ExplicitlyDenied},
		{"another tag", role(members, "Admin"), tags(Context{"aws:TagKeys": {"Name"}}), Allowed},
		{"a tag at launch", role(members, "Admin"), tags(Context{"aws:TagKeys": {"Project"}, "ec2:CreateAction": {"RunInstances"}}), Allowed},
		{"a password in the jump account", LongTermKey(userARN("alice")), Request{Action: "iam:CreateLoginProfile", Resources: On(userARN("x"))}, Allowed},
		{"a password elsewhere", LongTermKey("arn:aws:iam::" + members + ":user/machine"), Request{Action: "iam:UpdateLoginProfile", Resources: On("arn:aws:iam::" + members + ":user/x")}, ExplicitlyDenied},
		{"a password elsewhere by root", Root(members), Request{Action: "iam:CreateLoginProfile", Resources: On("arn:aws:iam::" + members + ":user/x")}, ExplicitlyDenied},
		{"a user without a password elsewhere", LongTermKey("arn:aws:iam::" + members + ":user/machine"), Request{Action: "iam:CreateUser", Resources: On("arn:aws:iam::" + members + ":user/x")}, Allowed},
	} {
		d := decide(t, e, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		if c.want == ExplicitlyDenied {
			assert.Equal(t, ServiceControlPolicySource, d.By.Kind, c.why)
		}
	}
}

// Every level must allow: a level without policies, or whose policies leave an action out, shuts everything below it.
func TestEveryLevelMustAllow(t *testing.T) {
	for _, c := range []struct {
		why    string
		change func(*Unit)
		by     string
	}{
		{"a unit without policies", func(u *Unit) { u.Units[0].Policies = nil }, "ou-exam-11111111"},
		{"an account without policies", func(u *Unit) { u.Units[0].Accounts[1].Policies = nil }, members},
		{"a root that allows less", func(u *Unit) {
			u.Policies = []ServiceControlPolicy{{"s3", policy.New(policy.Allow("S3", "s3:*").On("*"))}}
		}, "r-exam"},
	} {
		w := organization()
		c.change(&w.Organization.Root)
		d := decide(t, compiled(t, w), AssumedRole("arn:aws:iam::"+members+":role/Admin", "s"), Request{Action: "ec2:DescribeInstances"})
		assert.Equal(t, ImplicitlyDenied, d.Outcome, c.why)
		assert.Equal(t, Source{Kind: ServiceControlPolicySource, Owner: c.by, Rule: d.By.Rule}, d.By, c.why)
	}
}

// A grant holds from its first second to the last before its end, also for sessions that were issued inside.
func TestGrantWindow(t *testing.T) {
	from := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	until := from.Add(4 * time.Hour)
	fence := policy.New(policy.Allow("Shell", "ssm:StartSession").On("*"),
		policy.Deny("NotBefore", "*").On("*").When(policy.Before(from)),
		policy.Deny("NotAfter", "*").On("*").When(policy.From(until)))
	window := policy.New(policy.Allow("Window", "sts:AssumeRole").For(policy.AWSPrincipals(userARN("alice"))).When(policy.From(from), policy.Before(until)))
	e := compiled(t, World{Accounts: []Account{{ID: people, Users: []User{{Name: "alice"}}, Roles: []Role{{Name: "grant", Trust: window, Inline: []InlinePolicy{{"fence", fence}}}}}}})
	for at, want := range map[time.Time]bool{from.Add(-time.Second): false, from: true, until.Add(-time.Second): true, until: false, until.Add(time.Hour): false} {
		assume := AssumeRole(roleARN("grant"), "alice")
		assume.Time = at
		assert.Equal(t, want, decide(t, e, LongTermKey(userARN("alice")), assume).Allowed(), "assume at %s", at)
		start := startSession("i-1", ownShell)
		start.Time = at
		assert.Equal(t, want, decide(t, e, AssumedRole(roleARN("grant"), "alice").IssuedAt(from), start).Allowed(), "start at %s", at)
	}
}

// The documents mean the same in every partition.
func TestPartitions(t *testing.T) {
	for partition, region := range map[policy.Partition]string{policy.AWSChina: "cn-north-1", policy.AWSUSGov: "us-gov-west-1"} {
		arn := "arn:" + string(partition)
		w := World{Accounts: []Account{{ID: people, Partition: partition, Users: []User{{Name: "bob", Inline: []InlinePolicy{{"p", policy.New(
			policy.Allow("Own", "iam:EnableMFADevice").On(arn + ":iam::" + people + ":user/${aws:username}").When(policy.StringEquals("aws:RequestedRegion", region)),
		)}}}}}}}
		e := compiled(t, w)
		bob := arn + ":iam::" + people + ":user/bob"
		assert.True(t, decide(t, e, Console(bob), Request{Action: "iam:EnableMFADevice", Resources: On(bob)}).Allowed(), partition)
		_, err := e.Decide(Console(userARN("bob")), Request{Action: "iam:EnableMFADevice"})
		require.Error(t, err, "a user of another partition is a stranger")
	}
}
