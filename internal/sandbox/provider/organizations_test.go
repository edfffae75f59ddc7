package provider_test

import (
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// A service control policy is updated in place while it is attached, and replaced for its type alone.
func TestAServiceControlPolicyIsUpdatedWhileAttached(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	in := props{"name": "deny", "content": providertest.DenyAll, "tags": props{"By": "us"}}
	m := e.MustCreate(providertest.ServiceControlPolicyType, "deny", in)
	assert.Regexp(t, "^p-[0-9a-f]{8}$", m.ID)
	assert.Equal(
		t,
		"arn:aws:organizations::123456789012:policy/o-exampleorgid/service_control_policy/"+m.ID,
		m.Out("arn"),
	)
	a := e.MustCreate(providertest.AttachmentType, "a", props{"policyId": m.ID, "targetId": providertest.Workloads})
	assert.Equal(t, providertest.Workloads+":"+m.ID, a.ID)
	changed := props{
		"name":        "deny-all",
		"description": "d",
		"content":     strings.Replace(providertest.DenyAll, "DenyAll", "DenyEverything", 1),
		"tags":        props{"By": "them"},
	}
	assert.Empty(t, e.Diff(m, changed).Replaces)
	require.NoError(t, e.Update(m, changed))
	p := w.Cloud.Snapshot().Organization.Policies[m.ID]
	assert.Equal(t, changed["content"], p.Content)
	assert.Equal(t, "deny-all", p.Name)
	assert.Equal(t, map[string]string{"By": "them"}, p.Tags)
	assert.Equal(t, []string{"type"}, e.Diff(m, providertest.With(changed, "type", "TAG_POLICY")).Replaces)
	spaced := providertest.With(changed, "content", strings.Replace(changed["content"].(string), ",", ", ", 1))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, spaced).Changes, "white space is no change")
	assert.ErrorContains(
		t,
		e.Remove(m),
		"deleting Organizations Policy ("+m.ID+"): operation error Organizations: DeletePolicy",
	)
	assert.Equal(t, []string{"targetId"}, e.Diff(a, props{"policyId": m.ID, "targetId": providertest.Root}).Replaces)

	imported, err := e.Import(providertest.AttachmentType, "a", a.ID)
	require.NoError(t, err)
	assert.Equal(t, m.ID, imported.Out("policyId"))
	imported, err = e.Import(providertest.ServiceControlPolicyType, "deny", m.ID)
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(imported, changed).Changes)
	require.NoError(t, e.Remove(a))
	there, err := e.Refresh(a)
	require.NoError(t, err)
	assert.False(t, there)
	require.NoError(t, e.Remove(m))
	there, err = e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// What says skipDestroy stays when it is destroyed.
func TestSkipDestroyKeepsPoliciesAndAttachments(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	m := e.MustCreate(
		providertest.ServiceControlPolicyType, "deny", props{"name": "deny", "content": providertest.DenyAll, "skipDestroy": true},
	)
	a := e.MustCreate(
		providertest.AttachmentType, "a", props{"policyId": m.ID, "targetId": providertest.Root, "skipDestroy": true},
	)
	require.NoError(t, e.Remove(a))
	require.NoError(t, e.Remove(m))
	assert.Contains(t, w.Cloud.Snapshot().Organization.Attached[providertest.Root], m.ID)
}

// The last policy of a target cannot be detached, and a member account manages none.
func TestOrganizationsRefusalsReachTheProgram(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	full, err := e.Import(providertest.AttachmentType, "full", providertest.Root+":p-FullAWSAccess")
	require.NoError(t, err)
	assert.ErrorContains(t, e.Remove(full), "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
	_, err = e.Create(
		providertest.AttachmentType, "a", props{"policyId": "p-FullAWSAccess", "targetId": "999999999999"},
	)
	assert.ErrorContains(t, err, "creating Organizations Policy Attachment (999999999999:p-FullAWSAccess)")
	assert.ErrorContains(t, err, "TargetNotFoundException")
	_, err = w.Configured(props{"region": "us-east-1", "profile": "home"}).
		Create(providertest.ServiceControlPolicyType, "deny", props{"name": "deny", "content": providertest.DenyAll})
	assert.ErrorContains(t, err, "AccessDeniedException")
}

// The organization and the instance of Identity Center can be looked up, with the people and groups in it.
func TestTheOrganizationCanBeLookedUp(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	org, err := e.Invoke("aws:organizations/getOrganization:getOrganization", nil)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", org["id"])
	assert.Equal(t, providertest.Management, org["masterAccountId"])
	assert.Equal(t, []any{organizations.ServiceControlPolicy}, org["enabledPolicyTypes"])
	assert.Len(t, org["accounts"], 2)
	assert.Equal(t, providertest.Root, org["roots"].([]any)[0].(props)["id"])
	member, err := w.Configured(props{"region": "us-east-1", "profile": "home"}).
		Invoke("aws:organizations/getOrganization:getOrganization", nil)
	require.NoError(t, err)
	assert.Equal(t, "o-exampleorgid", member["id"])
	assert.Empty(t, member["enabledPolicyTypes"], "members are not told")

	instances, err := e.Invoke("aws:ssoadmin/getInstances:getInstances", nil)
	require.NoError(t, err)
	assert.Equal(t, []any{providertest.Instance}, instances["arns"])
	person, err := e.Invoke("aws:identitystore/getUser:getUser", props{
		"identityStoreId":     "d-1234567890",
		"alternateIdentifier": props{"uniqueAttribute": props{"attributePath": "UserName", "attributeValue": "alice"}},
	})
	require.NoError(t, err)
	assert.Equal(t, providertest.Alice, person["userId"])
	_, err = e.Invoke("aws:identitystore/getGroup:getGroup", props{"identityStoreId": "d-1234567890", "groupId": "g-9"})
	assert.ErrorContains(t, err, "couldn't find resource")
}
