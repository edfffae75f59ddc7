package provider_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider"
)

const (
	management = "123456789012"
	root       = "r-exam"
	workloads  = "ou-exam-11111111"
	instance   = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	// alice is in the identity store, and the stranger is not.
	alice          = "11111111-2222-3333-4444-555555555501"
	stranger       = "11111111-2222-3333-4444-555555555509"
	scpType        = "aws:organizations/policy:Policy"
	attachmentType = "aws:organizations/policyAttachment:PolicyAttachment"
	attributesType = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
	setType        = "aws:ssoadmin/permissionSet:PermissionSet"
	denyAll        = `{"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":"*","Resource":"*"}]}`
)

// newOrganization is an engine of the management account of an organization.
func newOrganization(t *testing.T) (*world, *engine) {
	t.Helper()
	w := newWorldOf(t, "aws", provider.Credentials{Ambient: management, Profiles: map[string]string{"home": home}}, nil)
	require.NoError(t, w.cloud.Plant(plant.Plants{
		Organization: []plant.Planted[organizations.ExistingOrganization]{{Thing: organizations.ExistingOrganization{
			Organization: organizations.Organization{
				ID:              "o-exampleorgid",
				Root:            root,
				Management:      management,
				PolicyTypes:     []string{organizations.ServiceControlPolicy},
				TrustedServices: []string{"iam.amazonaws.com"},
			},
			Units: []organizations.Unit{
				{ID: workloads, Name: "Workloads", Parent: root},
			},
			Accounts: map[string]string{home: workloads},
		}}},
		IdentityCenter: []plant.Planted[ssoadmin.IdentityCenter]{{Thing: ssoadmin.IdentityCenter{
			ARN:     instance,
			Store:   "d-1234567890",
			Account: management,
			Region:  "us-east-1",
			Users:   map[string]string{alice: "alice"},
			Groups:  map[string]string{"g-1": "ops"},
		}}},
	}))
	return w, w.configured(props{"region": "us-east-1"})
}

// A service control policy is updated in place while it is attached, and replaced for its type alone.
func TestAServiceControlPolicyIsUpdatedWhileAttached(t *testing.T) {
	w, e := newOrganization(t)
	in := props{"name": "deny", "content": denyAll, "tags": props{"By": "us"}}
	m := e.mustCreate(scpType, "deny", in)
	assert.Regexp(t, "^p-[0-9a-f]{8}$", m.id)
	assert.Equal(
		t,
		"arn:aws:organizations::123456789012:policy/o-exampleorgid/service_control_policy/"+m.id,
		m.out("arn"),
	)
	a := e.mustCreate(attachmentType, "a", props{"policyId": m.id, "targetId": workloads})
	assert.Equal(t, workloads+":"+m.id, a.id)
	changed := props{
		"name":        "deny-all",
		"description": "d",
		"content":     strings.Replace(denyAll, "DenyAll", "DenyEverything", 1),
		"tags":        props{"By": "them"},
	}
	assert.Empty(t, e.diff(m, changed).Replaces)
	require.NoError(t, e.update(m, changed))
	p := w.cloud.Snapshot().Organization.Policies[m.id]
	assert.Equal(t, changed["content"], p.Content)
	assert.Equal(t, "deny-all", p.Name)
	assert.Equal(t, map[string]string{"By": "them"}, p.Tags)
	assert.Equal(t, []string{"type"}, e.diff(m, with(changed, "type", "TAG_POLICY")).Replaces)
	spaced := with(changed, "content", strings.Replace(changed["content"].(string), ",", ", ", 1))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.diff(m, spaced).Changes, "white space is no change")
	assert.ErrorContains(
		t,
		e.remove(m),
		"deleting Organizations Policy ("+m.id+"): operation error Organizations: DeletePolicy",
	)
	assert.Equal(t, []string{"targetId"}, e.diff(a, props{"policyId": m.id, "targetId": root}).Replaces)

	imported, err := e.importing(attachmentType, "a", a.id)
	require.NoError(t, err)
	assert.Equal(t, m.id, imported.out("policyId"))
	imported, err = e.importing(scpType, "deny", m.id)
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.diff(imported, changed).Changes)
	require.NoError(t, e.remove(a))
	there, err := e.refresh(a)
	require.NoError(t, err)
	assert.False(t, there)
	require.NoError(t, e.remove(m))
	there, err = e.refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// What says skipDestroy stays when it is destroyed.
func TestSkipDestroyKeepsPoliciesAndAttachments(t *testing.T) {
	w, e := newOrganization(t)
	m := e.mustCreate(scpType, "deny", props{"name": "deny", "content": denyAll, "skipDestroy": true})
	a := e.mustCreate(attachmentType, "a", props{"policyId": m.id, "targetId": root, "skipDestroy": true})
	require.NoError(t, e.remove(a))
	require.NoError(t, e.remove(m))
	assert.Contains(t, w.cloud.Snapshot().Organization.Attached[root], m.id)
}

// The last policy of a target cannot be detached, and a member account manages none.
func TestOrganizationsRefusalsReachTheProgram(t *testing.T) {
	w, e := newOrganization(t)
	full, err := e.importing(attachmentType, "full", root+":p-FullAWSAccess")
	require.NoError(t, err)
	assert.ErrorContains(t, e.remove(full), "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
	_, err = e.create(attachmentType, "a", props{"policyId": "p-FullAWSAccess", "targetId": "999999999999"})
	assert.ErrorContains(t, err, "creating Organizations Policy Attachment (999999999999:p-FullAWSAccess)")
	assert.ErrorContains(t, err, "TargetNotFoundException")
	_, err = w.configured(props{"region": "us-east-1", "profile": "home"}).
		create(scpType, "deny", props{"name": "deny", "content": denyAll})
	assert.ErrorContains(t, err, "AccessDeniedException")
}

// The organization and the instance of Identity Center can be looked up, with the people and groups in it.
func TestTheOrganizationCanBeLookedUp(t *testing.T) {
	w, e := newOrganization(t)
	org, err := e.invoke("aws:organizations/getOrganization:getOrganization", nil)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", org["id"])
	assert.Equal(t, management, org["masterAccountId"])
	assert.Equal(t, []any{organizations.ServiceControlPolicy}, org["enabledPolicyTypes"])
	assert.Len(t, org["accounts"], 2)
	assert.Equal(t, root, org["roots"].([]any)[0].(props)["id"])
	member, err := w.configured(props{"region": "us-east-1", "profile": "home"}).
		invoke("aws:organizations/getOrganization:getOrganization", nil)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", member["id"])
	assert.Empty(t, member["enabledPolicyTypes"], "members are not told")

	instances, err := e.invoke("aws:ssoadmin/getInstances:getInstances", nil)
	require.NoError(t, err)
	assert.Equal(t, []any{instance}, instances["arns"])
	person, err := e.invoke("aws:identitystore/getUser:getUser", props{
		"identityStoreId":     "d-1234567890",
		"alternateIdentifier": props{"uniqueAttribute": props{"attributePath": "UserName", "attributeValue": "alice"}},
	})
	require.NoError(t, err)
	assert.Equal(t, alice, person["userId"])
	_, err = e.invoke("aws:identitystore/getGroup:getGroup", props{"identityStoreId": "d-1234567890", "groupId": "g-9"})
	assert.ErrorContains(t, err, "couldn't find resource")
}

// Central root access is switched feature by feature.
func TestCentralRootAccessIsSwitched(t *testing.T) {
	w, e := newOrganization(t)
	const token = "aws:iam/organizationsFeatures:OrganizationsFeatures"
	m := e.mustCreate(token, "f", props{"enabledFeatures": []any{"RootSessions"}})
	assert.Equal(t, "o-exampleorgid", m.id)
	require.NoError(t, e.update(m, props{"enabledFeatures": []any{"RootCredentialsManagement"}}))
	assert.Equal(t, []string{"RootCredentialsManagement"}, w.cloud.Snapshot().Organization.RootFeatures)
	require.NoError(t, e.remove(m))
	there, err := e.refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// Attributes for access control exist once, are one list, and are gone for everybody when the resource is destroyed.
func TestAttributesForAccessControlExistOnce(t *testing.T) {
	w, e := newOrganization(t)
	attribute := func(key, source string) props {
		return props{"key": key, "values": []any{props{"sources": []any{source}}}}
	}
	in := props{
		"instanceArn": instance,
		"attributes":  []any{attribute("SSMSessionRunAs", "${path:userName}"), attribute("Project", "${path:title}")},
	}
	m := e.mustCreate(attributesType, "a", in)
	assert.Equal(t, instance, m.id)
	turned := props{
		"instanceArn": instance,
		"attributes":  []any{attribute("Project", "${path:title}"), attribute("SSMSessionRunAs", "${path:userName}")},
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.diff(m, turned).Changes, "the order of a set is no change")
	_, err := e.create(attributesType, "b", in)
	assert.ErrorContains(t, err, "ConflictException")
	require.NoError(
		t,
		w.cloud.SSOAdmin(api.Caller{Account: management, Region: "us-east-1"}).
			UpdateAttributes(context.Background(), instance,
				[]ssoadmin.AccessAttribute{{Key: "SSMSessionRunAs", Source: []string{"${path:title}"}}}),
	)
	_, err = e.refresh(m)
	require.NoError(t, err)
	assert.Equal(t, []string{"attributes"}, e.diff(m, in).Diffs)
	require.NoError(t, e.update(m, in))
	assert.Len(t, w.cloud.Snapshot().IdentityCenter.Attributes, 2)
	imported, err := e.importing(attributesType, "a", instance)
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.diff(imported, in).Changes)
	require.NoError(t, e.remove(m))
	assert.False(t, w.cloud.Snapshot().IdentityCenter.Enabled)
	_, reasons, err := e.check(
		attributesType,
		"a",
		nil,
		props{"instanceArn": instance, "attributes": []any{props{"key": "A", "value": "x"}}},
	)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`attributes: an argument named "value" is not expected in "attributes[0]"; did you mean "values"?`,
		`attributes: missing required property "attributes[0].values"`,
	}, reasons)
}

// A permission set with its policies and an assignment becomes a role, follows updates, and goes again.
func TestAPermissionSetIsAssigned(t *testing.T) {
	w, e := newOrganization(t)
	set := e.mustCreate(setType, "ops", props{"name": "Ops", "instanceArn": instance, "tags": props{"By": "us"}})
	arn := set.out("arn").(string)
	assert.Equal(t, arn+","+instance, set.id)
	inline := e.mustCreate(
		"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
		"i",
		props{"instanceArn": instance, "permissionSetArn": arn, "inlinePolicy": read},
	)
	managed := e.mustCreate("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "m", props{
		"instanceArn": instance, "permissionSetArn": arn, "managedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
	})
	assert.Equal(t, "ReadOnlyAccess", managed.out("managedPolicyName"))
	const assignmentType = "aws:ssoadmin/accountAssignment:AccountAssignment"
	in := props{
		"instanceArn":      instance,
		"permissionSetArn": arn,
		"principalId":      alice,
		"principalType":    "USER",
		"targetId":         home,
		"targetType":       "AWS_ACCOUNT",
	}
	a := e.mustCreate(assignmentType, "a", in)
	_, err := e.create(assignmentType, "b", in)
	assert.ErrorContains(t, err, "creating SSO Account Assignment for USER ("+alice+"): already exists")
	role := func() iam.Role {
		for _, r := range w.cloud.Snapshot().Accounts[home].Roles {
			return r
		}
		return iam.Role{}
	}
	assert.Contains(t, role().Inline, "AwsSSOInlinePolicy")
	changed := strings.Replace(read, "GetObject", "PutObject", 1)
	require.NoError(
		t,
		e.update(inline, props{"instanceArn": instance, "permissionSetArn": arn, "inlinePolicy": changed}),
	)
	assert.JSONEq(t, changed, role().Inline["AwsSSOInlinePolicy"], "roles follow")
	require.NoError(
		t,
		e.update(
			set,
			props{
				"name":            "Ops",
				"instanceArn":     instance,
				"description":     "d",
				"sessionDuration": "PT4H",
				"tags":            props{"By": "them"},
			},
		),
	)
	assert.Equal(t, "d", role().Description)
	require.NoError(
		t,
		e.update(
			set,
			props{
				"name":            "Ops",
				"instanceArn":     instance,
				"description":     "d",
				"sessionDuration": "PT4H",
				"tags":            props{"By": "all"},
			},
		),
	)
	assert.Equal(t, []string{"name"}, e.diff(set, props{"name": "Ops2", "instanceArn": instance}).Replaces)
	for _, m := range []*made{set, inline, managed, a} {
		imported, err := e.importing(m.token, m.name, m.id)
		require.NoError(t, err)
		require.NotNil(t, imported, m.token)
	}
	for _, m := range []*made{managed, inline} {
		require.NoError(t, e.remove(m))
		there, err := e.refresh(m)
		require.NoError(t, err)
		assert.False(t, there, m.token)
	}
	assert.Empty(t, role().Inline)
	assert.ErrorContains(t, e.remove(set), "ConflictException")
	require.NoError(t, e.remove(a))
	assert.Empty(t, role().Name)
	require.NoError(t, e.remove(set))
	assert.NoError(t, e.remove(set))
}

// What AWS refuses about permission sets: a second name, somebody whom the identity store does not have, an account
// outside of the organization, and an instance that is not there.
func TestRefusalsOfIdentityCenterReachTheProgram(t *testing.T) {
	_, e := newOrganization(t)
	set := e.mustCreate(setType, "ops", props{"name": "Ops", "instanceArn": instance})
	_, err := e.create(setType, "again", props{"name": "Ops", "instanceArn": instance})
	assert.ErrorContains(t, err, "ConflictException: PermissionSet with name Ops already exists.")
	_, err = e.create(
		setType,
		"elsewhere",
		props{"name": "Other", "instanceArn": "arn:aws:sso:::instance/ssoins-fedcba0987654321"},
	)
	assert.ErrorContains(t, err, "ResourceNotFoundException")
	in := props{
		"instanceArn":      instance,
		"permissionSetArn": set.out("arn"),
		"principalId":      alice,
		"principalType":    "USER",
		"targetId":         home,
		"targetType":       "AWS_ACCOUNT",
	}
	for says, wrong := range map[string]props{
		"USER with id " + stranger + " not found":             with(in, "principalId", stranger),
		"GROUP with id " + alice + " not found":               with(in, "principalType", "GROUP"),
		"Account 999999999999 not found in the organization.": with(in, "targetId", "999999999999"),
		"PermissionSet with id ps-0000000000000000 not found": with(in, "permissionSetArn",
			"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-0000000000000000"),
	} {
		_, err := e.create("aws:ssoadmin/accountAssignment:AccountAssignment", "a", wrong)
		assert.ErrorContains(t, err, says)
	}
	e.mustCreate("aws:ssoadmin/accountAssignment:AccountAssignment", "a", in)
}
