package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
)

// sized returns a document of exactly n characters (and bytes) for the use.
func sized(t *testing.T, use policy.Use, n int) policy.Document {
	t.Helper()
	build := func(fill int) policy.Document {
		name := "a" + strings.Repeat("a", fill)
		switch use {
		case policy.Trust:
			s := policy.Allow("Fill", "sts:AssumeRole").For(policy.AWSPrincipals("111122223333"))
			return policy.New(s.When(policy.StringEquals("sts:ExternalId", name)))
		default:
			return policy.New(policy.Allow("Fill", "s3:*").On("arn:aws:s3:::" + name))
		}
	}
	document := build(n - build(0).Bytes())
	require.Equal(t, n, document.Size(use))
	return document
}

// Each use has its quota; a document as large as the quota fits, and one character more does not.
func TestEachUseHasItsQuota(t *testing.T) {
	for use, quota := range map[policy.Use]int{
		policy.Identity: 6144, policy.UserInline: 2048, policy.GroupInline: 5120, policy.RoleInline: 10240, policy.Trust: 2048,
		policy.ServiceControl: 10240, policy.PermissionSet: 10240, policy.SessionPolicy: 2048,
	} {
		assert.Empty(t, sized(t, use, quota).Validate(use, policy.Quotas{}), "%v", use)
		problems := sized(t, use, quota+1).Validate(use, policy.Quotas{})
		if assert.Len(t, problems, 1, "%v", use) {
			assert.Equal(t, -1, problems[0].Index)
			assert.Contains(t, problems[0].Message, "1 over the quota of ")
			assert.Contains(t, problems[0].Message, "the heaviest statements are Fill (")
		}
	}
	assert.Empty(
		t,
		policy.New(policy.Allow("Fill", "s3:*").On("arn:aws:s3:::"+strings.Repeat("a", 30000)).For(policy.Anyone())).
			Validate(policy.Resource, policy.Quotas{}),
		"the quota of a resource policy is the service's",
	)
}

// Quotas are settings: what AWS raised is written down, and everything else keeps today's value.
func TestAQuotaCanBeRaised(t *testing.T) {
	assert.Empty(t, sized(t, policy.Trust, 4096).Validate(policy.Trust, policy.Quotas{Trust: 4096}))
	assert.NotEmpty(t, sized(t, policy.Trust, 4097).Validate(policy.Trust, policy.Quotas{Trust: 4096}))
	assert.NotEmpty(t, sized(t, policy.Trust, 4096).Validate(policy.Trust, policy.Quotas{SCP: 5120}))
	assert.NotEmpty(t, sized(t, policy.ServiceControl, 5121).Validate(policy.ServiceControl, policy.Quotas{SCP: 5120}))
	assert.NotEmpty(t, sized(t, policy.Trust, 200).Validate(policy.Trust, policy.Quotas{Trust: -1}))
	assert.Equal(t, policy.DefaultQuotas(), policy.Quotas{}.WithDefaults())
	raised := policy.Quotas{
		ManagedPolicy:            1,
		UserInline:               2,
		GroupInline:              3,
		RoleInline:               4,
		Trust:                    5,
		SCP:                      6,
		SCPsPerTarget:            7,
		PermissionSetInline:      8,
		SessionPolicy:            9,
		AttachedPerUser:          10,
		AttachedPerGroup:         11,
		AttachedPerRole:          12,
		GroupsPerUser:            13,
		TagsPerPrincipal:         14,
		Users:                    15,
		Groups:                   16,
		Roles:                    17,
		Policies:                 18,
		Documents:                19,
		SCPs:                     20,
		PermissionSets:           21,
		AttachedPerPermissionSet: 22,
	}
	assert.Equal(t, raised, raised.WithDefaults())
}

// White space inside strings counts for service control policies, which AWS stores as they are sent, and not for IAM
// policies.
func TestWhiteSpaceCountsWhereAWSCountsIt(t *testing.T) {
	document := policy.New(
		policy.Deny("S", "s3:*").On("*").When(policy.StringEquals("aws:PrincipalTag/Project", "Test Project 1")),
	)
	assert.Equal(t, document.Bytes()-2, document.Size(policy.Identity))
	assert.Equal(t, document.Bytes(), document.Size(policy.ServiceControl))
}

// The largest statements are named with their sizes, largest first, three at most, by Sid or else by index.
func TestTheHeaviestStatementsAreNamed(t *testing.T) {
	statement := func(sid string, n int) policy.Statement {
		return policy.Allow(sid, "s3:*").On("arn:aws:s3:::" + strings.Repeat("a", n))
	}
	document := policy.New(
		statement("Small", 10),
		statement("Largest", 400),
		statement("", 200),
		statement("Middle", 300),
	)
	problems := document.Validate(policy.Identity, policy.Quotas{ManagedPolicy: 1000})
	require.Len(t, problems, 1)
	assert.Equal(t, "the document has 1241 characters, 241 over the quota of 1000 for the managed policy: "+
		"the heaviest statements are Largest (477), Middle (376), Statement[2] (261)", problems[0].Message)
	assert.Equal(t, "shorten those statements or move them to another policy", problems[0].Fix)
}

// AWS counts all inline policies of a principal as one.
func TestInlinePoliciesAreCountedTogether(t *testing.T) {
	half := sized(t, policy.GroupInline, 2560)
	assert.NoError(t, policy.ValidateTotal(policy.GroupInline, policy.Quotas{}, half, half))
	err := policy.ValidateTotal(
		policy.GroupInline,
		policy.Quotas{},
		half,
		half,
		policy.New(policy.Allow("Little", "s3:*").On("*")),
	)
	var refused *policy.ValueError
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, refused.Why, "over the quota of 5120 for the inline policies of a group")
	assert.NoError(t, policy.ValidateTotal(policy.RoleInline, policy.Quotas{}, half, half, half, half))
	assert.NoError(t, policy.ValidateTotal(policy.Resource, policy.Quotas{}, half, half, half, half, half))
	assert.NoError(t, policy.ValidateTotal(policy.UserInline, policy.Quotas{}))
}

// What is written into a role or a permission set has no other policy to go to: the message says what to split.
func TestADocumentThatIsTooLargeIsToldWhatCanBeDone(t *testing.T) {
	for use, fix := range map[policy.Use]string{
		policy.Trust:         "split the people over two roles",
		policy.RoleInline:    "split the projects, documents and permissions over two roles",
		policy.PermissionSet: "split the projects, documents and permissions over two permission sets",
	} {
		err := policy.ValidateTotal(use, policy.Quotas{Trust: 10, RoleInline: 10, PermissionSetInline: 10}, sized(t, use, 400))
		require.Error(t, err)
		assert.Contains(t, err.Error(), fix)
		assert.NotContains(t, err.Error(), "another policy")
	}
}
