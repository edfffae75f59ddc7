package guardrail_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

const second = time.Second

// alice is signed in at home with MFA of a minute ago.
func aliceWithMFA() access.Session { return access.ConsoleWithMFA(userARN("alice"), time.Minute) }

// A grant of nine to one in Tokyo opens at midnight UTC and not a second earlier, and nothing of it works at four:
// not assuming the role, and not the credentials or the door of a session that was issued inside.
func TestAGrantOpensAndEndsToTheSecond(t *testing.T) {
	o := shippedOrganization(policy.AWS)
	engine := o.engine(t)
	grant := o.Grants[0]
	from, until := grant.Window()
	assert.Equal(t, []string{"2030-12-01T00:00:00Z", "2030-12-01T04:00:00Z"}, []string{from, until})
	shell := &journey.Door{Kind: world.Shell, Account: accounts.Other, Node: world.Node{
		Kind: world.Instance, ID: accounts.FirstNode, Region: "ap-northeast-1", Tags: []world.Tag{firstProject},
	}}
	issued := o.Session(accounts.Other, "guardrails/osaccess/"+grant.RoleName()).IssuedAt(accounts.GrantFrom)
	for _, c := range []struct {
		when time.Time
		open bool
		by   string
	}{
		{accounts.GrantFrom.Add(-24 * time.Hour), false, "DenyEverythingBeforeTheWindow"},
		{accounts.GrantFrom.Add(-second), false, "DenyEverythingBeforeTheWindow"},
		{accounts.GrantFrom, true, ""},
		{time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC), true, ""},
		{accounts.Noon, true, ""},
		{accounts.GrantUntil.Add(-second), true, ""},
		{accounts.GrantUntil, false, "DenyEverythingAfterTheWindow"},
		{accounts.GrantUntil.Add(second), false, "DenyEverythingAfterTheWindow"},
		{time.Date(2031, 12, 1, 12, 0, 0, 0, accounts.Tokyo), false, "DenyEverythingAfterTheWindow"},
	} {
		arrival, err := journey.Walk(
			engine,
			journey.Journey{
				From:  aliceWithMFA(),
				Via:   []journey.Hop{{Role: grant.RoleARN()}},
				Opens: shell,
				At:    c.when,
			},
		)
		require.NoError(t, err)
		assert.Equal(t, c.open, arrival.Allowed(), "%s\n%s", c.when, arrival)
		if c.open {
			assert.Equal(t, "alice", arrival.OSUser.Name, "%s", c.when)
		}
		for _, action := range []string{"ssm:DescribeSessions", "s3:ListAllMyBuckets", "iam:ListRoles"} {
			got := decided(t, engine, issued, access.Request{Action: action, Time: c.when})
			assert.Equal(
				t,
				c.by != "",
				got.By.Sid == c.by && got.Outcome == access.ExplicitlyDenied,
				"%s at %s: %s",
				action,
				c.when,
				got,
			)
		}
	}
	assert.Equal(t, accounts.GrantUntil.Add(time.Hour), grant.ShellsEndBy())
}

// The same instant written with any offset is the same grant.
func TestOffsetsDoNotMatter(t *testing.T) {
	tokyo := shippedOrganization(policy.AWS).Grants[0]
	utc := *tokyo
	utc.From, utc.Until = tokyo.From.UTC(), tokyo.Until.UTC()
	chatham := *tokyo
	zone := time.FixedZone("", 12*60*60+45*60)
	chatham.From, chatham.Until = tokyo.From.In(zone), tokyo.Until.In(zone)
	for _, other := range []*grant.Args{&utc, &chatham} {
		require.NoError(t, other.Validate())
		assert.Equal(t, tokyo.TrustDocument().JSON(), other.TrustDocument().JSON())
	}
}

// templates are variants of the template that together have every statement: by project, by several, everywhere, and
// with and without each switch.
func templates() map[string]organization {
	shipped, plain, several := shippedOrganization(
		policy.AWS,
	), shippedOrganization(
		policy.AWS,
	), shippedOrganization(
		policy.AWS,
	)
	shipped.OSAccess.Documents = nil
	plain.OSAccess.RDP, plain.OSAccess.PasswordData, plain.OSAccess.Projects = false, false, nil
	plain.Sessions.KMSKeyID = "mrk-1234abcd12ab34cd56ef1234567890ab"
	several.OSAccess.Projects, several.OSAccess.Documents = []string{
		"Test Project 1",
		"Test Project 2",
	}, []string{
		"Team-Diagnostics",
	}
	return map[string]organization{"shipped": shipped, "plain": plain, "several": several}
}

// grantQuestions are what the role of a grant, or the shared one, does and does not, without any service control
// policy.
func (o organization) grantQuestions() []question {
	var all []question
	grant := o.Session(accounts.Other, "guardrails/osaccess/"+o.Grants[0].RoleName())
	node := func(region, id string, tags ...world.Tag) access.Resource {
		if tags == nil {
			tags = []world.Tag{}
		}
		return access.Resource{ARN: policy.AWS.InstanceARN(region, accounts.Other, id), Tags: tags}
	}
	managed := access.Resource{
		ARN:  policy.AWS.ManagedInstanceARN("us-east-1", accounts.Other, "mi-0000000000000001a"),
		Tags: []world.Tag{firstProject},
	}
	first, other, bare := node(
		"ap-northeast-1",
		accounts.FirstNode,
		firstProject,
	), node(
		"ap-northeast-1",
		accounts.SecondNode,
		world.Tag{Key: "Project", Value: "Test Project 2"},
	), node(
		"ap-northeast-1",
		accounts.Untagged,
	)
	third := node("ap-northeast-1", "i-3", world.Tag{Key: "Project", Value: "Test Project 3"})
	foreign := access.Resource{
		ARN:  policy.AWS.InstanceARN("ap-northeast-1", accounts.Wild, accounts.FirstNode),
		Tags: []world.Tag{firstProject},
	}
	foreignManaged := access.Resource{
		ARN:  policy.AWS.ManagedInstanceARN("us-east-1", accounts.Wild, "mi-1"),
		Tags: []world.Tag{firstProject},
	}
	thirdManaged := access.Resource{
		ARN:  policy.AWS.ManagedInstanceARN("us-east-1", accounts.Other, "mi-3"),
		Tags: third.Tags,
	}
	document := func(owner, name string) access.Resource {
		return access.Resource{ARN: policy.AWS.DocumentARN("ap-northeast-1", owner, name)}
	}
	preferences := document(accounts.Other, guardrail.PreferencesDocument)
	ask := func(it string, in setting, allowed bool, action string, context access.Context,
		resources ...access.Resource) {
		all = append(
			all,
			question{
				it,
				in,
				grant,
				access.Request{Action: action, Context: context, Resources: resources, Time: accounts.Noon},
				allowed,
			},
		)
	}
	everywhere, two := len(o.OSAccess.Projects) == 0, len(o.OSAccess.Projects) == 2
	for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
		start := func(it string, allowed bool, context access.Context, resources ...access.Resource) {
			ask(it, in, allowed, "ssm:StartSession", context, resources...)
		}
		admin := in == besideAdmin
		start("a shell on a node of the project", true, nil, first, preferences)
		start(
			"a shell on a managed node of the project",
			true,
			nil,
			managed,
			access.Resource{ARN: policy.AWS.DocumentARN("us-east-1", accounts.Other, guardrail.PreferencesDocument)},
		)
		start("a shell on a node of another project", everywhere || two, nil, other, preferences)
		start("a shell on a node of a third project", everywhere, nil, third, preferences)
		start("a shell on a node without project", everywhere, nil, bare, preferences)
		start("a shell on a node of another account", false, nil, foreign, preferences)
		start(
			"a shell on a node of the project in the other Region",
			true,
			nil,
			node("us-east-1", "i-2", firstProject),
			access.Resource{ARN: policy.AWS.DocumentARN("us-east-1", accounts.Other, guardrail.PreferencesDocument)},
		)
		// Session Manager reaches no node of another account, whatever is allowed.
		start("a shell on a managed node of another account", admin, nil, foreignManaged, preferences)
		start("a shell on a managed node of a third project", everywhere, nil, thirdManaged, preferences)
		start(
			"a node where preferences are not set",
			in == withoutDenies,
			nil,
			node("eu-west-1", accounts.FirstNode, firstProject),
			preferences,
		)
		start(
			"a shell where preferences are not set",
			in == withoutDenies,
			nil,
			node("eu-west-1", accounts.FirstNode, firstProject),
			access.Resource{ARN: policy.AWS.DocumentARN("eu-west-1", accounts.Other, guardrail.PreferencesDocument)},
		)
		start(
			"a managed node where they are not",
			in == withoutDenies,
			nil,
			access.Resource{
				ARN:  policy.AWS.ManagedInstanceARN("eu-west-1", accounts.Other, "mi-1"),
				Tags: []world.Tag{firstProject},
			},
			access.Resource{ARN: policy.AWS.DocumentARN("us-east-1", accounts.Other, guardrail.PreferencesDocument)},
		)
		start(
			"with a document of another account",
			admin,
			nil,
			first,
			document(accounts.Wild, guardrail.PreferencesDocument),
		)
		start("with another document", admin, nil, first, document(accounts.Other, "Team-Other"))
		start(
			"with a listed document of the account",
			admin || two,
			nil,
			first,
			document(accounts.Other, "Team-Diagnostics"),
		)
		start(
			"with a document of that name of another account",
			admin,
			nil,
			first,
			document(accounts.Wild, "Team-Diagnostics"),
		)
		start(
			"with a document that begins so",
			admin,
			nil,
			first,
			document(accounts.Other, guardrail.PreferencesDocument+"2"),
		)
		start(
			"with a document that begins like a listed one",
			admin,
			nil,
			first,
			document(accounts.Other, "Team-Diagnostics2"),
		)
		start(
			"with a document of AWS that begins so",
			admin,
			access.Context{"aws:CalledVia": {"ssm-guiconnect.amazonaws.com"}},
			first,
			document("", "AWS-StartPortForwardingSessionToRemoteHost"),
		)
		start("a forwarded port", admin || everywhere, nil, first, document("", "AWS-StartPortForwardingSession"))
		start(
			"a forwarded port of a remote desktop",
			true,
			access.Context{"aws:CalledVia": {"example.amazonaws.com", "ssm-guiconnect.amazonaws.com"}},
			first,
			document("", "AWS-StartPortForwardingSession"),
		)
		start(
			"a forwarded port by way of another service",
			admin || everywhere,
			access.Context{"aws:CalledVia": {"cloudformation.amazonaws.com"}},
			first,
			document("", "AWS-StartPortForwardingSession"),
		)
		start(
			"a document that was not checked",
			admin,
			access.Context{"ssm:SessionDocumentAccessCheck": {"false"}},
			first,
			preferences,
		)
		start(
			"a document that was checked",
			true,
			access.Context{"ssm:SessionDocumentAccessCheck": {"true"}},
			first,
			preferences,
		)
		ask("whether a node is connected", in, true, "ssm:GetConnectionStatus", nil, first)
		ask("whether a managed node is", in, true, "ssm:GetConnectionStatus", nil, managed)
		ask("whether a node of a third project is", in, admin || everywhere, "ssm:GetConnectionStatus", nil, third)
		ask(
			"whether a node of the second project is",
			in,
			admin || everywhere || two,
			"ssm:GetConnectionStatus",
			nil,
			other,
		)
		ask("whether a node without project is", in, admin || everywhere, "ssm:GetConnectionStatus", nil, bare)
		ask("whether a managed node of another account is", in, admin, "ssm:GetConnectionStatus", nil, foreignManaged)
		for _, resource := range []access.Resource{first, preferences, document(accounts.Other, "Team-Diagnostics"), document("", "AWS-StartPortForwardingSession")} {
			ask(
				"the tags of "+resource.ARN,
				in,
				admin,
				"ssm:ListTagsForResource",
				access.Context{"aws:CalledVia": {"ssm-guiconnect.amazonaws.com"}},
				resource,
			)
		}
		ask("whether a node of another account is", in, admin, "ssm:GetConnectionStatus", nil, foreign)
		ask(
			"the data channel",
			in,
			true,
			"ssmmessages:OpenDataChannel",
			nil,
			access.Resource{ARN: policy.AWS.SessionARN("ap-northeast-1", accounts.Other, "alice-1")},
		)
		ask("the control channel of the agent", in, admin, "ssmmessages:OpenControlChannel", nil)
		for _, action := range []string{"ssm:ResumeSession", "ssm:TerminateSession"} {
			owned := func(account, owner string) access.Resource {
				return access.Resource{
					ARN:  policy.AWS.SessionARN("ap-northeast-1", account, "alice-1"),
					Tags: []world.Tag{{Key: "aws:ssmmessages:session-id", Value: owner}},
				}
			}
			ask("their own session: "+action, in, true, action, nil, owned(accounts.Other, "AROAGRANT:alice"))
			ask(
				"the tags of their own session",
				in,
				admin,
				"ssm:ListTagsForResource",
				nil,
				owned(accounts.Other, "AROAGRANT:alice"),
			)
			ask("bob's session: "+action, in, admin, action, nil, owned(accounts.Other, "AROAGRANT:bob"))
			ask("a session of another account: "+action, in, admin, action, nil, owned(accounts.Wild, "AROAGRANT:alice"))
			ask(
				"a session of nobody: "+action,
				in,
				admin,
				action,
				nil,
				access.Resource{
					ARN:  policy.AWS.SessionARN("ap-northeast-1", accounts.Other, "alice-1"),
					Tags: []world.Tag{},
				},
			)
		}
		ask("the history of a session", in, admin, "ssm:GetCommandInvocation", nil)
		for _, action := range []string{"ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstanceProperties", "ssm:DescribeSessions"} {
			ask("lists: "+action, in, true, action, nil)
		}
		ask("lists of other things", in, admin, "ec2:DescribeVpcs", nil)
		for _, action := range []string{"ssm-guiconnect:StartConnection", "ssm-guiconnect:GetConnection", "ssm-guiconnect:ListConnections", "ssm-guiconnect:CancelConnection"} {
			ask("remote desktops: "+action, in, !everywhere, action, nil)
		}
		ask("the inventory's schema", in, admin || !everywhere, "ssm:GetInventorySchema", nil)
		ask(
			"recordings of desktops",
			in,
			admin && !everywhere,
			"ssm-guiconnect:UpdateConnectionRecordingPreferences",
			nil,
		)
		ask("the Windows password", in, !everywhere, "ec2:GetPasswordData", nil, first)
		ask("the Windows password of the second project", in, two, "ec2:GetPasswordData", nil, other)
		ask("the Windows password of a node without project", in, false, "ec2:GetPasswordData", nil, bare)
		ask("the Windows password of a third project", in, false, "ec2:GetPasswordData", nil, third)
		ask("the Windows password of another account", in, admin && !everywhere, "ec2:GetPasswordData", nil, foreign)
		ask("another read of EC2", in, admin, "ec2:GetConsoleOutput", nil, first)
		key := func(account string) access.Resource {
			return access.Resource{
				ARN: policy.AWS.KeyARN("ap-northeast-1", account, "mrk-1234abcd12ab34cd56ef1234567890ab"),
			}
		}
		ask("the key of session data", in, admin || everywhere, "kms:GenerateDataKey", nil, key(accounts.Other))
		ask("the key of another account", in, admin, "kms:GenerateDataKey", nil, key(accounts.Wild))
		ask(
			"another key",
			in,
			admin,
			"kms:GenerateDataKey",
			nil,
			access.Resource{ARN: policy.AWS.KeyARN("ap-northeast-1", accounts.Other, "other")},
		)
		ask(
			"a key that begins so",
			in,
			admin,
			"kms:GenerateDataKey",
			nil,
			access.Resource{
				ARN: policy.AWS.KeyARN("ap-northeast-1", accounts.Other, "mrk-1234abcd12ab34cd56ef1234567890ab2"),
			},
		)
		ask("what the key encrypted", in, admin, "kms:Decrypt", nil, key(accounts.Other))
	}
	o.grantDenials(ask, first)
	at := func(it string, when time.Time, allowed bool) {
		all = append(
			all,
			question{it, besideAdmin, grant, access.Request{Action: "s3:ListAllMyBuckets", Time: when}, allowed},
		)
	}
	at("a second before the window", accounts.GrantFrom.Add(-second), false)
	at("at its start", accounts.GrantFrom, true)
	at("a second before its end", accounts.GrantUntil.Add(-second), true)
	at("at its end", accounts.GrantUntil, false)
	at("a year later", accounts.GrantUntil.AddDate(1, 0, 0), false)
	return append(all, o.trustQuestions()...)
}

// grantDenials are what stays denied whatever else is attached.
func (o organization) grantDenials(
	ask func(it string, in setting, allowed bool, action string, context access.Context, resources ...access.Resource),
	node access.Resource,
) {
	for _, action := range append(slices.Clone(waysElsewhere),
		"ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:OpenTunnel", "ec2:EnableSerialConsoleAccess", "ecs:ExecuteCommand", "ssm:CreateAssociation",
		"ssm:CreateAssociationBatch", "ssm:RegisterTaskWithMaintenanceWindow", "ssm:SendCommand", "ssm:StartAssociationsOnce", "ssm:StartAutomationExecution",
		"ssm:UpdateAssociation", "ssm:UpdateAssociationStatus", "ssm:UpdateMaintenanceWindowTask",
	) {
		ask("another way onto the node: "+action, besideAdmin, false, action, nil, node)
	}
	for _, action := range append(slices.Clone(changesDocument), "ssm:UpdateDocumentMetadata") {
		ask(
			"a changed document: "+action,
			besideAdmin,
			false,
			action,
			nil,
			access.Resource{ARN: document(accounts.Other, "Any")},
		)
	}
	for _, action := range []string{
		"ec2:CreateTags", "ec2:DeleteTags", "iam:CreateRole", "iam:CreateUser", "iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser", "ssm:AddTagsToResource",
		"ssm:RemoveTagsFromResource",
	} {
		ask(
			"a tag: "+action,
			besideAdmin,
			false,
			action,
			nil,
			access.Resource{ARN: node.ARN, Tags: []world.Tag{firstProject}},
		)
	}
	taking := policy.AWS.RoleARN(accounts.Other, "/", "takes-tags")
	for allowed, tags := range map[bool][]world.Tag{true: nil, false: {{Key: "Team", Value: "red"}}} {
		r := access.AssumeRole(taking, "alice", tags...)
		ask(
			fmt.Sprintf("another role with the session tags %v", tags),
			besideAdmin,
			allowed,
			r.Action,
			r.Context,
			r.Resources...)
	}
	ask("everything else is not denied", besideAdmin, true, "s3:ListAllMyBuckets", nil)
}

// trustQuestions are who assumes the role of the grant, or the shared one.
func (o organization) trustQuestions() []question {
	var all []question
	assume := func(it, role string, as access.Session, when time.Time, allowed bool, session string,
		tags ...world.Tag) {
		r := access.AssumeRole("arn:aws:iam::"+accounts.Other+":role/guardrails/osaccess/"+role, session, tags...)
		r.Time = when
		all = append(all, question{it + " (" + role + ")", besideAdmin, as, r, allowed})
	}
	for _, c := range []struct{ role, person, stranger string }{{o.Grants[0].RoleName(), "alice", "bob"}, {guardrail.OSAccessRoleName, "oncall", "alice"}} {
		windowed := c.person == "alice"
		person := access.ConsoleWithMFA(userARN(c.person), time.Minute)
		assume("the person", c.role, person, accounts.Noon, true, c.person)
		assume("the person at the start", c.role, person, accounts.GrantFrom, true, c.person)
		assume("the person a second before", c.role, person, accounts.GrantFrom.Add(-second), !windowed, c.person)
		assume("the person a second before the end", c.role, person, accounts.GrantUntil.Add(-second), true, c.person)
		assume("the person at the end", c.role, person, accounts.GrantUntil, !windowed, c.person)
		assume(
			"the person with MFA of 59:59",
			c.role,
			access.ConsoleWithMFA(userARN(c.person), time.Hour-second),
			accounts.Noon,
			true,
			c.person,
		)
		assume(
			"the person with MFA of an hour ago",
			c.role,
			access.ConsoleWithMFA(userARN(c.person), time.Hour),
			accounts.Noon,
			false,
			c.person,
		)
		assume("the person without MFA", c.role, access.Console(userARN(c.person)), accounts.Noon, false, c.person)
		assume("the person with a key", c.role, access.LongTermKey(userARN(c.person)), accounts.Noon, false, c.person)
		assume(
			"the person with a key and a code",
			c.role,
			access.LongTermKey(userARN(c.person)).WithMFACode(),
			accounts.Noon,
			true,
			c.person,
		)
		assume("the person under another name", c.role, person, accounts.Noon, false, c.stranger)
		assume(
			"the person with a project",
			c.role,
			person,
			accounts.Noon,
			false,
			c.person,
			world.Tag{Key: "Project", Value: "Test Project 2"},
		)
		assume(
			"somebody else",
			c.role,
			access.ConsoleWithMFA(userARN(c.stranger), time.Minute),
			accounts.Noon,
			false,
			c.stranger,
		)
		assume("a role", c.role, o.Session(accounts.Home, "Administrator"), accounts.Noon, false, "alice")
	}
	return all
}

// grantAnswers are the questions that are answered wrongly; change is applied to the documents of the workload
// account first.
func (o organization) grantAnswers(questions []question, change func(*world.Account)) ([]string, error) {
	engines := map[setting]*access.Engine{}
	for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
		w := o.World(func(account *world.Account) {
			for i := range account.Roles {
				if account.Roles[i].Name == o.Grants[0].RoleName() {
					account.Roles[i].ID = "AROAGRANT"
				}
			}
			if change != nil {
				change(account)
			}
			account.Roles = append(account.Roles, world.Role{Name: "takes-tags", Trust: policy.New(
				policy.Allow("Account", "sts:AssumeRole", "sts:TagSession").
					For(policy.AWSPrincipals(policy.AWS.RootARN(accounts.Other))),
			)})
			switch in {
			case besideAdmin:
				for i := range account.Roles {
					account.Roles[i].Inline = append(slices.Clone(account.Roles[i].Inline), accounts.AllowEverything)
				}
			case withoutDenies:
				forEachDocument(account, func(_ string, d policy.Document) policy.Document {
					d.Statements = slices.DeleteFunc(
						slices.Clone(d.Statements),
						func(s policy.Statement) bool { return s.Effect == policy.EffectDeny },
					)
					return d
				})
			case asDeployed:
			}
		})
		w.Organization = nil
		if in == besideAdmin {
			for i := range w.Accounts[0].Users {
				w.Accounts[0].Users[i].Groups = nil
				w.Accounts[0].Users[i].Inline = []world.InlinePolicy{accounts.AllowEverything}
			}
		}
		engine, err := access.Compile(w)
		if err != nil {
			return nil, err
		}
		// What a resource of another account allows is not known: here it allows everything, so that only these
		// documents refuse.
		engines[in] = engine.Assuming(access.UnknownAllowsEverything)
	}
	var wrong []string
	for _, q := range questions {
		got, err := engines[q.in].Decide(q.as, q.request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.it, err)
		}
		if got.Allowed() != q.allowed {
			wrong = append(wrong, fmt.Sprintf("%s, %s: %s", q.it, q.in, got))
			if change != nil {
				break
			}
		}
	}
	return wrong, nil
}

// What a grant opens, and what it never does, in sentences.
func TestWhatAGrantOpens(t *testing.T) {
	for name, o := range templates() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, o.OSAccess.Validate())
			require.NoError(t, o.Grants[0].Validate())
			wrong, err := o.grantAnswers(o.grantQuestions(), nil)
			require.NoError(t, err)
			assert.Empty(t, wrong)
		})
	}
}
