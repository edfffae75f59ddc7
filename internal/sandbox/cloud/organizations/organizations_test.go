package organizations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
)

func scp(t *testing.T, o organizations.Client, name, content string) string {
	t.Helper()
	p, err := o.CreatePolicy(
		context.Background(),
		organizations.NewPolicy{Name: name, Type: organizations.ServiceControlPolicy, Content: content},
	)
	require.NoError(t, err)
	return p.ID
}

// Only the management account manages policies; members may ask what the organization is, strangers nothing.
func TestTheOrganizationBelongsToItsManagementAccount(t *testing.T) {
	ctx := context.Background()
	c, _ := cloudtest.NewOrganization(t)
	member := c.Organizations(api.Caller{Account: cloudtest.Home})
	_, err := member.CreatePolicy(
		ctx,
		organizations.NewPolicy{Name: "p", Type: organizations.ServiceControlPolicy, Content: cloudtest.DenyAll},
	)
	cloudtest.Refuses(t, err, "AccessDeniedException", "permissions")
	org, parents, err := member.Describe(ctx)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", org.ID)
	assert.Equal(t, map[string]string{
		cloudtest.Home:       cloudtest.Workloads,
		cloudtest.Other:      cloudtest.Root,
		cloudtest.Management: cloudtest.Root,
	}, parents)
	_, _, err = c.Organizations(api.Caller{Account: "999999999999"}).Describe(ctx)
	cloudtest.Refuses(t, err, "AWSOrganizationsNotInUseException", "not a member")
}

// A policy attaches to a target of the organization, once, while its type is enabled, and never leaves a target
// without any.
func TestPoliciesAttachAsOrganizationsLetsThem(t *testing.T) {
	ctx := context.Background()
	_, o := cloudtest.NewOrganization(t)
	id := scp(t, o, "deny", cloudtest.DenyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, cloudtest.Workloads))
	attached, err := o.ListPoliciesForTarget(ctx, cloudtest.Workloads)
	require.NoError(t, err)
	assert.Equal(t, []string{"p-FullAWSAccess", id}, attached)
	cloudtest.Refuses(
		t,
		o.AttachPolicy(ctx, id, cloudtest.Workloads),
		"DuplicatePolicyAttachmentException",
		"already exists",
	)
	cloudtest.Refuses(t, o.AttachPolicy(ctx, id, "ou-exam-99999999"), "TargetNotFoundException", "doesn't exist")
	cloudtest.Refuses(
		t,
		o.AttachPolicy(ctx, "p-00000000", cloudtest.Workloads),
		"PolicyNotFoundException",
		"can't find",
	)
	cloudtest.Refuses(t, o.DetachPolicy(ctx, id, cloudtest.Root), "PolicyNotAttachedException", "isn't attached")
	cloudtest.Refuses(t, o.DeletePolicy(ctx, id), "PolicyInUseException", "attached")
	require.NoError(t, o.DetachPolicy(ctx, "p-FullAWSAccess", cloudtest.Workloads))
	cloudtest.Refuses(
		t,
		o.DetachPolicy(ctx, id, cloudtest.Workloads),
		"ConstraintViolationException",
		"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
	)
	require.NoError(t, o.AttachPolicy(ctx, "p-FullAWSAccess", cloudtest.Workloads))
	require.NoError(t, o.DetachPolicy(ctx, id, cloudtest.Workloads))
	require.NoError(t, o.DeletePolicy(ctx, id))
	for i := range 9 {
		require.NoError(t, o.AttachPolicy(ctx, scp(t, o, fmt.Sprintf("p%d", i), cloudtest.DenyAll), cloudtest.Home))
	}
	cloudtest.Refuses(
		t,
		o.AttachPolicy(ctx, scp(t, o, "tenth", cloudtest.DenyAll), cloudtest.Home),
		"ConstraintViolationException",
		"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
	)
}

// Names, contents and sizes are those that Organizations takes; white space counts.
func TestServiceControlPoliciesAreReadInFull(t *testing.T) {
	ctx := context.Background()
	_, o := cloudtest.NewOrganization(t)
	create := func(in organizations.NewPolicy) error {
		if in.Type == "" {
			in.Type = organizations.ServiceControlPolicy
		}
		_, err := o.CreatePolicy(ctx, in)
		return err
	}
	cloudtest.Refuses(
		t,
		create(organizations.NewPolicy{Name: "", Content: cloudtest.DenyAll}),
		"InvalidInputException",
		"name",
	)
	cloudtest.Refuses(
		t,
		create(organizations.NewPolicy{Name: "p", Type: "SCP", Content: cloudtest.DenyAll}),
		"InvalidInputException",
		"INVALID_ENUM_POLICY_TYPE",
	)
	cloudtest.Refuses(
		t,
		create(organizations.NewPolicy{Name: "p", Content: cloudtest.DenyAll, Description: strings.Repeat("d", 513)}),
		"InvalidInputException",
		"description",
	)
	for _, content := range []string{
		"{", `{"Version":"2012-10-17","Statement":[]}`, strings.Replace(cloudtest.DenyAll, `"Resource"`,
			`"Principal":"*","Resource"`, 1), strings.Replace(cloudtest.DenyAll, `"*"`, `"ssm"`, 1),
	} {
		cloudtest.Refuses(
			t,
			create(organizations.NewPolicy{Name: "p", Content: content}),
			"MalformedPolicyDocumentException",
			"does not meet the requirements",
		)
	}
	full := cloudtest.DenyAll + strings.Repeat(" ", 10240-len(cloudtest.DenyAll))
	assert.NoError(t, create(organizations.NewPolicy{Name: "full", Content: full}))
	cloudtest.Refuses(
		t,
		create(organizations.NewPolicy{Name: "over", Content: full + " "}),
		"ConstraintViolationException",
		"POLICY_CONTENT_LIMIT_EXCEEDED",
	)
	cloudtest.Refuses(
		t,
		create(organizations.NewPolicy{Name: "full", Content: cloudtest.DenyAll}),
		"DuplicatePolicyException",
		"same name",
	)
	cloudtest.Refuses(
		t,
		o.UpdatePolicy(ctx, "p-FullAWSAccess", "x", "", cloudtest.DenyAll),
		"ConstraintViolationException",
		"managed by AWS",
	)
	cloudtest.Refuses(t, o.DeletePolicy(ctx, "p-FullAWSAccess"), "ConstraintViolationException", "managed by AWS")
}

// Disabling service control policies detaches all of them for good; enabling them again brings FullAWSAccess alone
// back.
func TestDisablingAPolicyTypeDetachesEverything(t *testing.T) {
	ctx := context.Background()
	c, o := cloudtest.NewOrganization(t)
	id := scp(t, o, "deny", cloudtest.DenyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, cloudtest.Root))
	require.NoError(t, o.SetPolicyType(ctx, organizations.ServiceControlPolicy, false))
	assert.Empty(t, c.Snapshot().Organization.Attached[cloudtest.Root])
	cloudtest.Refuses(
		t,
		o.AttachPolicy(ctx, id, cloudtest.Root),
		"PolicyTypeNotEnabledException",
		"enabled policy types",
	)
	cloudtest.Refuses(
		t,
		o.SetPolicyType(ctx, organizations.ServiceControlPolicy, false),
		"PolicyTypeNotEnabledException",
		"isn't currently enabled",
	)
	require.NoError(t, o.SetPolicyType(ctx, organizations.ServiceControlPolicy, true))
	for target, attached := range c.Snapshot().Organization.Attached {
		assert.Equal(t, []string{"p-FullAWSAccess"}, attached, target)
	}
}

// An organization that changes in the world file keeps what stacks attached, and gives new targets FullAWSAccess.
func TestAnOrganizationFollowsItsFile(t *testing.T) {
	ctx := context.Background()
	c, o := cloudtest.NewOrganization(t)
	id := scp(t, o, "deny", cloudtest.DenyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, cloudtest.Workloads))
	require.NoError(t, o.AttachPolicy(ctx, id, cloudtest.Other))
	changed := cloudtest.Organization()
	changed.Organization[0].Thing.Units = append(
		changed.Organization[0].Thing.Units,
		organizations.Unit{ID: "ou-exam-22222222", Name: "Sandbox", Parent: cloudtest.Workloads},
	)
	changed.Organization[0].Thing.Accounts = map[string]string{cloudtest.Home: "ou-exam-22222222"}
	require.NoError(t, c.Plant(changed))
	s := c.Snapshot().Organization
	assert.Equal(t, []string{"p-FullAWSAccess", id}, s.Attached[cloudtest.Workloads])
	assert.Equal(t, []string{"p-FullAWSAccess"}, s.Attached["ou-exam-22222222"])
	assert.NotContains(t, s.Attached, cloudtest.Other)
	assert.Equal(
		t, map[string]string{cloudtest.Home: "ou-exam-22222222", cloudtest.Management: cloudtest.Root}, s.Accounts,
	)
	require.NoError(t, c.Plant(plant.Plants{}))
	assert.Nil(t, c.Snapshot().Organization)
	assert.Nil(t, c.Snapshot().IdentityCenter)
}

// Trees that hang in the air are refused.
func TestBrokenTreesAreRefused(t *testing.T) {
	for want, breakIt := range map[string]func(*organizations.ExistingOrganization){
		"does not lie below the root": func(o *organizations.ExistingOrganization) { o.Units[0].Parent = cloudtest.Workloads },
		"stands twice": func(o *organizations.ExistingOrganization) {
			o.Units = append(o.Units,
				o.Units[0])
		},
		"which is not the root r-exam":      func(o *organizations.ExistingOrganization) { o.Accounts[cloudtest.Home] = "ou-exam-33333333" },
		"is no type of policies":            func(o *organizations.ExistingOrganization) { o.PolicyTypes = []string{"SCP"} },
		"organization: ":                    func(o *organizations.ExistingOrganization) { o.ID = "example" },
		"the id of a root":                  func(o *organizations.ExistingOrganization) { o.Root = "root" },
		"account 111122223333 is in r-oot1": func(o *organizations.ExistingOrganization) { o.Accounts[cloudtest.Home] = "r-oot1" },
	} {
		plants := cloudtest.Organization()
		breakIt(&plants.Organization[0].Thing)
		plants.IdentityCenter = nil
		assert.ErrorContains(t, cloudtest.New(t).Plant(plants), want)
	}
	plants := cloudtest.Organization()
	plants.IdentityCenter[0].Thing.Account = "999999999999"
	assert.ErrorContains(
		t,
		cloudtest.New(t).Plant(plants),
		"identityCenter: account 999999999999 is not in the organization",
	)
	plants.IdentityCenter[0].Thing.ARN = "arn:aws:sso:::instance/1"
	assert.ErrorContains(t, cloudtest.New(t).Plant(plants), "is not the ARN of an instance")
}

// Central root access wants the management account and trusted access.
func TestCentralRootAccessWantsTrustedAccess(t *testing.T) {
	ctx := context.Background()
	c, _ := cloudtest.NewOrganization(t)
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Management).SetOrganizationsFeature(ctx, "RootSessions", true),
		"ServiceAccessNotEnabledException",
		"trusted access",
	)
	trusted := cloudtest.Organization()
	trusted.Organization[0].Thing.TrustedServices = []string{"iam.amazonaws.com"}
	require.NoError(t, c.Plant(trusted))
	require.NoError(t, cloudtest.IAM(c, cloudtest.Management).SetOrganizationsFeature(ctx, "RootSessions", true))
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Home).SetOrganizationsFeature(ctx, "RootSessions", true),
		"CallerIsNotManagementAccountException",
		"management account",
	)
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Management).SetOrganizationsFeature(ctx, "Root", true),
		"ValidationError",
		"Root",
	)
	_, features, err := cloudtest.IAM(c, cloudtest.Management).ListOrganizationsFeatures(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"RootSessions"}, features)
}

// A policy of the world file is attached where the file says, follows its content, and goes with its attachments.
func TestAPolicyOfTheFileFollowsTheFile(t *testing.T) {
	c, o := cloudtest.NewOrganization(t)
	plants := cloudtest.Organization()
	plants.OrganizationPolicies = []plant.Planted[organizations.ExistingPolicy]{
		{Path: "organization.policies[0]", Thing: organizations.ExistingPolicy{
			NewPolicy: organizations.NewPolicy{
				Name:    "stay",
				Type:    organizations.ServiceControlPolicy,
				Content: cloudtest.DenyAll,
				Tags:    map[string]string{"A": "1", "B": "1"},
			},
			Targets: []string{cloudtest.Root},
		}},
	}
	require.NoError(t, c.Plant(plants))
	attached := c.Snapshot().Organization.Attached[cloudtest.Root]
	require.Len(t, attached, 2)
	require.NoError(t, o.UntagResource(context.Background(), attached[1], []string{"A"}))
	plants.OrganizationPolicies[0].Thing.Content = strings.Replace(cloudtest.DenyAll, "DenyAll", "DenyMore", 1)
	require.NoError(t, c.Plant(plants))
	assert.Contains(t, c.Snapshot().Organization.Policies[attached[1]].Content, "DenyMore")
	plants.OrganizationPolicies[0].Thing.Content = "{"
	assert.ErrorContains(t, c.Plant(plants), "organization.policies[0]: MalformedPolicyDocumentException")
	plants.OrganizationPolicies = nil
	require.NoError(t, c.Plant(plants))
	assert.Equal(t, []string{"p-FullAWSAccess"}, c.Snapshot().Organization.Attached[cloudtest.Root])
	assert.NotContains(t, c.Snapshot().Organization.Policies, attached[1])
}
