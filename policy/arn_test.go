package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

// ARNs have the form that AWS gives them, paths and the missing account of AWS's own documents included.
func TestARNsHaveAWSsForm(t *testing.T) {
	const account = "111122223333"
	for got, want := range map[string]string{
		policy.AWS.UserARN(account, "",
			"alice"): "arn:aws:iam::111122223333:user/alice",
		policy.AWS.UserARN(account, "/team/",
			"${aws:username}"): "arn:aws:iam::111122223333:user/team/${aws:username}",
		policy.AWS.GroupARN(account, "/guardrails/",
			"guardrails-mfa"): "arn:aws:iam::111122223333:group/guardrails/guardrails-mfa",
		policy.AWS.RoleARN("*", "/guardrails/osaccess/",
			"*"): "arn:aws:iam::*:role/guardrails/osaccess/*",
		policy.AWS.PolicyARN(account, "/",
			"guard"): "arn:aws:iam::111122223333:policy/guard",
		policy.AWS.ManagedPolicyARN("AdministratorAccess"):         "arn:aws:iam::aws:policy/AdministratorAccess",
		policy.AWS.ManagedPolicyARN("job-function/ViewOnlyAccess"): "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
		policy.AWS.InstanceProfileARN(account, "/",
			"node"): "arn:aws:iam::111122223333:instance-profile/node",
		policy.AWS.MFADeviceARN(account, "alice"): "arn:aws:iam::111122223333:mfa/alice",
		policy.AWS.RootARN(account):               "arn:aws:iam::111122223333:root",
		policy.AWS.AssumedRoleARN(account, "ops",
			"alice"): "arn:aws:sts::111122223333:assumed-role/ops/alice",
		policy.AWS.InstanceARN("*", account,
			"*"): "arn:aws:ec2:*:111122223333:instance/*",
		policy.AWS.ManagedInstanceARN("us-east-1", account,
			"mi-0123456789abcd"): "arn:aws:ssm:us-east-1:111122223333:managed-instance/mi-0123456789abcd",
		policy.AWS.DocumentARN("*", account,
			"SSM-SessionManagerRunShell"): "arn:aws:ssm:*:111122223333:document/SSM-SessionManagerRunShell",
		policy.AWS.DocumentARN("*", account,
			"AWS-StartPortForwardingSession"): "arn:aws:ssm:*::document/AWS-StartPortForwardingSession",
		policy.AWS.DocumentARN("*", account,
			"AmazonCloudWatch-ManageAgent"): "arn:aws:ssm:*::document/AmazonCloudWatch-ManageAgent",
		policy.AWS.SessionARN("*", account,
			"alice-0abc"): "arn:aws:ssm:*:111122223333:session/alice-0abc",
		policy.AWS.KeyARN("us-east-1", account,
			"key-id"): "arn:aws:kms:us-east-1:111122223333:key/key-id",
	} {
		assert.Equal(t, want, got)
	}
}

// A principal's ARN says its kind, path and name; what has no name says so.
func TestAnEntityHasKindPathAndName(t *testing.T) {
	for text, want := range map[string][3]string{
		"arn:aws:iam::111122223333:user/alice":                      {"user", "/", "alice"},
		"arn:aws:iam::111122223333:user/a/b/alice":                  {"user", "/a/b/", "alice"},
		"arn:aws:iam::111122223333:role/guardrails/operation/x-y":   {"role", "/guardrails/operation/", "x-y"},
		"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess":       {"policy", "/job-function/", "ViewOnlyAccess"},
		"arn:aws:iam::111122223333:instance-profile/node":           {"instance-profile", "/", "node"},
		"arn:aws:iam::111122223333:mfa/alice":                       {"mfa", "/", "alice"},
		"arn:aws:iam::111122223333:saml-provider/corp":              {"saml-provider", "/", "corp"},
		"arn:aws-cn:iam::111122223333:group/guardrails/the-members": {"group", "/guardrails/", "the-members"},
	} {
		arn, err := policy.ParseARN(text)
		require.NoError(t, err, text)
		kind, path, name, ok := arn.Entity()
		assert.True(t, ok, text)
		assert.Equal(t, want, [3]string{kind, path, name}, text)
	}
	for _, text := range []string{
		"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:user/a/", "arn:aws:iam::111122223333:/x",
		"arn:aws:sts::111122223333:assumed-role/ops/alice",
	} {
		arn, err := policy.ParseARN(text)
		require.NoError(t, err, text)
		_, _, _, ok := arn.Entity()
		assert.False(t, ok, text)
	}
}

// What is not the ARN of one resource is refused with the part that is wrong.
func TestParseARNNamesThePartThatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "is not an ARN",
		"alice":                                  "is not an ARN",
		"arn:aws:iam:111122223333:user/alice":    "is not an ARN",
		"ARN:aws:iam::111122223333:user/alice":   "is not an ARN",
		"arn:awz:iam::111122223333:user/alice":   `partition "awz"`,
		"arn:*:iam::111122223333:user/alice":     `partition "*"`,
		"arn:aws:IAM::111122223333:user/alice":   `service "IAM"`,
		"arn:aws:*::111122223333:user/alice":     `service "*"`,
		"arn:aws:ec2:*:111122223333:instance/i":  `Region "*"`,
		"arn:aws:iam::11112222333:user/alice":    `account "11112222333"`,
		"arn:aws:iam::*:user/alice":              `account "*"`,
		"arn:aws:iam::111122223333:":             "names no resource",
		"arn:aws:iam::111122223333\n:user/alice": `account "111122223333\n"`,
	} {
		_, err := policy.ParseARN(text)
		var refused *policy.ValueError
		require.ErrorAs(t, err, &refused, "%q", text)
		assert.Contains(t, refused.Why, want, "%q", text)
		assert.NotEmpty(t, refused.Fix, "%q", text)
	}
}

// Whatever ParseARN accepts, String gives back.
func TestAnARNIsPrintedAsItWasRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{
			"arn",
			rapid.SampledFrom([]string{"aws", "aws-cn", "aws-us-gov", "aws-eusc", "awz", ""}).Draw(t, "partition"),
			rapid.StringMatching(`[a-z0-9-]{0,5}`).Draw(t, "service"),
			rapid.StringMatching(`[a-z0-9-]{0,5}`).Draw(t, "region"),
			rapid.SampledFrom([]string{"", "aws", "111122223333", "*"}).Draw(t, "account"),
			rapid.String().Draw(t, "resource"),
		}
		text := strings.Join(parts, ":")
		arn, err := policy.ParseARN(text)
		if err != nil {
			return
		}
		if arn.String() != text {
			t.Fatalf("%q became %q", text, arn)
		}
	})
}
