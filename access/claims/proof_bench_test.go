package claims

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/nodes"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// benchmarkGuard is a guard of the MFA group for which every claim holds.
func benchmarkGuard() policy.Document {
	own, device := fixture.UserARN("${aws:username}"), "arn:aws:iam::"+fixture.People+":mfa/${aws:username}"
	mfa, noMFA := policy.Bool(
		"aws:MultiFactorAuthPresent",
		true,
	), policy.BoolIfExists(
		"aws:MultiFactorAuthPresent",
		false,
	)
	return policy.New(
		policy.Allow("List", "iam:ListVirtualMFADevices").On("*"),
		policy.Allow("View", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices").On(own),
		policy.Allow("Create", "iam:CreateVirtualMFADevice").On("arn:aws:iam::"+fixture.People+":mfa/*"),
		policy.Allow("Undo", "iam:DeleteVirtualMFADevice").On(device),
		policy.Allow("Enrol", "iam:EnableMFADevice", "iam:ResyncMFADevice").On(own),
		policy.Allow("Manage", "iam:ChangePassword", "iam:DeactivateMFADevice").On(own).When(mfa),
		policy.Allow("Tags", "iam:ListUserTags").On(own).When(mfa),
		policy.Allow("Contact", "iam:TagUser", "iam:UntagUser").
			On(own).
			When(mfa, policy.AllEqual("aws:TagKeys", "DisplayName", "Email"), policy.Present("aws:TagKeys")),
		policy.DenyAllExcept("NoMFA", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice",
			"iam:GetMFADevice", "iam:GetUser",
			"iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice").
			On("*").
			When(noMFA),
		policy.Deny("Others", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice").
			OnAllExcept(own, device).
			When(noMFA),
		policy.Deny("Keys", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice",
			"iam:ResyncMFADevice").
			On("*").
			When(policy.Absent("aws:MultiFactorAuthPresent")),
		policy.Deny("AuthorizationTags", "iam:TagUser", "iam:UntagUser").
			On("*").
			When(policy.AnyEqualsIgnoringCase("aws:TagKeys", "Project", world.RunAsTag)),
		policy.Deny("SessionTags", "sts:TagSession").On("*"),
	)
}

// operationWorld is an account of people in the MFA group and of roles that each operate one project.
func operationWorld(people, roles int) (world.World, intent.Account) {
	const id = "111122223333"
	a := world.Account{
		ID:        id,
		Partition: policy.AWS,
		Groups: []world.Group{
			{Name: "mfa", Inline: []world.InlinePolicy{{Name: "mfa-guard", Document: benchmarkGuard()}}},
		},
	}
	in := intent.Account{
		Account:        id,
		Regions:        []string{fixture.Tokyo},
		Administrators: []string{},
		MFA:            intent.MFA{ContactTags: []string{"DisplayName", "Email"}},
	}
	a.Preferences = []world.SessionPreferences{{Region: fixture.Tokyo, RunAs: true, IdleTimeout: 15, MaxDuration: 60}}
	own := policy.StringEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")
	nodeARNs := []string{
		"arn:aws:ec2:" + fixture.Tokyo + ":" + id + ":instance/*",
		"arn:aws:ssm:" + fixture.Tokyo + ":" + id + ":managed-instance/*",
	}
	a.Policies = []world.ManagedPolicy{
		{ARN: "arn:aws:iam::" + id + ":policy/guard", Document: policy.New(
			policy.Deny("OtherProjects", "ec2:StartInstances", "ec2:StopInstances", "ssm:StartSession").On(nodeARNs...).
				When(policy.StringNotEquals("aws:ResourceTag/Project", "${aws:PrincipalTag/Project}")),
			policy.Deny("OtherDoors", nodes.OtherDoors...).On("*"),
			policy.Deny("Tags", "ec2:CreateTags", "ec2:DeleteTags", "iam:Tag*", "iam:Untag*", "ssm:AddTagsToResource",
				"ssm:RemoveTagsFromResource", "sts:TagSession").
				On("*"),
		)},
		{ARN: "arn:aws:iam::" + id + ":policy/sessions", Document: policy.New(
			policy.Allow("Nodes", "ssm:StartSession").On(nodeARNs...).When(own),
			policy.Allow("Document", "ssm:StartSession").
				On("arn:aws:ssm:"+fixture.Tokyo+":"+id+":document/SSM-SessionManagerRunShell"),
			policy.Allow("Status", "ssm:GetConnectionStatus").On(nodeARNs...).When(own),
			policy.Allow("Channel", "ssmmessages:OpenDataChannel").On("*"),
			policy.Allow("Own", "ssm:ResumeSession", "ssm:TerminateSession").
				On("arn:aws:ssm:*:"+id+":session/*").
				When(policy.StringEquals(nodes.SessionTag, "${aws:userid}")),
			policy.Allow("List", "ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeSessions").
				On("*"),
			policy.Allow("StartStop", "ec2:StartInstances", "ec2:StopInstances").On(nodeARNs[0]).When(own),
		)},
	}
	for i := range people {
		u := world.User{Name: fmt.Sprintf("user%d", i), Groups: []string{"mfa"}}
		a.Users = append(a.Users, u)
		in.Members = append(in.Members, u.ARN(&a))
	}
	for i := range roles {
		user := in.Members[i%people]
		r := world.Role{
			Name: fmt.Sprintf(
				"role%d",
				i,
			),
			Path:     "/guardrails/operation/",
			Attached: []string{a.Policies[0].ARN, a.Policies[1].ARN},
			Tags: []world.Tag{
				{Key: "Project", Value: fmt.Sprintf("Project %d", i)},
				{Key: world.RunAsTag, Value: "operator"},
			},
			Trust: policy.New(
				policy.Allow("T", "sts:AssumeRole").
					For(policy.AWSPrincipals(user)).
					When(policy.Bool("aws:MultiFactorAuthPresent", true),
						policy.YoungerThan("aws:MultiFactorAuthAge", 12*time.Hour),
						policy.StringEquals("sts:RoleSessionName", "${aws:username}")),
			),
		}
		a.Roles = append(a.Roles, r)
		in.OperationRoles = append(in.OperationRoles, intent.OperationRole{
			Role: intent.Role{
				ARN:        r.ARN(&a),
				Principals: []string{user},
				MFAMaxAge:  12 * time.Hour,
			},
			Project: r.Tags[0].Value,
			RunAs:   "operator",
		})
	}
	return world.World{Accounts: []world.Account{a}}, in
}

// All standing proofs of an account, compiled once.
func BenchmarkProve(b *testing.B) {
	for _, size := range []struct{ people, roles int }{{2, 3}, {50, 25}} {
		b.Run(fmt.Sprintf("%dpeople%droles", size.people, size.roles), func(b *testing.B) {
			w, in := operationWorld(size.people, size.roles)
			e, err := engine.Compile(w)
			require.NoError(b, err)
			classes := 0
			b.ReportAllocs()
			for b.Loop() {
				r, err := Prove(e, in)
				require.NoError(b, err)
				classes = r.Classes()
			}
			b.ReportMetric(float64(classes), "classes/op")
		})
	}
}

// The world of the benchmark is a sound one: what is measured is the proving of claims that hold.
func TestBenchmarkWorldHolds(t *testing.T) {
	w, in := operationWorld(2, 3)
	e, err := engine.Compile(w)
	require.NoError(t, err)
	r, err := Prove(e, in)
	require.NoError(t, err)
	for _, f := range r.Findings {
		require.NotEqual(t, prove.DoesNotHold, f.Verdict, "%s", f)
	}
}
