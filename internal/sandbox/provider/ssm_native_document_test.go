package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// A document of aws-native takes its content as a value, and changes it in place only where a new version is asked for.
func TestANativeDocumentChangesAsANewVersion(t *testing.T) {
	w, e := providertest.NewNative(t)
	var content props
	require.NoError(t, json.Unmarshal([]byte(providertest.Preferences), &content))
	in := props{
		"name":         providertest.PreferencesDocument,
		"documentType": "Session",
		"content":      content,
		"tags":         []any{props{"key": "By", "value": "us"}},
	}
	m := e.MustCreate(providertest.NativeType, "shell", in)
	assert.Equal(t, providertest.PreferencesDocument, m.ID)
	got := w.Cloud.Snapshot().Accounts[providertest.Home].Documents[providertest.Tokyo+"/"+providertest.PreferencesDocument]
	assert.JSONEq(t, providertest.Preferences, got.Content())
	assert.Equal(t, map[string]string{"By": "us"}, got.Tags)
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_NONE,
		e.Diff(m, providertest.With(in, "content", providertest.Preferences)).Changes,
		"a text that says the same is no change",
	)

	changed := providertest.With(in, "content", strings.Replace(providertest.Preferences, `"60"`, `"30"`, 1))
	assert.Empty(t, e.Diff(m, changed).Replaces)
	assert.ErrorContains(t, e.Update(m, changed), `operation UPDATE failed with "NotUpdatable"`)
	changed = providertest.With(changed, "updateMethod", "NewVersion")
	require.NoError(t, e.Update(m, changed))
	got = w.Cloud.Snapshot().Accounts[providertest.Home].Documents[providertest.Tokyo+"/"+providertest.PreferencesDocument]
	assert.Contains(t, got.Content(), `"30"`)
	require.NoError(t, e.Update(m, providertest.With(changed, "tags", []any{props{"key": "More", "value": "1"}})))
	assert.Equal(t, map[string]string{"More": "1"}, w.Cloud.Snapshot().Accounts[providertest.Home].Documents[providertest.Tokyo+"/"+providertest.PreferencesDocument].Tags)
	assert.Equal(t, []string{"name"}, e.Diff(m, providertest.With(changed, "name", "other")).Replaces)
	assert.Equal(t, []string{"documentType"}, e.Diff(m, providertest.With(changed, "documentType", "Command")).Replaces)

	_, err := e.Create(providertest.NativeType, "again", in)
	assert.ErrorContains(t, err, `operation CREATE failed with "AlreadyExists"`)
	imported, err := e.Import(providertest.NativeType, "shell", providertest.PreferencesDocument)
	require.NoError(t, err)
	assert.Equal(t, "Session", imported.Out("documentType"))
	require.NoError(t, e.Remove(m))
	assert.NoError(t, e.Remove(m))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// Approval policies of just-in-time node access are documents of types of their own.
func TestApprovalPoliciesAreDocuments(t *testing.T) {
	_, e := providertest.NewNative(t)
	m := e.MustCreate(providertest.NativeType, "approval", props{
		"name": "approve-project-a", "documentType": "ManualApprovalPolicy", "content": props{
			"schemaVersion":   "0.3",
			"accessTokenRole": "SSM-JustInTimeAccessTokenRole",
			"accessDuration":  3600.0,
			"mainSteps": []any{
				props{
					"action": "aws:approve",
					"inputs": props{
						"EnhancedApprovals": props{"Approvers": []any{props{"approver": "a", "type": "SSOGroup"}}},
					},
				},
			},
		},
	})
	assert.Equal(t, "ManualApprovalPolicy", m.Out("documentType"))
	_, err := e.Create(
		providertest.NativeType,
		"cedar",
		props{
			"name":         "SSM-JustInTimeAccessAutoApprovalPolicy",
			"documentType": "AutoApprovalPolicy",
			"content":      props{"schemaVersion": "1.0"},
		},
	)
	assert.ErrorContains(t, err, "InvalidDocumentContent")
	assert.ErrorContains(t, err, `operation CREATE failed with "InvalidRequest"`)
	_, reasons, err := e.Check(
		providertest.NativeType,
		"bad",
		nil,
		props{"name": "bad", "documentType": "AutoApproval", "content": props{"schemaVersion": "1.0"}},
	)
	require.NoError(t, err)
	assert.Len(t, reasons, 1)
	_, reasons, err = e.Check(
		providertest.NativeType, "x", nil, props{"name": "xyz", "content": "{", "updateMethod": "Both"},
	)
	require.NoError(t, err)
	assert.Len(t, reasons, 2)
}
