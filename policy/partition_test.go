package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// A Region belongs to the partition that its name says, and a name that is no Region's belongs to none.
func TestARegionSaysItsPartition(t *testing.T) {
	for region, want := range map[string]policy.Partition{
		"ap-northeast-1": policy.AWS,
		"us-east-1":      policy.AWS,
		"il-central-1":   policy.AWS,
		"mx-central-1":   policy.AWS,
		"ca-west-1":      policy.AWS,
		"cn-north-1":     policy.AWSChina,
		"cn-northwest-1": policy.AWSChina,
		"us-gov-west-1":  policy.AWSUSGov,
		"us-gov-east-1":  policy.AWSUSGov,
		"eusc-de-east-1": policy.AWSEUSC,
	} {
		got, err := policy.PartitionOfRegion(region)
		require.NoError(t, err, region)
		assert.Equal(t, want, got, region)
		assert.NoError(t, policy.ValidateRegion(region), region)
	}
	for _, region := range []string{"", "eu-wset-1", "tokyo", "ap-northeast-1a", "AP-NORTHEAST-1", "us-gov-1", "us-iso-east-1", "*", "us-east-0", "us-east-1\n"} {
		_, err := policy.PartitionOfRegion(region)
		assert.Error(t, err, "%q", region)
		assert.Error(t, policy.ValidateRegion(region), "%q", region)
	}
}

// The zero value and misspelt partitions are not valid, and nothing makes them so.
func TestNoPartitionIsAssumed(t *testing.T) {
	for _, p := range policy.Partitions() {
		assert.True(t, p.Valid(), "%q", p)
		assert.NotEmpty(t, p.ConsoleHost(), "%q", p)
		assert.NotEmpty(t, p.SignInHost(), "%q", p)
	}
	for _, p := range []policy.Partition{"", "AWS", "aws-china", "aws-iso", "*"} {
		assert.False(t, p.Valid(), "%q", p)
		assert.Empty(t, p.ConsoleHost(), "%q", p)
		assert.Empty(t, p.SignInHost(), "%q", p)
	}
}

// Everything that is formatted for a partition names that partition and no other.
func TestNothingOfAnotherPartitionNamesAWS(t *testing.T) {
	const account, region = "111122223333", "cn-north-1"
	for _, p := range policy.Partitions() {
		texts := []string{
			p.UserARN(account, "/team/", "alice"),
			p.GroupARN(account, "/team/", "guardrails-mfa"),
			p.RoleARN(account, "/guardrails/operation/", "ops"),
			p.PolicyARN(account, "/team/", "guard"),
			p.ManagedPolicyARN("AdministratorAccess"),
			p.InstanceProfileARN(account, "/", "node"),
			p.MFADeviceARN(account, "alice"),
			p.RootARN(account),
			p.AssumedRoleARN(account, "ops", "alice"),
			p.InstanceARN(region, account, "*"),
			p.ManagedInstanceARN(region, account, "*"),
			p.DocumentARN(region, account, "SSM-SessionManagerRunShell"),
			p.DocumentARN(region, account, "AWS-StartPortForwardingSession"),
			p.SessionARN(region, account, "*"),
			p.KeyARN(region, account, "1234abcd-12ab-34cd-56ef-1234567890ab"),
		}
		document := policy.New(
			policy.Allow("Everything", "ssm:StartSession").
				On(texts...).
				When(policy.ArnLike("aws:PrincipalArn", texts...)),
		).JSON()
		assert.Equal(t, 2*len(texts), strings.Count(document, "arn:"+string(p)+":"), "%q", p)
		assert.Equal(t, 2*len(texts), strings.Count(document, "arn:"), "%q", p)
		for _, text := range texts {
			parsed, err := policy.ParseARN(text)
			require.NoError(t, err, text)
			assert.Equal(t, p, parsed.Partition, text)
			assert.Equal(t, text, parsed.String())
		}
		if p != policy.AWS {
			for _, url := range []string{p.SignInURL(account), p.SwitchRoleURL(account, "/", "ops", ""), p.ConsoleHost()} {
				assert.NotContains(t, url, "aws.amazon.com", "%q", p)
			}
		}
	}
}

// The links are those that AWS documents, escaped, with the role's path and without a leading slash.
func TestLinksOpenTheRightPage(t *testing.T) {
	assert.Equal(t, "https://jump.signin.aws.amazon.com/console", policy.AWS.SignInURL("jump"))
	assert.Equal(t, "https://111122223333.signin.amazonaws.cn/console", policy.AWSChina.SignInURL("111122223333"))
	assert.Equal(
		t,
		"https://111122223333.signin.amazonaws-us-gov.com/console",
		policy.AWSUSGov.SignInURL("111122223333"),
	)
	assert.Equal(t, "https://eusc-de-east-1.signin.amazonaws-eusc.eu/", policy.AWSEUSC.SignInURL("111122223333"))
	assert.Equal(
		t,
		"https://signin.aws.amazon.com/switchrole?account=111122223333&roleName=guardrails/operation/a%2Bb%3Dc&displayName=Test%20Project%201%20%26%20more",
		policy.AWS.SwitchRoleURL("111122223333", "/guardrails/operation/", "a+b=c", "Test Project 1 & more"),
	)
	assert.Equal(t,
		"https://signin.amazonaws.cn/switchrole?account=jump&roleName=AdminRole",
		policy.AWSChina.SwitchRoleURL("jump", "", "AdminRole", ""))
}
