package provider_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider/providertest"
)

// Central root access is switched feature by feature.
func TestCentralRootAccessIsSwitched(t *testing.T) {
	w, e := providertest.NewOrganization(t)
	const token = "aws:iam/organizationsFeatures:OrganizationsFeatures"
	m := e.MustCreate(token, "f", props{"enabledFeatures": []any{"RootSessions"}})
	assert.Equal(t, "o-exampleorgid", m.ID)
	require.NoError(t, e.Update(m, props{"enabledFeatures": []any{"RootCredentialsManagement"}}))
	assert.Equal(t, []string{"RootCredentialsManagement"}, w.Cloud.Snapshot().Organization.RootFeatures)
	require.NoError(t, e.Remove(m))
	there, err := e.Refresh(m)
	require.NoError(t, err)
	assert.False(t, there)
}
