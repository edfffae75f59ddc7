package provider_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
)

const (
	documentType = "aws:ssm/document:Document"
	shell        = "SSM-SessionManagerRunShell"
	preferences  = `{"schemaVersion":"1.0","description":"preferences","sessionType":"Standard_Stream","inputs":{"s3EncryptionEnabled":true,` +
		`"cloudWatchEncryptionEnabled":true,"cloudWatchStreamingEnabled":false,"runAsEnabled":true,"runAsDefaultUser":"","idleSessionTimeout":"15",` +
		`"maxSessionDuration":"60"}}`
)

func (w *world) ssm(region string) ssm.Client {
	return w.cloud.SSM(api.Caller{Account: home, Region: region})
}

// Preferences are made once per Region, updated in place as a new version in force, and replaced only for their name.
func TestPreferencesAreUpdatedInPlace(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, nil)
	e := w.engine()
	in := props{"name": shell, "documentType": "Session", "content": preferences, "tags": props{"By": "guardrails"}}
	m := e.mustCreate(documentType, "shell", in)
	assert.Equal(t, shell, m.id)
	assert.Equal(t, "arn:aws:ssm:ap-northeast-1:111122223333:document/"+shell, m.out("arn"))
	assert.Equal(t, "1.0", m.out("schemaVersion"))
	assert.Equal(t, "preferences", m.out("description"))
	assert.Equal(t, home, m.out("owner"))
	changed := with(in, "content", strings.Replace(preferences, `"60"`, `"30"`, 1))
	d := e.diff(m, changed)
	assert.Empty(t, d.Replaces)
	assert.Equal(t, []string{"content"}, d.Diffs)
	require.NoError(t, e.update(m, changed))
	assert.Equal(t, "2", m.out("defaultVersion"))
	assert.Equal(t, "2", m.out("latestVersion"))
	got, err := w.ssm(tokyo).DescribeDocument(ctx, shell)
	require.NoError(t, err)
	assert.Equal(t, changed["content"], got.Content())
	assert.Equal(t, []string{"name"}, e.diff(m, with(changed, "name", "other-shell")).Replaces)
	retagged := with(changed, "tags", props{"By": "us", "More": "1"})
	require.NoError(t, e.update(m, retagged))
	got, err = w.ssm(tokyo).DescribeDocument(ctx, shell)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"By": "us", "More": "1"}, got.Tags)
	assert.Len(t, got.Versions, 2, "tags make no version")
	require.NoError(t, e.remove(m))
	assert.NoError(t, e.remove(m))
}

// Preferences that somebody saved in the console stop a create and can be imported.
func TestPreferencesThatExistStopACreateAndCanBeImported(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, nil)
	_, err := w.ssm(tokyo).
		CreateDocument(ctx, ssm.NewDocument{Name: shell, Type: "Session",
			Content: strings.Replace(preferences, `"60"`, `"90"`, 1)})
	require.NoError(t, err)
	e := w.engine()
	in := props{"name": shell, "documentType": "Session", "content": preferences}
	_, err = e.create(documentType, "shell", in)
	assert.ErrorContains(
		t,
		err,
		"creating SSM Document ("+shell+"): operation error SSM: CreateDocument, https response error StatusCode: 400",
	)
	assert.ErrorContains(t, err, "DocumentAlreadyExists")
	m, err := e.importing(documentType, "shell", shell)
	require.NoError(t, err)
	assert.Equal(t, []string{"content"}, e.diff(m, in).Diffs)
	require.NoError(t, e.update(m, in))
	got, err := w.ssm(tokyo).DescribeDocument(ctx, shell)
	require.NoError(t, err)
	assert.Equal(t, preferences, got.Content())
}

// Changes and deletions by others show at the next refresh.
func TestForeignChangesOfADocumentShow(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, nil)
	e := w.engine()
	in := props{"name": shell, "documentType": "Session", "content": preferences}
	m := e.mustCreate(documentType, "shell", in)
	_, err := w.ssm(tokyo).
		UpdateDocument(ctx, shell,
			ssm.NewDocument{Content: strings.Replace(preferences, `"runAsEnabled":true`, `"runAsEnabled":false`, 1)})
	require.NoError(t, err)
	_, err = e.refresh(m)
	require.NoError(t, err)
	assert.Equal(t, []string{"content"}, e.diff(m, in).Diffs)
	require.NoError(t, w.ssm(tokyo).DeleteDocument(ctx, shell))
	there, err := e.refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// A document is shared with the accounts that the program names, and taken back before it is deleted.
func TestADocumentIsSharedAndTakenBack(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, nil)
	e := w.engine()
	in := props{
		"name":         "run",
		"documentType": "Command",
		"content":      `{"schemaVersion":"2.2","parameters":{"n":{"type":"String","default":"1"}}}`,
		"permissions":  props{"type": "Share", "account_ids": other},
	}
	m := e.mustCreate(documentType, "run", in)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.diff(m, in).Changes)
	assert.Equal(t, []any{props{"name": "n", "type": "String", "defaultValue": "1"}}, m.out("parameters"))
	require.NoError(t, e.update(m, with(in, "permissions", props{"type": "Share", "account_ids": "999999999999"})))
	got, err := w.ssm(tokyo).DescribeDocument(ctx, "run")
	require.NoError(t, err)
	assert.Equal(t, []string{"999999999999"}, got.Shared)
	_, reasons, err := e.check(documentType, "run", nil, with(in, "permissions", props{"account_ids": other}))
	require.NoError(t, err)
	assert.Len(t, reasons, 1)
	require.NoError(t, e.remove(m))
}
