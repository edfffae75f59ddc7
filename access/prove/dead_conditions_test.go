package prove_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A test that AWS never lets pass, or always, is said with the statement, the action and what may have been meant.
func TestDeadConditionsAreReported(t *testing.T) {
	project := policy.StringEquals("aws:ResourceTag/Project", "One")
	for _, c := range []struct {
		statement policy.Statement
		want      []string
	}{
		{policy.Allow("Fine", "ec2:StartInstances").On("*").When(project), nil},
		{policy.Allow("Global", "ec2:DescribeInstances").On("*").When(policy.Bool("aws:MultiFactorAuthPresent", true)),
			nil},
		{policy.Allow("Pattern", "ec2:*").On("*").When(project), nil},
		{policy.Allow("All", "*").On("*").When(project), nil},
		{policy.DenyAllExcept("Not", "ec2:DescribeInstances").On("*").When(project), nil},
		{policy.Allow("Listing", "ec2:DescribeInstances").On("*").When(project),
			[]string{"Listing: AWS never sets the condition key aws:ResourceTag/Project in requests of " +
				"ec2:DescribeInstances"}},
		{policy.Allow("Both", "ec2:DescribeInstances", "ec2:StartInstances").On("*").When(project),
			[]string{"Both: AWS never sets the condition key aws:ResourceTag/Project in requests of " +
				"ec2:DescribeInstances"}},
		{policy.Deny("Removal", "iam:UntagUser").On("*").When(policy.StringEquals("aws:RequestTag/Project", "One")),
			[]string{"Removal: AWS never sets the condition key aws:RequestTag/Project in requests of iam:UntagUser"}},
		{policy.Allow("Misspelt", "ssm:StartSesion").On("*"),
			[]string{`Misspelt: AWS has no action "ssm:StartSesion"; did you mean "ssm:StartSession"?`}},
		{policy.Allow("Swapped", "ssm:StratSession").On("*"),
			[]string{`Swapped: AWS has no action "ssm:StratSession"; did you mean "ssm:StartSession"?`}},
		{policy.Allow("", "nosuch:Thing").On("*"), []string{`statement #1: AWS has no action "nosuch:Thing"`}},
		{policy.DenyAllExcept("NotMisspelt", "iam:EnableMFADevices").On("*"),
			[]string{`NotMisspelt: AWS has no action "iam:EnableMFADevices"; did you mean "iam:EnableMFADevice"?`}},
		{policy.Allow("Wild", "iam:*MFADevicez").On("*"), []string{`Wild: AWS has no action "iam:*MFADevicez"`}},
		{policy.Allow("Session",
			"ssm:ResumeSession").On("*").When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id",
			"${aws:userid}")), nil},
		{policy.Allow("Elsewhere",
			"ssm:DescribeSessions").On("*").When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id",
			"${aws:userid}")),
			[]string{"Elsewhere: AWS never sets the condition key ssm:resourceTag/aws:ssmmessages:session-id in " +
				"requests of ssm:DescribeSessions"}},
	} {
		var got []string
		for _, d := range prove.DeadConditions(policy.New(c.statement)) {
			got = append(got, d.Error())
		}
		assert.Equal(t, c.want, got, c.statement.Sid)
	}
}

// Conditions on one key that exclude each other make a statement that applies to nothing, whatever kind of value the
// key
// has. Where one request meets them all, or a policy variable decides, nothing is said.
func TestConditionsThatExcludeEachOtherAreReported(t *testing.T) {
	on := func(operator, key string, values ...string) policy.Condition {
		op, err := policy.ParseOperator(operator)
		require.NoError(t, err)
		return policy.Condition{Operator: op, Key: key, Values: values}
	}
	for name, c := range map[string]struct {
		conditions []policy.Condition
		never      string
	}{
		"two Regions": {[]policy.Condition{on("StringEquals", "aws:RequestedRegion", "eu-west-1"),
			on("StringLike", "aws:RequestedRegion", "us-*")}, "aws:RequestedRegion"},
		"in and out": {[]policy.Condition{on("StringEquals", "aws:PrincipalAccount", "111122223333"),
			on("StringNotEquals", "aws:PrincipalAccount", "111122223333")}, "aws:PrincipalAccount"},
		"a role and a user": {[]policy.Condition{on("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"),
			on("ArnEquals", "AWS:principalarn", "arn:aws:iam::*:user/*")}, "aws:PrincipalArn"},
		"absent and there": {[]policy.Condition{on("Null", "aws:PrincipalTag/Project", "true"),
			on("StringEquals", "aws:PrincipalTag/Project", "One")}, "aws:PrincipalTag/Project"},
		"true and false": {[]policy.Condition{on("Bool", "aws:SecureTransport", "true"),
			on("BoolIfExists", "aws:SecureTransport", "false")}, "aws:SecureTransport"},
		"an empty interval": {[]policy.Condition{on("NumericGreaterThan", "aws:MultiFactorAuthAge", "3600"),
			on("NumericLessThan", "aws:MultiFactorAuthAge", "60")}, "aws:MultiFactorAuthAge"},
		"a time that is none": {[]policy.Condition{on("DateGreaterThan", "aws:CurrentTime", "2027-01-02T00:00:00Z"),
			on("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z")}, "aws:CurrentTime"},
		"both clocks": {[]policy.Condition{on("DateGreaterThan", "aws:CurrentTime", "2027-01-02T00:00:00Z"),
			on("NumericLessThan", "aws:EpochTime", "1000")}, "aws:CurrentTime and aws:EpochTime"},
		"networks apart": {[]policy.Condition{on("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
			on("IpAddressIfExists", "aws:SourceIp", "198.51.100.0/24")}, "aws:SourceIp"},
		"all but everything": {[]policy.Condition{on("StringNotLike", "aws:RequestedRegion", "*")}, ""},
		"one of two Regions": {[]policy.Condition{on("StringEquals", "aws:RequestedRegion", "eu-west-1", "us-east-1"),
			on("StringLike", "aws:RequestedRegion", "us-*")}, ""},
		"absent, if it exists": {[]policy.Condition{on("Null", "aws:PrincipalTag/Project", "true"),
			on("StringEqualsIfExists", "aws:PrincipalTag/Project", "One")}, ""},
		"tags of two members": {[]policy.Condition{on("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
			on("ForAnyValue:StringLike", "aws:TagKeys", "b")}, ""},
		"no tag and one": {[]policy.Condition{on("ForAllValues:StringEquals", "aws:TagKeys", "a"),
			on("ForAnyValue:StringLike", "aws:TagKeys", "b")}, "aws:TagKeys"},
		"a variable": {[]policy.Condition{on("StringEquals", "aws:PrincipalTag/Project",
			"${aws:RequestedRegion}"), on("StringEquals", "aws:PrincipalTag/Project", "One")}, ""},
		"two keys": {[]policy.Condition{on("StringEquals", "aws:PrincipalTag/A", "1"),
			on("StringEquals", "aws:PrincipalTag/B", "2")}, ""},
	} {
		var never []string
		for _, d := range prove.DeadConditions(policy.New(policy.Deny("It", "*").On("*").When(c.conditions...))) {
			assert.Contains(t, d.Error(), "It: no request meets all its conditions on ", name)
			never = append(never, d.Never)
		}
		if c.never == "" {
			assert.Empty(t, never, name)
			continue
		}
		assert.Equal(t, []string{c.never}, never, name)
	}
}

// A tag of a resource has several keys, which contradict each other as one key does: on calls of a service that has a
// key
// of its own, and elsewhere where the condition fails without the key. Where it passes without, calls of other services
// meet both.
func TestTheKeysOfOneTagContradictEachOther(t *testing.T) {
	on := func(operator, key string, values ...string) policy.Condition {
		op, err := policy.ParseOperator(operator)
		require.NoError(t, err)
		return policy.Condition{Operator: op, Key: key, Values: values}
	}
	const all, tag = "*", "ResourceTag/Project"
	spellings := map[string]string{"ec2": "ec2:StopInstances", "ssm": "ssm:StartSession", "iam": "iam:UpdateRole"}
	for service, action := range spellings {
		own := service + ":" + tag
		if service == "ssm" {
			own = "ssm:resourceTag/Project"
		}
		global := "aws:" + tag
		for name, c := range map[string]struct {
			action     string
			conditions []policy.Condition
			never      bool
		}{
			"two values": {action, []policy.Condition{on("StringEquals", global, "One"),
				on("StringEquals", own, "Two")}, true},
			"two values, the other way": {action, []policy.Condition{on("StringEquals", own, "One"),
				on("StringEquals", global, "Two")}, true},
			"two values, another case of the tag": {action, []policy.Condition{on("StringEquals",
				strings.ToUpper(own), "One"), on("StringEquals", global, "Two")}, true},
			"two values, every action": {all, []policy.Condition{on("StringEquals", global, "One"),
				on("StringEquals", own, "Two")}, true},
			"one and its opposite": {action, []policy.Condition{on("StringEquals", global, "One"),
				on("StringNotEquals", own, "One")}, true},
			"absent and there": {action, []policy.Condition{on("Null", global, "true"),
				on("StringLike", own, "*")}, true},
			"one and its opposite, every action": {all, []policy.Condition{on("StringEquals", global, "One"),
				on("StringNotEquals", own, "One")}, false},
			"one value in both": {action, []policy.Condition{on("StringEquals", global, "One"),
				on("StringLike", own, "O*")}, false},
			"two tags": {action, []policy.Condition{on("StringEquals", global, "One"),
				on("StringEquals", own+"2", "Two")}, false},
			"a tag of the request": {action, []policy.Condition{on("StringEquals", "aws:RequestTag/Project", "One"),
				on("StringEquals", own, "Two")}, false},
		} {
			var never []string
			for _, d := range prove.DeadConditions(policy.New(policy.Deny("It", c.action).On("*").When(c.conditions...))) {
				if d.Never != "" {
					never = append(never, d.Never)
				}
			}
			if !c.never {
				assert.Empty(t, never, "%s: %s", service, name)
				continue
			}
			require.Len(t, never, 1, "%s: %s", service, name)
			assert.Equal(t, c.conditions[0].Key+" and "+c.conditions[1].Key, never[0], "%s: %s", service, name)
		}
	}
}

// Findings stand in the order of the document, with the place of the statement.
func TestDeadConditionsKeepTheOrder(t *testing.T) {
	dead := prove.DeadConditions(policy.New(
		policy.Allow("", "s3:GetObject").On("*"),
		policy.Allow("", "s3:GetObjekt").On("*"),
		policy.Allow("Third", "ssm:DescribeSessions", "s3:Nothing").
			On("*").
			When(policy.StringEquals("aws:ResourceTag/a", "b")),
	))
	require.Len(t, dead, 3)
	assert.Equal(t, 1, dead[0].Index)
	assert.Equal(t, "s3:GetObject", dead[0].Suggestion)
	assert.Equal(t, "s3:Nothing", dead[1].Action)
	assert.Equal(t, "aws:ResourceTag/a", dead[2].Key)
	assert.Equal(t, []string{"ssm:DescribeSessions"}, dead[2].Actions)
}

// AWS managed policies that are known take the place of unknown ones, in the partition of the account, and the world
// that was given stays as it is.
func TestKnownManagedPoliciesBecomePartOfTheWorld(t *testing.T) {
	w := world.World{Accounts: []world.Account{{
		ID: "111122223333", Partition: policy.AWSChina,
		Roles: []world.Role{
			{
				Name:  "admin",
				Trust: policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals("111122223333"))),
				Attached: []string{
					"arn:aws-cn:iam::aws:policy/IAMUserChangePassword",
					"arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
					"arn:aws-cn:iam::111122223333:policy/AdministratorAccess",
				},
			},
		},
		Policies: []world.ManagedPolicy{{ARN: "arn:aws-cn:iam::aws:policy/IAMUserChangePassword", Unknown: true}},
	}}}
	known := world.WithManagedPolicies(w)
	require.Len(t, known.Accounts[0].Policies, 1)
	assert.Equal(t, "arn:aws-cn:iam::aws:policy/IAMUserChangePassword", known.Accounts[0].Policies[0].ARN)
	assert.Contains(t, known.Accounts[0].Policies[0].Document.JSON(), `"arn:aws-cn:iam::*:user/${aws:username}"`)
	assert.True(t, w.Accounts[0].Policies[0].Unknown)
	e, err := engine.Compile(known)
	require.NoError(t, err)
	d, err := e.Decide(
		engine.AssumedRole("arn:aws-cn:iam::111122223333:role/admin", "x"),
		engine.Request{Action: "iam:CreateUser", Resources: engine.On("arn:aws-cn:iam::111122223333:user/x")},
	)
	require.NoError(t, err)
	assert.Equal(
		t,
		[]string{
			"arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
			"arn:aws-cn:iam::111122223333:policy/AdministratorAccess",
		},
		d.Unknowns,
	)
}

// A key that AWS sets for none of many listed actions is reported once for all of them, whatever their number.
func TestAKeyOfNoActionIsSaidOnce(t *testing.T) {
	for _, actions := range [][]string{
		{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketAcl", "s3:PutBucketAcl"},
		{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketAcl", "s3:PutBucketAcl",
			"s3:GetObjectAcl", "s3:PutObjectAcl"},
	} {
		statement := policy.Allow("S", actions...).On("*").When(policy.StringEquals("ssm:resourceTag/a", "b"))
		dead := prove.DeadConditions(policy.New(statement))
		require.Len(t, dead, 1)
		assert.Equal(t, []string{"any of its actions"}, dead[0].Actions)
	}
}
