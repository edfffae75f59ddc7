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
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// Attributes for access control exist once, are one list, and are gone for everybody when the resource is destroyed.
func TestAttributesForAccessControlExistOnce(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	attribute := func(key, source string) props {
		return props{"key": key, "values": []any{props{"sources": []any{source}}}}
	}
	in := props{
		"instanceArn": providertest.Instance,
		"attributes":  []any{attribute("SSMSessionRunAs", "${path:userName}"), attribute("Project", "${path:title}")},
	}
	m := e.MustCreate(providertest.AttributesType, "a", in)
	assert.Equal(t, providertest.Instance, m.ID)
	turned := props{
		"instanceArn": providertest.Instance,
		"attributes":  []any{attribute("Project", "${path:title}"), attribute("SSMSessionRunAs", "${path:userName}")},
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, turned).Changes, "the order of a set is no change")
	_, err := e.Create(providertest.AttributesType, "b", in)
	assert.ErrorContains(t, err, "ConflictException")
	require.NoError(
		t,
		w.Cloud.SSOAdmin(api.Caller{Account: providertest.Management, Region: "us-east-1"}).
			UpdateAttributes(context.Background(), providertest.Instance,
				[]ssoadmin.AccessAttribute{{Key: "SSMSessionRunAs", Source: []string{"${path:title}"}}}),
	)
	_, err = e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(t, []string{"attributes"}, e.Diff(m, in).Diffs)
	require.NoError(t, e.Update(m, in))
	assert.Len(t, w.Cloud.Snapshot().IdentityCenter.Attributes, 2)
	imported, err := e.Import(providertest.AttributesType, "a", providertest.Instance)
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(imported, in).Changes)
	require.NoError(t, e.Remove(m))
	assert.False(t, w.Cloud.Snapshot().IdentityCenter.Enabled)
	_, reasons, err := e.Check(
		providertest.AttributesType,
		"a",
		nil,
		props{"instanceArn": providertest.Instance, "attributes": []any{props{"key": "A", "value": "x"}}},
	)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`attributes: an argument named "value" is not expected in "attributes[0]"; did you mean "values"?`,
		`attributes: missing required property "attributes[0].values"`,
	}, reasons)
}

// A permission set with its policies and an assignment becomes a role, follows updates, and goes again.
func TestAPermissionSetIsAssigned(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	set := e.MustCreate(
		providertest.PermissionSetType, "ops", props{"name": "Ops", "instanceArn": providertest.Instance, "tags": props{"By": "us"}},
	)
	arn := set.Out("arn").(string)
	assert.Equal(t, arn+","+providertest.Instance, set.ID)
	inline := e.MustCreate(
		"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
		"i",
		props{"instanceArn": providertest.Instance, "permissionSetArn": arn, "inlinePolicy": providertest.ReadPolicy},
	)
	managed := e.MustCreate("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "m", props{
		"instanceArn": providertest.Instance, "permissionSetArn": arn, "managedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
	})
	assert.Equal(t, "ReadOnlyAccess", managed.Out("managedPolicyName"))
	const assignmentType = "aws:ssoadmin/accountAssignment:AccountAssignment"
	in := props{
		"instanceArn":      providertest.Instance,
		"permissionSetArn": arn,
		"principalId":      providertest.Alice,
		"principalType":    "USER",
		"targetId":         providertest.Home,
		"targetType":       "AWS_ACCOUNT",
	}
	a := e.MustCreate(assignmentType, "a", in)
	_, err := e.Create(assignmentType, "b", in)
	assert.ErrorContains(t, err, "creating SSO Account Assignment for USER ("+providertest.Alice+"): already exists")
	role := func() iam.Role {
		for _, r := range w.Cloud.Snapshot().Accounts[providertest.Home].Roles {
			return r
		}
		return iam.Role{}
	}
	assert.Contains(t, role().Inline, "AwsSSOInlinePolicy")
	changed := strings.Replace(providertest.ReadPolicy, "GetObject", "PutObject", 1)
	require.NoError(
		t,
		e.Update(inline, props{"instanceArn": providertest.Instance, "permissionSetArn": arn, "inlinePolicy": changed}),
	)
	assert.JSONEq(t, changed, role().Inline["AwsSSOInlinePolicy"], "roles follow")
	require.NoError(
		t,
		e.Update(
			set,
			props{
				"name":            "Ops",
				"instanceArn":     providertest.Instance,
				"description":     "d",
				"sessionDuration": "PT4H",
				"tags":            props{"By": "them"},
			},
		),
	)
	assert.Equal(t, "d", role().Description)
	require.NoError(
		t,
		e.Update(
			set,
			props{
				"name":            "Ops",
				"instanceArn":     providertest.Instance,
				"description":     "d",
				"sessionDuration": "PT4H",
				"tags":            props{"By": "all"},
			},
		),
	)
	assert.Equal(t, []string{"name"}, e.Diff(set, props{"name": "Ops2", "instanceArn": providertest.Instance}).Replaces)
	for _, m := range []*providertest.Resource{set, inline, managed, a} {
		imported, err := e.Import(m.Token, m.Name, m.ID)
		require.NoError(t, err)
		require.NotNil(t, imported, m.Token)
	}
	for _, m := range []*providertest.Resource{managed, inline} {
		require.NoError(t, e.Remove(m))
		there, err := e.Refresh(m)
		require.NoError(t, err)
		assert.False(t, there, m.Token)
	}
	assert.Empty(t, role().Inline)
	assert.ErrorContains(t, e.Remove(set), "ConflictException")
	require.NoError(t, e.Remove(a))
	assert.Empty(t, role().Name)
	require.NoError(t, e.Remove(set))
	assert.NoError(t, e.Remove(set))
}

// What AWS refuses about permission sets: a second name, somebody whom the identity store does not have, an account
// outside of the organization, and an instance that is not there.
func TestRefusalsOfIdentityCenterReachTheProgram(t *testing.T) {
	_, e := providertest.NewOrganization(t)
	set := e.MustCreate(
		providertest.PermissionSetType, "ops", props{"name": "Ops", "instanceArn": providertest.Instance},
	)
	_, err := e.Create(
		providertest.PermissionSetType, "again", props{"name": "Ops", "instanceArn": providertest.Instance},
	)
	assert.ErrorContains(t, err, "ConflictException: PermissionSet with name Ops already exists.")
	_, err = e.Create(
		providertest.PermissionSetType,
		"elsewhere",
		props{"name": "Other", "instanceArn": "arn:aws:sso:::instance/ssoins-fedcba0987654321"},
	)
	assert.ErrorContains(t, err, "ResourceNotFoundException")
	in := props{
		"instanceArn":      providertest.Instance,
		"permissionSetArn": set.Out("arn"),
		"principalId":      providertest.Alice,
		"principalType":    "USER",
		"targetId":         providertest.Home,
		"targetType":       "AWS_ACCOUNT",
	}
	for says, wrong := range map[string]props{
		"USER with id " + providertest.Stranger + " not found": providertest.With(
			in, "principalId", providertest.Stranger,
		),
		"GROUP with id " + providertest.Alice + " not found":  providertest.With(in, "principalType", "GROUP"),
		"Account 999999999999 not found in the organization.": providertest.With(in, "targetId", "999999999999"),
		"PermissionSet with id ps-0000000000000000 not found": providertest.With(in, "permissionSetArn",
			"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-0000000000000000"),
	} {
		_, err := e.Create("aws:ssoadmin/accountAssignment:AccountAssignment", "a", wrong)
		assert.ErrorContains(t, err, says)
	}
	e.MustCreate("aws:ssoadmin/accountAssignment:AccountAssignment", "a", in)
}
