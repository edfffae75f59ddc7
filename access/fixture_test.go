package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

const (
	people  = "111122223333"
	members = "444455556666"
	tokyo   = "ap-northeast-1"
)

func userARN(name string) string { return "arn:aws:iam::" + people + ":user/" + name }

func roleARN(name string) string { return "arn:aws:iam::" + people + ":role/" + name }

func compiled(t testing.TB, w World) *Engine {
	t.Helper()
	e, err := Compile(w)
	require.NoError(t, err)
	return e
}

func decide(t testing.TB, e *Engine, s Session, r Request) Decision {
	t.Helper()
	d, err := e.Decide(s, r)
	require.NoError(t, err)
	return d
}

// oneUser is a world of one user with one inline policy.
func oneUser(statements ...policy.Statement) World {
	return World{Accounts: []Account{{ID: people, Users: []User{{Name: "bob", Inline: []InlinePolicy{{Name: "p", Document: policy.New(statements...)}}}}}}}
}

// self is the resource of a user's own device, password or tags, the user's path included.
func self() []string {
	return []string{userARN("${aws:username}"), userARN("*/${aws:username}")}
}

// mfaGuard is the policy of the MFA group.
func mfaGuard() policy.Document {
	return policy.New(
		policy.Allow("ViewAccountInfo", "iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("ViewSelf", "iam:GetLoginProfile", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices").On(self()...),
		policy.Allow("CreateVirtualMfa", "iam:CreateVirtualMFADevice").On("arn:aws:iam::"+people+":mfa/*"),
		policy.Allow("EnrolOwnMfa", "iam:EnableMFADevice", "iam:ResyncMFADevice").On(self()...),
		policy.Allow("ManageOwnCredentialsWithMfaOnly", "iam:ChangePassword", "iam:DeactivateMFADevice").On(self()...).
			When(policy.Bool("aws:MultiFactorAuthPresent", true)),
		policy.Allow("TagOwnContacts", "iam:TagUser", "iam:UntagUser").On(self()...).When(
			policy.AllEqual("aws:TagKeys", "Email", "DisplayName"), policy.Present("aws:TagKeys"), policy.Bool("aws:MultiFactorAuthPresent", true)),
		policy.Allow("AssumeListedRoles", "sts:AssumeRole").On("arn:aws:iam::"+people+":role/guardrails/*", "arn:aws:iam::"+members+":role/guardrails/*"),
		policy.DenyAllExcept("DenyAllExceptListedIfNoMFA", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetMFADevice", "iam:GetUser",
			"iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice").On("*").When(policy.BoolIfExists("aws:MultiFactorAuthPresent", false)),
		policy.Deny("DenyMfaEnrolmentWithLongTermKeys", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice").On("*").
			When(policy.Absent("aws:MultiFactorAuthPresent")),
		policy.Deny("DenyTouchingAuthorizationTags", "iam:TagUser", "iam:UntagUser").On("*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project", RunAsTag)),
		policy.Deny("NoSessionTags", "sts:TagSession").On("*"),
	)
}

// trustWithMFA is the trust policy of a role for named users, with MFA at most an hour old and the user's own name on the session.
func trustWithMFA(users ...string) policy.Document {
	return policy.New(policy.Allow("NamedUsersFreshMfa", "sts:AssumeRole").For(policy.AWSPrincipals(users...)).When(
		policy.Bool("aws:MultiFactorAuthPresent", true),
		policy.YoungerThan("aws:MultiFactorAuthAge", time.Hour),
		policy.StringEquals("sts:RoleSessionName", "${aws:username}"),
	))
}

// operation is the policy of an operation role.
func operation(account string) policy.Document {
	nodes := []string{"arn:aws:ec2:*:" + account + ":instance/*", "arn:aws:ssm:*:" + account + ":managed-instance/*"}
	own := policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")
	return policy.New(
		policy.Allow("StartSessionOnOwnProjectNodes", "ssm:StartSession").On(nodes...).When(own, policy.BoolIfExists("ssm:SessionDocumentAccessCheck", true)),
		policy.Allow("UseApprovedSessionDocuments", "ssm:StartSession").On("arn:aws:ssm:*:"+account+":document/SSM-SessionManagerRunShell",
			"arn:aws:ssm:*::document/AWS-StartPortForwardingSession"),
		policy.Allow("ConnectionStatusOwnProject", "ssm:GetConnectionStatus").On(nodes...).When(own),
		policy.Allow("OpenDataChannel", "ssmmessages:OpenDataChannel").On("*"),
		policy.Allow("EndOrResumeOwnSessions", "ssm:ResumeSession", "ssm:TerminateSession").On("arn:aws:ssm:*:"+account+":session/*").
			When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
		policy.Allow("ListForConsole", "ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeInstanceProperties", "ssm:DescribeSessions").On("*"),
		policy.Allow("StartStopOwnProject", "ec2:StartInstances", "ec2:StopInstances").On("arn:aws:ec2:*:"+account+":instance/*").When(own),
		policy.Deny("DenyWaysAroundAbac", "ec2-instance-connect:*", "ec2:CreateTags", "ec2:DeleteTags", "ecs:ExecuteCommand", "iam:TagRole", "iam:TagUser",
			"iam:UntagRole", "iam:UntagUser", "ssm:AddTagsToResource", "ssm:CreateAssociation*", "ssm:CreateDocument", "ssm:RemoveTagsFromResource",
			"ssm:SendCommand", "ssm:StartAssociationsOnce", "ssm:StartAutomationExecution", "ssm:UpdateAssociation", "ssm:UpdateDocument*").On("*"),
	)
}

func node(id, project string) Node {
	return Node{Kind: Instance, ID: id, Region: tokyo, Tags: []Tag{{"Project", project}, {"Name", id}}}
}

// devWorld is an account as the product makes it: the MFA group with its people, two projects with an operation role each, nodes and
// preferences.
func devWorld() World {
	group := Group{Name: "guardrails-mfa", Path: "/guardrails/", Inline: []InlinePolicy{{"mfa-guard", mfaGuard()}}}
	in := []string{group.Name}
	role := func(name, project, runAs string, users ...string) Role {
		var arns []string
		for _, u := range users {
			arns = append(arns, userARN(u))
		}
		return Role{Name: name, Path: "/guardrails/operation/", Tags: []Tag{{"Project", project}, {RunAsTag, runAs}}, Trust: trustWithMFA(arns...),
			Inline: []InlinePolicy{{"operation", operation(people)}}}
	}
	return World{Accounts: []Account{{
		ID: people, Alias: "jump", Groups: []Group{group},
		Users: []User{{Name: "alice", Groups: in}, {Name: "bob", Groups: in}, {Name: "bobby", Groups: in}, {Name: "carol", Path: "/team/", Groups: in}},
		Roles: []Role{
			role("TestProject1-os-user1", "Test Project 1", "os-user1", "alice", "bob"),
			role("TestProject2-os-user2", "Test Project 2", "os-user2", "bob"),
			role("nobody", "Test Project 1", "", "bob"),
		},
		Nodes:       []Node{node("i-0aaa", "Test Project 1"), node("i-0bbb", "Test Project 2")},
		Preferences: []SessionPreferences{{Region: tokyo, RunAs: true, IdleTimeout: 15, MaxDuration: 60}},
	}}}
}

func operationRole(name string) string { return roleARN("guardrails/operation/" + name) }

func startSession(node string, document string) Request {
	return Request{Action: "ssm:StartSession", Resources: On("arn:aws:ec2:"+tokyo+":"+people+":instance/"+node, document)}
}

const ownShell = "arn:aws:ssm:" + tokyo + ":" + people + ":document/SSM-SessionManagerRunShell"
