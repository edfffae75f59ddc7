package expect_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// What is named by an ARN may have any tags. Where policies read them, an expectation holds if the resource has tags
// with
// which it does; where they decide nothing, where the world knows them and where the call carries them, it is judged as
// it is.
func TestTheTagsOfWhatAnARNNamesAreNotTakenToBeNone(t *testing.T) {
	const account, own, other = "111122223333", "i-0a1b2c3d4e5f60718", "i-0598c7d356eba48d7"
	instance := "arn:aws:ec2:us-east-1:" + account + ":instance/"
	secret := "arn:aws:secretsmanager:us-east-1:" + account + ":secret:db-AbCdEf"
	project := policy.StringEquals("aws:ResourceTag/Project", "shop")
	mine := policy.StringEquals("aws:ResourceTag/Owner", "${aws:username}")
	for name, c := range map[string]struct {
		may     []policy.Statement
		do, arn string
		with    map[string][]string
		// allowed and denied are the verdicts on the two expectations.
		allowed, denied prove.Verdict
		says            string
	}{
		"allowed by a tag": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*").When(project)},
			"ec2:StopInstances", instance + other, nil, prove.HoldsIf, prove.HoldsIf, `the tags Project="shop"`},
		"denied without a tag": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*"),
			policy.Deny("D", "ec2:*").On("*").When(policy.StringNotEquals("ec2:ResourceTag/project", "shop"))},
			"ec2:StopInstances", instance + other, nil, prove.HoldsIf, prove.HoldsIf, `the tags project="shop"`},
		"denied by a tag": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*"),
			policy.Deny("D", "ec2:*").On("*").When(policy.Present("aws:ResourceTag/Locked"))},
			"ec2:StopInstances", instance + other, nil, prove.HoldsIf, prove.HoldsIf, "no tag Locked"},
		"of two tags": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*").When(project, mine)},
			"ec2:StopInstances", instance + other, nil, prove.HoldsIf, prove.HoldsIf, `Owner="alice", Project="shop"`},
		"another service": {[]policy.Statement{policy.Allow("A", "secretsmanager:GetSecretValue").On("*").When(project)},
			"secretsmanager:GetSecretValue", secret, nil, prove.HoldsIf, prove.HoldsIf, `Project="shop"`},
		"the tags decide nothing": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*"),
			policy.Allow("B", "ec2:*").On("*").When(project)},
			"ec2:StopInstances", instance + other, nil, prove.Holds, prove.DoesNotHold, ""},
		"tags of other calls": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*"),
			policy.Deny("D", "ec2:TerminateInstances").On("*").When(project)},
			"ec2:StopInstances", instance + other, nil, prove.Holds, prove.DoesNotHold, ""},
		"a node of the world": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*").When(project)},
			"ec2:StopInstances", instance + own, nil, prove.Holds, prove.DoesNotHold, ""},
		"a user of the world": {[]policy.Statement{policy.Allow("A", "iam:DeleteUser").On("*").When(project)},
			"iam:DeleteUser", "arn:aws:iam::" + account + ":user/alice", nil, prove.DoesNotHold, prove.Holds, ""},
		"the call carries them": {[]policy.Statement{policy.Allow("A", "ec2:StopInstances").On("*").When(project)},
			"ec2:StopInstances", instance + other, map[string][]string{"aws:ResourceTag/Project": {"shop"}},
			prove.Holds, prove.DoesNotHold, ""},
	} {
		e, err := engine.Compile(world.World{Accounts: []world.Account{{
			ID:    account,
			Users: []world.User{{Name: "alice", Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(c.may...)}}}},
			Nodes: []world.Node{{
				Kind: world.Instance, ID: own, Region: "us-east-1", VolumeKeys: []string{},
				Tags: []world.Tag{{Key: "Project", Value: "shop"}},
			}},
		}}})
		require.NoError(t, err)
		x := expectation.Expectation{It: name, As: "alice", Do: c.do, With: c.with}
		x.On.ARN = c.arn
		for _, denied := range []bool{false, true} {
			x.Allowed, x.Denied = !denied, denied
			want := c.allowed
			if denied {
				want = c.denied
			}
			r := expect.Check(e, x)
			require.Empty(t, r.Problem, name)
			assert.Equal(t, want, r.Verdict, "%s, denied %v: %s", name, denied, r.Why)
			if want == prove.HoldsIf {
				require.Len(t, r.Assumptions, 1, name)
				assert.Equal(t, c.arn, r.Assumptions[0].ID)
				if !denied {
					assert.Contains(t, r.Assumptions[0].Text, c.says, name)
				}
			}
		}
	}
}
