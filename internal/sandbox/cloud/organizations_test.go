package cloud_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

const (
	management = "123456789012"
	workloads  = "ou-exam-11111111"
	root       = "r-exam"
	instance   = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	denyAll    = `{"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":"*","Resource":"*"}]}`
)

func organization() plant.Plants {
	return plant.Plants{
		Organization: []plant.Planted[organizations.ExistingOrganization]{
			{Path: "organization", Thing: organizations.ExistingOrganization{
				Organization: organizations.Organization{
					ID:          "o-exampleorgid",
					Root:        root,
					Management:  management,
					PolicyTypes: []string{organizations.ServiceControlPolicy},
				},
				Units:    []organizations.Unit{{ID: workloads, Name: "Workloads", Parent: root}},
				Accounts: map[string]string{home: workloads, other: root},
			}},
		},
		IdentityCenter: []plant.Planted[ssoadmin.IdentityCenter]{
			{Path: "identityCenter", Thing: ssoadmin.IdentityCenter{
				ARN:     instance,
				Store:   "d-1234567890",
				Account: management,
				Region:  "us-east-1",
				Users:   map[string]string{"u-1": "alice"},
				Groups:  map[string]string{"g-1": "ops"},
			}},
		},
	}
}

// newOrganization is a world with an organization, and a client of its management account.
func newOrganization(t *testing.T) (*cloud.Cloud, organizations.Client) {
	t.Helper()
	c := newCloud(t)
	require.NoError(t, c.Plant(organization()))
	return c, c.Organizations(api.Caller{Account: management, Region: "us-east-1"})
}

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
	c, _ := newOrganization(t)
	member := c.Organizations(api.Caller{Account: home})
	_, err := member.CreatePolicy(
		ctx,
		organizations.NewPolicy{Name: "p", Type: organizations.ServiceControlPolicy, Content: denyAll},
	)
	refuses(t, err, "AccessDeniedException", "permissions")
	org, parents, err := member.Describe(ctx)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", org.ID)
	assert.Equal(t, map[string]string{home: workloads, other: root, management: root}, parents)
	_, _, err = c.Organizations(api.Caller{Account: "999999999999"}).Describe(ctx)
	refuses(t, err, "AWSOrganizationsNotInUseException", "not a member")
}

// A policy attaches to a target of the organization, once, while its type is enabled, and never leaves a target
// without any.
func TestPoliciesAttachAsOrganizationsLetsThem(t *testing.T) {
	ctx := context.Background()
	_, o := newOrganization(t)
	id := scp(t, o, "deny", denyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, workloads))
	attached, err := o.ListPoliciesForTarget(ctx, workloads)
	require.NoError(t, err)
	assert.Equal(t, []string{"p-FullAWSAccess", id}, attached)
	refuses(t, o.AttachPolicy(ctx, id, workloads), "DuplicatePolicyAttachmentException", "already exists")
	refuses(t, o.AttachPolicy(ctx, id, "ou-exam-99999999"), "TargetNotFoundException", "doesn't exist")
	refuses(t, o.AttachPolicy(ctx, "p-00000000", workloads), "PolicyNotFoundException", "can't find")
	refuses(t, o.DetachPolicy(ctx, id, root), "PolicyNotAttachedException", "isn't attached")
	refuses(t, o.DeletePolicy(ctx, id), "PolicyInUseException", "attached")
	require.NoError(t, o.DetachPolicy(ctx, "p-FullAWSAccess", workloads))
	refuses(
		t,
		o.DetachPolicy(ctx, id, workloads),
		"ConstraintViolationException",
		"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
	)
	require.NoError(t, o.AttachPolicy(ctx, "p-FullAWSAccess", workloads))
	require.NoError(t, o.DetachPolicy(ctx, id, workloads))
	require.NoError(t, o.DeletePolicy(ctx, id))
	for i := range 9 {
		require.NoError(t, o.AttachPolicy(ctx, scp(t, o, fmt.Sprintf("p%d", i), denyAll), home))
	}
	refuses(
		t,
		o.AttachPolicy(ctx, scp(t, o, "tenth", denyAll), home),
		"ConstraintViolationException",
		"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
	)
}

// Names, contents and sizes are those that Organizations takes; white space counts.
func TestServiceControlPoliciesAreReadInFull(t *testing.T) {
	ctx := context.Background()
	_, o := newOrganization(t)
	create := func(in organizations.NewPolicy) error {
		if in.Type == "" {
			in.Type = organizations.ServiceControlPolicy
		}
		_, err := o.CreatePolicy(ctx, in)
		return err
	}
	refuses(t, create(organizations.NewPolicy{Name: "", Content: denyAll}), "InvalidInputException", "name")
	refuses(
		t,
		create(organizations.NewPolicy{Name: "p", Type: "SCP", Content: denyAll}),
		"InvalidInputException",
		"INVALID_ENUM_POLICY_TYPE",
	)
	refuses(
		t,
		create(organizations.NewPolicy{Name: "p", Content: denyAll, Description: strings.Repeat("d", 513)}),
		"InvalidInputException",
		"description",
	)
	for _, content := range []string{
		"{", `{"Version":"2012-10-17","Statement":[]}`, strings.Replace(denyAll, `"Resource"`,
			`"Principal":"*","Resource"`, 1), strings.Replace(denyAll, `"*"`, `"ssm"`, 1),
	} {
		refuses(
			t,
			create(organizations.NewPolicy{Name: "p", Content: content}),
			"MalformedPolicyDocumentException",
			"does not meet the requirements",
		)
	}
	full := denyAll + strings.Repeat(" ", 10240-len(denyAll))
	assert.NoError(t, create(organizations.NewPolicy{Name: "full", Content: full}))
	refuses(
		t,
		create(organizations.NewPolicy{Name: "over", Content: full + " "}),
		"ConstraintViolationException",
		"POLICY_CONTENT_LIMIT_EXCEEDED",
	)
	refuses(
		t,
		create(organizations.NewPolicy{Name: "full", Content: denyAll}),
		"DuplicatePolicyException",
		"same name",
	)
	refuses(
		t,
		o.UpdatePolicy(ctx, "p-FullAWSAccess", "x", "", denyAll),
		"ConstraintViolationException",
		"managed by AWS",
	)
	refuses(t, o.DeletePolicy(ctx, "p-FullAWSAccess"), "ConstraintViolationException", "managed by AWS")
}

// Disabling service control policies detaches all of them for good; enabling them again brings FullAWSAccess alone
// back.
func TestDisablingAPolicyTypeDetachesEverything(t *testing.T) {
	ctx := context.Background()
	c, o := newOrganization(t)
	id := scp(t, o, "deny", denyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, root))
	require.NoError(t, o.SetPolicyType(ctx, organizations.ServiceControlPolicy, false))
	assert.Empty(t, c.Snapshot().Organization.Attached[root])
	refuses(t, o.AttachPolicy(ctx, id, root), "PolicyTypeNotEnabledException", "enabled policy types")
	refuses(
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
	c, o := newOrganization(t)
	id := scp(t, o, "deny", denyAll)
	require.NoError(t, o.AttachPolicy(ctx, id, workloads))
	require.NoError(t, o.AttachPolicy(ctx, id, other))
	changed := organization()
	changed.Organization[0].Thing.Units = append(
		changed.Organization[0].Thing.Units,
		organizations.Unit{ID: "ou-exam-22222222", Name: "Sandbox", Parent: workloads},
	)
	changed.Organization[0].Thing.Accounts = map[string]string{home: "ou-exam-22222222"}
	require.NoError(t, c.Plant(changed))
	s := c.Snapshot().Organization
	assert.Equal(t, []string{"p-FullAWSAccess", id}, s.Attached[workloads])
	assert.Equal(t, []string{"p-FullAWSAccess"}, s.Attached["ou-exam-22222222"])
	assert.NotContains(t, s.Attached, other)
	assert.Equal(t, map[string]string{home: "ou-exam-22222222", management: root}, s.Accounts)
	require.NoError(t, c.Plant(plant.Plants{}))
	assert.Nil(t, c.Snapshot().Organization)
	assert.Nil(t, c.Snapshot().IdentityCenter)
}

// Trees that hang in the air are refused.
func TestBrokenTreesAreRefused(t *testing.T) {
	for want, breakIt := range map[string]func(*organizations.ExistingOrganization){
		"does not lie below the root": func(o *organizations.ExistingOrganization) { o.Units[0].Parent = workloads },
		"stands twice": func(o *organizations.ExistingOrganization) {
			o.Units = append(o.Units,
				o.Units[0])
		},
		"which is not the root r-exam":      func(o *organizations.ExistingOrganization) { o.Accounts[home] = "ou-exam-33333333" },
		"is no type of policies":            func(o *organizations.ExistingOrganization) { o.PolicyTypes = []string{"SCP"} },
		"organization: ":                    func(o *organizations.ExistingOrganization) { o.ID = "example" },
		"the id of a root":                  func(o *organizations.ExistingOrganization) { o.Root = "root" },
		"account 111122223333 is in r-oot1": func(o *organizations.ExistingOrganization) { o.Accounts[home] = "r-oot1" },
	} {
		plants := organization()
		breakIt(&plants.Organization[0].Thing)
		plants.IdentityCenter = nil
		assert.ErrorContains(t, newCloud(t).Plant(plants), want)
	}
	plants := organization()
	plants.IdentityCenter[0].Thing.Account = "999999999999"
	assert.ErrorContains(
		t,
		newCloud(t).Plant(plants),
		"identityCenter: account 999999999999 is not in the organization",
	)
	plants.IdentityCenter[0].Thing.ARN = "arn:aws:sso:::instance/1"
	assert.ErrorContains(t, newCloud(t).Plant(plants), "is not the ARN of an instance")
}

// Central root access wants the management account and trusted access.
func TestCentralRootAccessWantsTrustedAccess(t *testing.T) {
	ctx := context.Background()
	c, _ := newOrganization(t)
	refuses(
		t,
		iamOf(c, management).SetOrganizationsFeature(ctx, "RootSessions", true),
		"ServiceAccessNotEnabledException",
		"trusted access",
	)
	trusted := organization()
	trusted.Organization[0].Thing.TrustedServices = []string{"iam.amazonaws.com"}
	require.NoError(t, c.Plant(trusted))
	require.NoError(t, iamOf(c, management).SetOrganizationsFeature(ctx, "RootSessions", true))
	refuses(
		t,
		iamOf(c, home).SetOrganizationsFeature(ctx, "RootSessions", true),
		"CallerIsNotManagementAccountException",
		"management account",
	)
	refuses(t, iamOf(c, management).SetOrganizationsFeature(ctx, "Root", true), "ValidationError", "Root")
	_, features, err := iamOf(c, management).ListOrganizationsFeatures(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"RootSessions"}, features)
}

func ssoOf(c *cloud.Cloud) ssoadmin.Client {
	return c.SSOAdmin(api.Caller{Account: management, Region: "us-east-1"})
}

// An instance has one configuration of attributes, whole, in its own account and Region.
func TestAnInstanceHasOneConfigurationOfAttributes(t *testing.T) {
	ctx := context.Background()
	c, _ := newOrganization(t)
	sso := ssoOf(c)
	runAs := []ssoadmin.AccessAttribute{{Key: "SSMSessionRunAs", Source: []string{"${path:userName}"}}}
	_, err := sso.DescribeAttributes(ctx, instance)
	refuses(t, err, "ResourceNotFoundException", "does not exist")
	refuses(t, sso.UpdateAttributes(ctx, instance, runAs), "ResourceNotFoundException", "does not exist")
	require.NoError(t, sso.CreateAttributes(ctx, instance, runAs))
	refuses(t, sso.CreateAttributes(ctx, instance, runAs), "ConflictException", "already has")
	require.NoError(
		t,
		sso.UpdateAttributes(
			ctx,
			instance,
			append(runAs, ssoadmin.AccessAttribute{Key: "Project", Source: []string{"${path:enterprise.costCenter}"}}),
		),
	)
	got, err := sso.DescribeAttributes(ctx, instance)
	require.NoError(t, err)
	assert.Len(t, got, 2)
	many := make([]ssoadmin.AccessAttribute, 51)
	for i := range many {
		many[i] = ssoadmin.AccessAttribute{Key: fmt.Sprint(i), Source: []string{"x"}}
	}
	for _, bad := range [][]ssoadmin.AccessAttribute{
		{{Key: "", Source: []string{"x"}}}, {{Key: "a|b", Source: []string{"x"}}}, {{Key: "a",
			Source: nil}}, {{Key: "a", Source: []string{"x", "y"}}},
		{{Key: "a", Source: []string{""}}}, slices.Concat(runAs, runAs), many,
	} {
		refuses(t, sso.UpdateAttributes(ctx, instance, bad), "ValidationException", "")
	}
	refuses(
		t,
		c.SSOAdmin(api.Caller{Account: home, Region: "us-east-1"}).UpdateAttributes(ctx, instance, runAs),
		"AccessDeniedException",
		"sufficient access",
	)
	refuses(
		t,
		c.SSOAdmin(api.Caller{Account: management, Region: tokyo}).UpdateAttributes(ctx, instance, runAs),
		"ResourceNotFoundException",
		"does not exist",
	)
	require.NoError(t, sso.DeleteAttributes(ctx, instance))
	refuses(t, sso.DeleteAttributes(ctx, instance), "ResourceNotFoundException", "does not exist")
}

// A permission set becomes a role in every account where somebody has it, follows when it is provisioned, and goes
// with the last assignment.
func TestAPermissionSetBecomesARole(t *testing.T) {
	ctx := context.Background()
	c, _ := newOrganization(t)
	sso := ssoOf(c)
	p, err := sso.CreatePermissionSet(ctx, instance, ssoadmin.NewPermissionSet{Name: "Ops"})
	require.NoError(t, err)
	assert.Equal(t, "PT1H", p.SessionDuration)
	_, err = sso.CreatePermissionSet(ctx, instance, ssoadmin.NewPermissionSet{Name: "Ops"})
	refuses(t, err, "ConflictException", "already exists")
	person := ssoadmin.Assignment{PermissionSet: p.ARN, PrincipalID: "u-1", PrincipalType: "USER", Account: home}
	team := ssoadmin.Assignment{PermissionSet: p.ARN, PrincipalID: "g-1", PrincipalType: "GROUP", Account: home}
	require.NoError(t, sso.CreateAccountAssignment(ctx, instance, person))
	require.NoError(t, sso.CreateAccountAssignment(ctx, instance, team))
	roles := func() []iam.Role {
		var out []iam.Role
		for _, r := range c.Snapshot().Accounts[home].Roles {
			out = append(out, r)
		}
		return out
	}
	require.Len(t, roles(), 1)
	r := roles()[0]
	assert.Regexp(t, "^AWSReservedSSO_Ops_[0-9a-f]{16}$", r.Name)
	assert.Equal(t, "/aws-reserved/sso.amazonaws.com/", r.Path)
	assert.Equal(t, "Ops", r.PermissionSet)
	refuses(
		t,
		iamOf(c, home).TagRole(ctx, r.Name, map[string]string{"A": "1"}),
		"UnmodifiableEntity",
		"only modifiable by AWS",
	)
	refuses(t, iamOf(c, home).DeleteRole(ctx, r.Name), "UnmodifiableEntity", r.Name)
	refuses(
		t,
		iamOf(c, home).AttachPolicy(ctx, iam.KindRole, r.Name, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
		"UnmodifiableEntity",
		r.Name,
	)

	require.NoError(t, sso.PutInlinePolicy(ctx, instance, p.ARN, sample))
	require.NoError(t, sso.AttachManagedPolicy(ctx, instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"))
	assert.Empty(t, roles()[0].Inline, "a role follows only when the permission set is provisioned")
	require.NoError(t, sso.ProvisionPermissionSet(ctx, instance, p.ARN))
	assert.Equal(t, map[string]string{"AwsSSOInlinePolicy": sample}, roles()[0].Inline)
	assert.Equal(t, []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, roles()[0].Attached)

	refuses(t, sso.DeletePermissionSet(ctx, instance, p.ARN), "ConflictException", "ApplicationProfile")
	require.NoError(t, sso.DeleteAccountAssignment(ctx, instance, person))
	require.Len(t, roles(), 1)
	require.NoError(t, sso.DeleteAccountAssignment(ctx, instance, team))
	assert.Empty(t, roles())
	require.NoError(t, sso.DeletePermissionSet(ctx, instance, p.ARN))
}

// Permission sets, their policies and assignments are refused as Identity Center refuses them.
func TestIdentityCenterRefusesWhatItCannotKeep(t *testing.T) {
	ctx := context.Background()
	c, _ := newOrganization(t)
	sso := ssoOf(c)
	for _, in := range []ssoadmin.NewPermissionSet{
		{Name: ""}, {Name: strings.Repeat("p", 33)}, {Name: "a b"}, {Name: "p", SessionDuration: "1h"}, {Name: "p",
			SessionDuration: "PT13H"},
		{Name: "p", Description: strings.Repeat("d", 701)}, {Name: "p", Tags: map[string]string{"a|b": "c"}},
	} {
		_, err := sso.CreatePermissionSet(ctx, instance, in)
		refuses(t, err, "ValidationException", "")
	}
	for _, duration := range []string{"PT1H", "PT12H", "PT90M", "PT1H30M", "PT720M"} {
		_, err := sso.CreatePermissionSet(
			ctx,
			instance,
			ssoadmin.NewPermissionSet{Name: "p" + duration, SessionDuration: duration},
		)
		assert.NoError(t, err)
	}
	p, err := sso.CreatePermissionSet(ctx, instance, ssoadmin.NewPermissionSet{Name: "p"})
	require.NoError(t, err)
	refuses(
		t,
		sso.PutInlinePolicy(ctx, instance, p.ARN, `{"Statement":[]}`),
		"ValidationException",
		"MalformedPolicyDocument",
	)
	refuses(
		t,
		sso.PutInlinePolicy(ctx, instance, p.ARN, sample+strings.Repeat(" ", 10241)),
		"ServiceQuotaExceededException",
		"10240",
	)
	refuses(
		t,
		sso.AttachManagedPolicy(ctx, instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnly"),
		"ResourceNotFoundException",
		"not found",
	)
	require.NoError(t, sso.AttachManagedPolicy(ctx, instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"))
	refuses(
		t,
		sso.AttachManagedPolicy(ctx, instance, p.ARN, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
		"ConflictException",
		"already has",
	)
	refuses(
		t,
		sso.DetachManagedPolicy(ctx, instance, p.ARN, "arn:aws:iam::aws:policy/SecurityAudit"),
		"ResourceNotFoundException",
		"not attached",
	)
	for want, a := range map[string]ssoadmin.Assignment{
		"USER with id u-9 not found": {PermissionSet: p.ARN, PrincipalID: "u-9", PrincipalType: "USER",
			Account: home},
		"GROUP with id u-1 not found": {PermissionSet: p.ARN, PrincipalID: "u-1", PrincipalType: "GROUP",
			Account: home},
		"not found in the organizatio": {PermissionSet: p.ARN, PrincipalID: "u-1", PrincipalType: "USER",
			Account: "999999999999"},
		"PermissionSet with id ps-0": {PermissionSet: "arn:aws:sso:::permissionSet/x/ps-0", PrincipalID: "u-1",
			PrincipalType: "USER", Account: home},
	} {
		refuses(t, sso.CreateAccountAssignment(ctx, instance, a), "ResourceNotFoundException", want)
	}
}

// A policy of the world file is attached where the file says, follows its content, and goes with its attachments.
func TestAPolicyOfTheFileFollowsTheFile(t *testing.T) {
	c, o := newOrganization(t)
	plants := organization()
	plants.OrganizationPolicies = []plant.Planted[organizations.ExistingPolicy]{
		{Path: "organization.policies[0]", Thing: organizations.ExistingPolicy{
			NewPolicy: organizations.NewPolicy{
				Name:    "stay",
				Type:    organizations.ServiceControlPolicy,
				Content: denyAll,
				Tags:    map[string]string{"A": "1", "B": "1"},
			},
			Targets: []string{root},
		}},
	}
	require.NoError(t, c.Plant(plants))
	attached := c.Snapshot().Organization.Attached[root]
	require.Len(t, attached, 2)
	require.NoError(t, o.UntagResource(context.Background(), attached[1], []string{"A"}))
	plants.OrganizationPolicies[0].Thing.Content = strings.Replace(denyAll, "DenyAll", "DenyMore", 1)
	require.NoError(t, c.Plant(plants))
	assert.Contains(t, c.Snapshot().Organization.Policies[attached[1]].Content, "DenyMore")
	plants.OrganizationPolicies[0].Thing.Content = "{"
	assert.ErrorContains(t, c.Plant(plants), "organization.policies[0]: MalformedPolicyDocumentException")
	plants.OrganizationPolicies = nil
	require.NoError(t, c.Plant(plants))
	assert.Equal(t, []string{"p-FullAWSAccess"}, c.Snapshot().Organization.Attached[root])
	assert.NotContains(t, c.Snapshot().Organization.Policies, attached[1])
}
