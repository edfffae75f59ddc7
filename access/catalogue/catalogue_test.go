package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/wildcard"
)

// The catalogue knows every action of AWS, in any case, and refuses names that AWS does not have.
func TestCatalogueKnowsActions(t *testing.T) {
	name, ok := catalogue.KnownAction("SSM:startsession")
	assert.True(t, ok)
	assert.Equal(t, "ssm:StartSession", name)
	for _, misspelt := range []string{"ssm:StartSesion", "ssm:", "ssm", "", "nosuch:Action", "ssm:*"} {
		_, ok := catalogue.KnownAction(misspelt)
		assert.False(t, ok, misspelt)
	}
	actions := catalogue.Actions()
	assert.Greater(t, len(actions), 20_000)
	assert.True(t, slices.IsSortedFunc(actions, func(a, b string) int {
		pa, na, _ := strings.Cut(a, ":")
		pb, nb, _ := strings.Cut(b, ":")
		if pa != pb {
			return strings.Compare(pa, pb)
		}
		return strings.Compare(strings.ToLower(na), strings.ToLower(nb))
	}))
	for _, action := range actions {
		canonical, ok := catalogue.KnownAction(strings.ToUpper(action))
		if !ok || canonical != action {
			t.Fatalf("%s is listed and not found", action)
		}
	}
}

// Patterns select what the evaluator's own matcher selects.
func TestCatalogueSelectsActionsAsPoliciesDo(t *testing.T) {
	for _, pattern := range []string{"*", "iam:*MFADevice", "IAM:?reateUser", "ssm:StartSession", "s*:Get*Document", "*:TagResource", "nosuch:*", "iam:Nothing"} {
		var want []string
		for _, action := range catalogue.Actions() {
			if wildcard.MatchAction(pattern, action) {
				want = append(want, action)
			}
		}
		assert.Equal(t, want, catalogue.ActionsMatching(pattern), pattern)
	}
	assert.Contains(t, catalogue.ActionsMatching("iam:*MFADevice"), "iam:EnableMFADevice")
}

// Resource types and condition keys are those of the Service Authorization Reference.
func TestCatalogueKnowsResourcesAndKeys(t *testing.T) {
	types := catalogue.ResourceTypesOf("iam:EnableMFADevice")
	require.Len(t, types, 1)
	assert.Equal(t, "user", types[0].Name)
	assert.Equal(t, []string{"arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"}, types[0].ARNs)
	assert.True(t, types[0].Required)
	assert.Contains(t, catalogue.KeysOf("iam:EnableMFADevice"), "iam:RegisterSecurityKey")
	assert.Empty(t, catalogue.ResourceTypesOf("iam:ListVirtualMFADevices"))
	assert.Contains(t, catalogue.KeysOf("ssm:TerminateSession"), "ssm:resourceTag/aws:ssmmessages:session-id")
	assert.Contains(t, catalogue.KeysOf("ec2:StartInstances"), "aws:ResourceTag/${TagKey}")
	assert.Contains(t, catalogue.LevelsOf("iam:TagUser"), catalogue.LevelTagging)
	assert.Nil(t, catalogue.LevelsOf("iam:NoSuchAction"))
	assert.Contains(t, catalogue.CatalogueVersion(), "MIT")
}

// A key applies to an action where AWS sets it: its own keys, global keys everywhere, tags of resources only where
// they are documented.
func TestKeysApplyWhereAWSSetsThem(t *testing.T) {
	for _, c := range []struct {
		key, action string
		applies     bool
	}{
		{"aws:MultiFactorAuthPresent", "ec2:DescribeInstances", true},
		{"aws:PrincipalTag/Project", "ec2:DescribeInstances", true},
		{"aws:ResourceTag/Project", "ec2:DescribeInstances", false},
		{"aws:ResourceTag/Project", "ec2:StartInstances", true},
		{"AWS:RESOURCETAG/project", "EC2:startinstances", true},
		{"aws:TagKeys", "iam:TagUser", true},
		{"aws:TagKeys", "iam:EnableMFADevice", false},
		{"aws:RequestTag/Project", "iam:UntagUser", false},
		{"ssm:resourceTag/aws:ssmmessages:session-id", "ssm:ResumeSession", true},
		{"ssm:resourceTag/aws:ssmmessages:session-id", "ssm:StartSession", true},
		{"ssm:SessionDocumentAccessCheck", "ssm:StartSession", true},
		{"ssm:SessionDocumentAccessCheck", "ssm:SendCommand", false},
		{"iam:PassedToService", "iam:PassRole", true},
		{"iam:PassedToService", "iam:CreateRole", false},
		{"sts:RoleSessionName", "sts:AssumeRole", true},
		{"anything:Key", "nosuch:Action", true},
	} {
		assert.Equal(t, c.applies, catalogue.KeyAppliesTo(c.key, c.action), "%s on %s", c.key, c.action)
	}
}

// Reading the catalogue is a cost that every check pays once.
func BenchmarkCatalogueLookup(b *testing.B) {
	for b.Loop() {
		if _, ok := catalogue.KnownAction("ssm:StartSession"); !ok {
			b.Fatal("not found")
		}
	}
}
