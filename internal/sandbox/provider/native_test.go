package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider"
)

const nativeType = "aws-native:ssm:Document"

// newNative is an engine of the provider aws-native in Tokyo.
func newNative(t *testing.T) (*world, *engine) {
	t.Helper()
	w := newWorldOf(t, "aws-native", provider.Credentials{Ambient: home}, nil)
	e := w.dial()
	require.NoError(t, e.configure(props{"region": tokyo}))
	return w, e
}

// A document of aws-native takes its content as a value, and changes it in place only where a new version is asked for.
func TestANativeDocumentChangesAsANewVersion(t *testing.T) {
	w, e := newNative(t)
	var content props
	require.NoError(t, json.Unmarshal([]byte(preferences), &content))
	in := props{
		"name":         shell,
		"documentType": "Session",
		"content":      content,
		"tags":         []any{props{"key": "By", "value": "us"}},
	}
	m := e.mustCreate(nativeType, "shell", in)
	assert.Equal(t, shell, m.id)
	got := w.cloud.Snapshot().Accounts[home].Documents[tokyo+"/"+shell]
	assert.JSONEq(t, preferences, got.Content())
	assert.Equal(t, map[string]string{"By": "us"}, got.Tags)
	assert.Equal(
		t,
		pulumirpc.DiffResponse_DIFF_NONE,
		e.diff(m, with(in, "content", preferences)).Changes,
		"a text that says the same is no change",
	)

	changed := with(in, "content", strings.Replace(preferences, `"60"`, `"30"`, 1))
	assert.Empty(t, e.diff(m, changed).Replaces)
	assert.ErrorContains(t, e.update(m, changed), `operation UPDATE failed with "NotUpdatable"`)
	changed = with(changed, "updateMethod", "NewVersion")
	require.NoError(t, e.update(m, changed))
	got = w.cloud.Snapshot().Accounts[home].Documents[tokyo+"/"+shell]
	assert.Contains(t, got.Content(), `"30"`)
	require.NoError(t, e.update(m, with(changed, "tags", []any{props{"key": "More", "value": "1"}})))
	assert.Equal(t, map[string]string{"More": "1"}, w.cloud.Snapshot().Accounts[home].Documents[tokyo+"/"+shell].Tags)
	assert.Equal(t, []string{"name"}, e.diff(m, with(changed, "name", "other")).Replaces)
	assert.Equal(t, []string{"documentType"}, e.diff(m, with(changed, "documentType", "Command")).Replaces)

	_, err := e.create(nativeType, "again", in)
	assert.ErrorContains(t, err, `operation CREATE failed with "AlreadyExists"`)
	imported, err := e.importing(nativeType, "shell", shell)
	require.NoError(t, err)
	assert.Equal(t, "Session", imported.out("documentType"))
	require.NoError(t, e.remove(m))
	assert.NoError(t, e.remove(m))
	there, err := e.refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// Approval policies of just-in-time node access are documents of types of their own.
func TestApprovalPoliciesAreDocuments(t *testing.T) {
	_, e := newNative(t)
	m := e.mustCreate(nativeType, "approval", props{
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
	assert.Equal(t, "ManualApprovalPolicy", m.out("documentType"))
	_, err := e.create(
		nativeType,
		"cedar",
		props{
			"name":         "SSM-JustInTimeAccessAutoApprovalPolicy",
			"documentType": "AutoApprovalPolicy",
			"content":      props{"schemaVersion": "1.0"},
		},
	)
	assert.ErrorContains(t, err, "InvalidDocumentContent")
	assert.ErrorContains(t, err, `operation CREATE failed with "InvalidRequest"`)
	_, reasons, err := e.check(
		nativeType,
		"bad",
		nil,
		props{"name": "bad", "documentType": "AutoApproval", "content": props{"schemaVersion": "1.0"}},
	)
	require.NoError(t, err)
	assert.Len(t, reasons, 1)
	_, reasons, err = e.check(nativeType, "x", nil, props{"name": "xyz", "content": "{", "updateMethod": "Both"})
	require.NoError(t, err)
	assert.Len(t, reasons, 2)
}
