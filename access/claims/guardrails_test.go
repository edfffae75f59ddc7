package claims

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// What the MFA group lets a person do, by way of signing in.
func TestMFAGroup(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	bob, mfa := fixture.UserARN("bob"), time.Minute
	on := func(action string, arns ...string) engine.Request {
		return engine.Request{Action: action, Resources: engine.On(arns...)}
	}
	device := "arn:aws:iam::" + fixture.People + ":mfa/phone"
	for _, c := range []struct {
		why     string
		session engine.Session
		request engine.Request
		want    engine.Outcome
		by      string
	}{
		{"without MFA their own device stays", engine.Console(bob), on("iam:DeactivateMFADevice", bob),
			engine.ExplicitlyDenied, fixture.NoMFA},
		{"with MFA their own device goes", engine.ConsoleWithMFA(bob, mfa), on("iam:DeactivateMFADevice", bob),
			engine.Allowed, "ManageOwnCredentialsWithMfaOnly"},
		{"with MFA bobby's device stays", engine.ConsoleWithMFA(bob, mfa),
			on("iam:DeactivateMFADevice", fixture.UserARN("bobby")), engine.ImplicitlyDenied, ""},
		{"a leaked key enrols nothing", engine.LongTermKey(bob), on("iam:EnableMFADevice", bob),
			engine.ExplicitlyDenied, fixture.OwnKey},
		{"a leaked key makes no device", engine.LongTermKey(bob), on("iam:CreateVirtualMFADevice", device),
			engine.ExplicitlyDenied, fixture.OwnKey},
		{"in the console bob enrols", engine.Console(bob), on("iam:EnableMFADevice", bob), engine.Allowed,
			"EnrolOwnMfa"},
		{"in the console bob makes a device of any name", engine.Console(bob), on("iam:CreateVirtualMFADevice", device),
			engine.Allowed, "CreateVirtualMfa"},
		{"... and enrols for nobody else", engine.Console(bob), on("iam:EnableMFADevice", fixture.UserARN("bobby")),
			engine.ImplicitlyDenied, ""},
		{"without MFA nothing else", engine.Console(bob), engine.Request{Action: "s3:ListAllMyBuckets"},
			engine.ExplicitlyDenied, fixture.NoMFA},
		{"with a key nothing else", engine.LongTermKey(bob), engine.Request{Action: "s3:ListAllMyBuckets"},
			engine.ExplicitlyDenied, fixture.NoMFA},
		{"a user with a path enrols", engine.Console(fixture.UserARN("team/carol")),
			on("iam:EnableMFADevice", fixture.UserARN("team/carol")), engine.Allowed, "EnrolOwnMfa"},
		{"the project tag stays", engine.ConsoleWithMFA(bob, mfa),
			engine.Request{Action: "iam:TagUser", Resources: engine.On(bob),
				Context: engine.Context{"aws:TagKeys": {"project"}}}, engine.ExplicitlyDenied, "DenyTouchingAuthorizationTags"},
		{"contact tags are one's own", engine.ConsoleWithMFA(bob, mfa),
			engine.Request{Action: "iam:TagUser", Resources: engine.On(bob),
				Context: engine.Context{"aws:TagKeys": {"Email"}}}, engine.Allowed, "TagOwnContacts"},
		{"... and nothing beside them", engine.ConsoleWithMFA(bob, mfa),
			engine.Request{Action: "iam:TagUser", Resources: engine.On(bob),
				Context: engine.Context{"aws:TagKeys": {"Email", "Team"}}}, engine.ImplicitlyDenied, ""},
		{"a session token without MFA cannot call IAM", engine.SessionToken(bob), on("iam:EnableMFADevice", bob),
			engine.ExplicitlyDenied, ""},
		{"a session token with MFA enrols another device", engine.SessionTokenWithMFA(bob, mfa),
			on("iam:EnableMFADevice", bob), engine.Allowed, "EnrolOwnMfa"},
	} {
		d := fixture.Decide(t, e, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		assert.Equal(t, c.by, d.By.Sid, c.why)
	}
}

// Who assumes an operation role: the named people, with fresh MFA, under their own name, without tags.
func TestOperationRoleTrust(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	role := fixture.OperationRole("TestProject1-os-user1")
	bob := engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Minute)
	for _, c := range []struct {
		why     string
		session engine.Session
		name    string
		tags    []world.Tag
		want    engine.Outcome
	}{
		{"bob with fresh MFA", bob, "bob", nil, engine.Allowed},
		{"bob with a key and a code", engine.LongTermKey(fixture.UserARN("bob")).WithMFACode(), "bob", nil,
			engine.Allowed},
		{"bob with a key", engine.LongTermKey(fixture.UserARN("bob")), "bob", nil, engine.ExplicitlyDenied},
		{"bob without MFA", engine.Console(fixture.UserARN("bob")), "bob", nil, engine.ExplicitlyDenied},
		{"bob's MFA of an hour ago", engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Hour), "bob", nil,
			engine.ImplicitlyDenied},
		{"bob's MFA of a second less", engine.ConsoleWithMFA(fixture.UserARN("bob"), time.Hour-time.Second), "bob", nil,
			engine.Allowed},
		{"bob under alice's name", bob, "alice", nil, engine.ImplicitlyDenied},
		{"bob with tags", bob, "bob", []world.Tag{{Key: "Project", Value: "Test Project 2"}}, engine.ExplicitlyDenied},
		{"bobby, who is not named", engine.ConsoleWithMFA(fixture.UserARN("bobby"), time.Minute), "bobby", nil,
			engine.ImplicitlyDenied},
		{"another role", engine.AssumedRole(fixture.OperationRole("TestProject2-os-user2"), "bob"), "bob", nil,
			engine.ImplicitlyDenied},
	} {
		d := fixture.Decide(t, e, c.session, engine.AssumeRole(role, c.name, c.tags...))
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
}

// What an operation role opens: its own project's nodes by listed documents, and its own sessions.
func TestOperationRole(t *testing.T) {
	e := fixture.Compiled(t, fixture.DevWorld())
	role := engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "bob")
	untagged := fixture.Compiled(t, world.World{Accounts: []world.Account{{ID: fixture.People, Roles: []world.Role{
		{
			Name:   "untagged",
			Trust:  fixture.AnyoneAssumes(),
			Inline: []world.InlinePolicy{{Name: "operation", Document: fixture.Operation(fixture.People)}},
		},
	}}}})
	const aws = "arn:aws:ssm:" + fixture.Tokyo + "::document/"
	start := func(tags []world.Tag, document string) engine.Request {
		return engine.Request{
			Action: "ssm:StartSession",
			Resources: []engine.Resource{
				{ARN: "arn:aws:ec2:" + fixture.Tokyo + ":" + fixture.People + ":instance/i-1", Tags: tags},
				{ARN: document},
			},
		}
	}
	session := func(owner string) engine.Request {
		return engine.Request{Action: "ssm:TerminateSession", Resources: []engine.Resource{
			{
				ARN:  "arn:aws:ssm:" + fixture.Tokyo + ":" + fixture.People + ":session/bob-0f",
				Tags: []world.Tag{{Key: "aws:ssmmessages:session-id", Value: owner}},
			},
		}}
	}
	own, other := []world.Tag{
		{Key: "Project", Value: "Test Project 1"},
	}, []world.Tag{
		{Key: "Project", Value: "Test Project 2"},
	}
	id := e.Principals[fixture.OperationRole("TestProject1-os-user1")].Id
	for _, c := range []struct {
		why     string
		engine  *engine.Engine
		session engine.Session
		request engine.Request
		want    engine.Outcome
	}{
		{"its own project", e, role, start(own, fixture.OwnShell), engine.Allowed},
		{"another project", e, role, start(other, fixture.OwnShell), engine.ImplicitlyDenied},
		{"a node without the tag", e, role, start([]world.Tag{}, fixture.OwnShell), engine.ImplicitlyDenied},
		{"a node with the tag in another case of the key", e, role,
			start([]world.Tag{{Key: "project", Value: "Test Project 1"}}, fixture.OwnShell), engine.Allowed},
		{"a role without the tag, on a node without it", untagged, engine.AssumedRole(fixture.RoleARN("untagged"), "s"),
			start([]world.Tag{}, fixture.OwnShell), engine.ImplicitlyDenied},
		{"a session tag takes the place of the role's", e,
			engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "bob",
				world.Tag{Key: "PROJECT", Value: "Test Project 2"}), start(other, fixture.OwnShell), engine.Allowed},
		{"... and the role's own is gone", e,
			engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "bob",
				world.Tag{Key: "PROJECT",
					Value: "Test Project 2"}), start(own, fixture.OwnShell), engine.ImplicitlyDenied},
		{"port forwarding", e, role, start(own, aws+"AWS-StartPortForwardingSession"), engine.Allowed},
		{"SSH", e, role, start(own, aws+"AWS-StartSSHSession"), engine.ImplicitlyDenied},
		{"a document of another account", e, role,
			start(own, "arn:aws:ssm:"+fixture.Tokyo+":"+fixture.Members+":document/SSM-SessionManagerRunShell"), engine.ImplicitlyDenied},
		{"its own session", e, role, session(id + ":bob"), engine.Allowed},
		{"alice's session of the same role", e, role, session(id + ":alice"), engine.ImplicitlyDenied},
		{"a session without owner", e, role,
			engine.Request{Action: "ssm:TerminateSession",
				Resources: engine.On("arn:aws:ssm:" + fixture.Tokyo + ":" + fixture.People + ":session/bob-0f")}, engine.ImplicitlyDenied},
		{"SendCommand", e, role,
			engine.Request{Action: "ssm:SendCommand",
				Resources: engine.On("arn:aws:ec2:" + fixture.Tokyo + ":" + fixture.People + ":instance/i-0aaa")}, engine.ExplicitlyDenied},
	} {
		d := fixture.Decide(t, c.engine, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
	}
	d := fixture.Decide(t, e, role, start(other, aws+"AWS-StartSSHSession"))
	assert.Contains(t, d.Resource, "instance/i-1", "of two resources that are denied alike the first is named")
}

// The Deny for missing MFA must never stand on a role: no role session carries the key, whatever the person used.
func TestRoleSessionsCarryNoMFA(t *testing.T) {
	guard := policy.New(
		policy.Allow("All", "*").On("*"),
		policy.DenyAllExcept("NoMFA", "iam:GetUser").
			On("*").
			When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)),
	)
	w := world.World{
		Accounts: []world.Account{
			{
				ID: fixture.People,
				Roles: []world.Role{
					{
						Name:   "r",
						Trust:  fixture.AnyoneAssumes(),
						Inline: []world.InlinePolicy{{Name: "p", Document: guard}},
					},
				},
			},
		},
	}
	d := fixture.Decide(
		t,
		fixture.Compiled(t, w),
		engine.AssumedRole(fixture.RoleARN("r"), "s"),
		engine.Request{Action: "s3:ListAllMyBuckets"},
	)
	assert.Equal(t, "NoMFA", d.By.Sid)
}

// What service control policies shut for administrators, and whom they leave alone.
func TestServiceControlPolicies(t *testing.T) {
	e := fixture.Compiled(t, fixture.Organization())
	role := func(account, name string) engine.Session {
		return engine.AssumedRole("arn:aws:iam::"+account+":role/"+name, "s")
	}
	instance := "arn:aws:ec2:" + fixture.Tokyo + ":" + fixture.Members + ":instance/i-1"
	start := engine.Request{
		Action: "ssm:StartSession",
		Resources: engine.On(
			instance,
			"arn:aws:ssm:"+fixture.Tokyo+":"+fixture.Members+":document/SSM-SessionManagerRunShell",
		),
	}
	create := engine.Request{
		Action:    "iam:CreateRole",
		Resources: engine.On("arn:aws:iam::" + fixture.Members + ":role/OSAccess"),
	}
	tags := func(c engine.Context) engine.Request {
		return engine.Request{Action: "ec2:CreateTags", Resources: engine.On(instance), Context: c}
	}
	for _, c := range []struct {
		why     string
		session engine.Session
		request engine.Request
		want    engine.Outcome
	}{
		{"an administrator opens no shell", role(fixture.Members, "Admin"), start, engine.ExplicitlyDenied},
		{"... nor does root", engine.Root(fixture.Members), start, engine.ExplicitlyDenied},
		{"OSAccess does", role(fixture.Members, "OSAccess"), start, engine.Allowed},
		{"the role of just-in-time access does", role(fixture.Members, "SSM-JustInTimeAccessTokenRole"), start,
			engine.Allowed},
		{"a service-linked role does", role(fixture.Members, "aws-service-role/x.amazonaws.com/AWSServiceRoleForX"),
			start, engine.Allowed},
		{"the management account is under no policy", role("123456789012", "Admin"),
			engine.Request{Action: "ssm:SendCommand",
				Resources: engine.On("arn:aws:ec2:"+fixture.Tokyo+":123456789012:instance/i-1",
					"arn:aws:ssm:"+fixture.Tokyo+"::document/AWS-RunShellScript")}, engine.Allowed},
		{"no command either", role(fixture.Members, "OSAccess"),
			engine.Request{Action: "ssm:SendCommand", Resources: engine.On(instance)}, engine.ExplicitlyDenied},
		{"nor a pushed key", role(fixture.Members, "Admin"),
			engine.Request{Action: "ec2-instance-connect:SendSSHPublicKey",
				Resources: engine.On(instance)}, engine.ExplicitlyDenied},
		{"nor ECS Exec", role(fixture.Members, "Admin"),
			engine.Request{Action: "ecs:ExecuteCommand",
				Resources: engine.On("arn:aws:ecs:" + fixture.Tokyo + ":" + fixture.Members + ":task/c/t")}, engine.ExplicitlyDenied},
		{"an administrator makes no OSAccess", role(fixture.Members, "Admin"), create, engine.ExplicitlyDenied},
		{"the deployer does", role(fixture.Members, "GuardrailDeployer"), create, engine.Allowed},
		{"the tag in another case", role(fixture.Members, "Admin"),
			tags(engine.Context{"aws:TagKeys": {"Name", "PROJECT"}}), engine.ExplicitlyDenied},
		{"another tag", role(fixture.Members, "Admin"), tags(engine.Context{"aws:TagKeys": {"Name"}}), engine.Allowed},
		{"a tag at launch", role(fixture.Members, "Admin"),
			tags(engine.Context{"aws:TagKeys": {"Project"}, "ec2:CreateAction": {"RunInstances"}}), engine.Allowed},
		{"a password in the jump account", engine.LongTermKey(fixture.UserARN("alice")),
			engine.Request{Action: "iam:CreateLoginProfile",
				Resources: engine.On(fixture.UserARN("x"))}, engine.Allowed},
		{"a password elsewhere", engine.LongTermKey("arn:aws:iam::" + fixture.Members + ":user/machine"),
			engine.Request{Action: "iam:UpdateLoginProfile",
				Resources: engine.On("arn:aws:iam::" + fixture.Members + ":user/x")}, engine.ExplicitlyDenied},
		{"a password elsewhere by root", engine.Root(fixture.Members),
			engine.Request{Action: "iam:CreateLoginProfile",
				Resources: engine.On("arn:aws:iam::" + fixture.Members + ":user/x")}, engine.ExplicitlyDenied},
		{"a user without a password elsewhere", engine.LongTermKey("arn:aws:iam::" + fixture.Members + ":user/machine"),
			engine.Request{Action: "iam:CreateUser",
				Resources: engine.On("arn:aws:iam::" + fixture.Members + ":user/x")}, engine.Allowed},
	} {
		d := fixture.Decide(t, e, c.session, c.request)
		assert.Equal(t, c.want, d.Outcome, "%s: %s", c.why, d)
		if c.want == engine.ExplicitlyDenied {
			assert.Equal(t, engine.ServiceControlPolicySource, d.By.Kind, c.why)
		}
	}
}

// Every level must allow: a level without policies, or whose policies leave an action out, shuts everything below it.
func TestEveryLevelMustAllow(t *testing.T) {
	for _, c := range []struct {
		why    string
		change func(*world.Unit)
		by     string
	}{
		{"a unit without policies", func(u *world.Unit) { u.Units[0].Policies = nil }, "ou-exam-11111111"},
		{"an account without policies", func(u *world.Unit) { u.Units[0].Accounts[1].Policies = nil }, fixture.Members},
		{"a root that allows less", func(u *world.Unit) {
			u.Policies = []world.ServiceControlPolicy{{Name: "s3",
				Document: policy.New(policy.Allow("S3", "s3:*").On("*"))}}
		}, "r-exam"},
	} {
		w := fixture.Organization()
		c.change(&w.Organization.Root)
		d := fixture.Decide(
			t,
			fixture.Compiled(t, w),
			engine.AssumedRole("arn:aws:iam::"+fixture.Members+":role/Admin", "s"),
			engine.Request{Action: "ec2:DescribeInstances"},
		)
		assert.Equal(t, engine.ImplicitlyDenied, d.Outcome, c.why)
		assert.Equal(
			t,
			engine.Source{Kind: engine.ServiceControlPolicySource, Owner: c.by, Rule: d.By.Rule},
			d.By,
			c.why,
		)
	}
}

// A grant holds from its first second to the last before its end, also for sessions that were issued inside.
func TestGrantWindow(t *testing.T) {
	from := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	until := from.Add(4 * time.Hour)
	fence := policy.New(policy.Allow("Shell", "ssm:StartSession").On("*"),
		policy.Deny("NotBefore", "*").On("*").When(policy.Before(from)),
		policy.Deny("NotAfter", "*").On("*").When(policy.From(until)))
	window := policy.New(
		policy.Allow("Window", "sts:AssumeRole").
			For(policy.AWSPrincipals(fixture.UserARN("alice"))).
			When(policy.From(from), policy.Before(until)),
	)
	e := fixture.Compiled(
		t,
		world.World{
			Accounts: []world.Account{
				{
					ID:    fixture.People,
					Users: []world.User{{Name: "alice"}},
					Roles: []world.Role{
						{Name: "grant", Trust: window, Inline: []world.InlinePolicy{{Name: "fence", Document: fence}}},
					},
				},
			},
		},
	)
	for at, want := range map[time.Time]bool{from.Add(-time.Second): false, from: true, until.Add(-time.Second): true, until: false, until.Add(time.Hour): false} {
		assume := engine.AssumeRole(fixture.RoleARN("grant"), "alice")
		assume.Time = at
		assert.Equal(
			t,
			want,
			fixture.Decide(t, e, engine.LongTermKey(fixture.UserARN("alice")), assume).Allowed(),
			"assume at %s",
			at,
		)
		start := fixture.StartSession("i-1", fixture.OwnShell)
		start.Time = at
		assert.Equal(
			t,
			want,
			fixture.Decide(t, e, engine.AssumedRole(fixture.RoleARN("grant"), "alice").IssuedAt(from), start).Allowed(),
			"start at %s",
			at,
		)
	}
}

// The documents mean the same in every partition.
func TestPartitions(t *testing.T) {
	for partition, region := range map[policy.Partition]string{policy.AWSChina: "cn-north-1", policy.AWSUSGov: "us-gov-west-1"} {
		arn := "arn:" + string(partition)
		w := world.World{
			Accounts: []world.Account{
				{
					ID:        fixture.People,
					Partition: partition,
					Users: []world.User{{Name: "bob", Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(
						policy.Allow("Own", "iam:EnableMFADevice").
							On(arn + ":iam::" + fixture.People + ":user/${aws:username}").
							When(policy.StringEquals("aws:RequestedRegion", region)),
					)}}}},
				},
			},
		}
		e := fixture.Compiled(t, w)
		bob := arn + ":iam::" + fixture.People + ":user/bob"
		assert.True(
			t,
			fixture.Decide(t, e, engine.Console(bob),
				engine.Request{Action: "iam:EnableMFADevice", Resources: engine.On(bob)}).
				Allowed(),
			partition,
		)
		_, err := e.Decide(engine.Console(fixture.UserARN("bob")), engine.Request{Action: "iam:EnableMFADevice"})
		require.Error(t, err, "a user of another partition is a stranger")
	}
}
