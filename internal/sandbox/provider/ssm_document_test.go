package provider_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// Preferences are made once per Region, updated in place as a new version in force, and replaced only for their name.
func TestPreferencesAreUpdatedInPlace(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	in := props{"name": providertest.PreferencesDocument, "documentType": "Session", "content": providertest.Preferences, "tags": props{"By": "guardrails"}}
	m := e.MustCreate(providertest.DocumentType, "shell", in)
	assert.Equal(t, providertest.PreferencesDocument, m.ID)
	assert.Equal(t, "arn:aws:ssm:ap-northeast-1:111122223333:document/"+providertest.PreferencesDocument, m.Out("arn"))
	assert.Equal(t, "1.0", m.Out("schemaVersion"))
	assert.Equal(t, "preferences", m.Out("description"))
	assert.Equal(t, providertest.Home, m.Out("owner"))
	changed := providertest.With(in, "content", strings.Replace(providertest.Preferences, `"60"`, `"30"`, 1))
	d := e.Diff(m, changed)
	assert.Empty(t, d.Replaces)
	assert.Equal(t, []string{"content"}, d.Diffs)
	require.NoError(t, e.Update(m, changed))
	assert.Equal(t, "2", m.Out("defaultVersion"))
	assert.Equal(t, "2", m.Out("latestVersion"))
	got, err := w.SSM(providertest.Tokyo).DescribeDocument(ctx, providertest.PreferencesDocument)
	require.NoError(t, err)
	assert.Equal(t, changed["content"], got.Content())
	assert.Equal(t, []string{"name"}, e.Diff(m, providertest.With(changed, "name", "other-shell")).Replaces)
	retagged := providertest.With(changed, "tags", props{"By": "us", "More": "1"})
	require.NoError(t, e.Update(m, retagged))
	got, err = w.SSM(providertest.Tokyo).DescribeDocument(ctx, providertest.PreferencesDocument)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"By": "us", "More": "1"}, got.Tags)
	assert.Len(t, got.Versions, 2, "tags make no version")
	require.NoError(t, e.Remove(m))
	assert.NoError(t, e.Remove(m))
}

// Preferences that somebody saved in the console stop a create and can be imported.
func TestPreferencesThatExistStopACreateAndCanBeImported(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	_, err := w.SSM(providertest.Tokyo).
		CreateDocument(ctx, ssm.NewDocument{Name: providertest.PreferencesDocument, Type: "Session",
			Content: strings.Replace(providertest.Preferences, `"60"`, `"90"`, 1)})
	require.NoError(t, err)
	e := w.Engine()
	in := props{"name": providertest.PreferencesDocument, "documentType": "Session", "content": providertest.Preferences}
	_, err = e.Create(providertest.DocumentType, "shell", in)
	assert.ErrorContains(
		t,
		err,
		"creating SSM Document ("+providertest.PreferencesDocument+"): operation error SSM: CreateDocument, https response error StatusCode: 400",
	)
	assert.ErrorContains(t, err, "DocumentAlreadyExists")
	m, err := e.Import(providertest.DocumentType, "shell", providertest.PreferencesDocument)
	require.NoError(t, err)
	assert.Equal(t, []string{"content"}, e.Diff(m, in).Diffs)
	require.NoError(t, e.Update(m, in))
	got, err := w.SSM(providertest.Tokyo).DescribeDocument(ctx, providertest.PreferencesDocument)
	require.NoError(t, err)
	assert.Equal(t, providertest.Preferences, got.Content())
}

// Changes and deletions by others show at the next refresh.
func TestForeignChangesOfADocumentShow(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	in := props{"name": providertest.PreferencesDocument, "documentType": "Session", "content": providertest.Preferences}
	m := e.MustCreate(providertest.DocumentType, "shell", in)
	_, err := w.SSM(providertest.Tokyo).
		UpdateDocument(ctx, providertest.PreferencesDocument,
			ssm.NewDocument{Content: strings.Replace(providertest.Preferences, `"runAsEnabled":true`, `"runAsEnabled":false`, 1)})
	require.NoError(t, err)
	_, err = e.Refresh(m)
	require.NoError(t, err)
	assert.Equal(t, []string{"content"}, e.Diff(m, in).Diffs)
	require.NoError(t, w.SSM(providertest.Tokyo).DeleteDocument(ctx, providertest.PreferencesDocument))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}

// A document is shared with the accounts that the program names, and taken back before it is deleted.
func TestADocumentIsSharedAndTakenBack(t *testing.T) {
	ctx, w := context.Background(), providertest.New(t, nil)
	e := w.Engine()
	in := props{
		"name":         "run",
		"documentType": "Command",
		"content":      `{"schemaVersion":"2.2","parameters":{"n":{"type":"String","default":"1"}}}`,
		"permissions":  props{"type": "Share", "account_ids": providertest.Other},
	}
	m := e.MustCreate(providertest.DocumentType, "run", in)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, e.Diff(m, in).Changes)
	assert.Equal(t, []any{props{"name": "n", "type": "String", "defaultValue": "1"}}, m.Out("parameters"))
	require.NoError(
		t, e.Update(m, providertest.With(in, "permissions", props{"type": "Share", "account_ids": "999999999999"})),
	)
	got, err := w.SSM(providertest.Tokyo).DescribeDocument(ctx, "run")
	require.NoError(t, err)
	assert.Equal(t, []string{"999999999999"}, got.Shared)
	_, reasons, err := e.Check(
		providertest.DocumentType, "run", nil, providertest.With(
			in, "permissions", props{"account_ids": providertest.Other},
		),
	)
	require.NoError(t, err)
	assert.Len(t, reasons, 1)
	require.NoError(t, e.Remove(m))
}
