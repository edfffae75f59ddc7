// Package cloudtest has what tests of several services of the sandbox's AWS share: worlds, clients and refusals.
package cloudtest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/policy"
)

// The accounts of the worlds, a Region and a document.
const (
	Home   = "111122223333"
	Other  = "444455556666"
	Tokyo  = "ap-northeast-1"
	Sample = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

// Noon is the time of the worlds.
func Noon() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }

// New is a world of two accounts. When the test ends, the state file must hold the same world.
func New(t *testing.T) *cloud.Cloud {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state")
	c, err := cloud.Open(path, Noon)
	require.NoError(t, err)
	require.NoError(t, c.AddAccount(Home, policy.AWS))
	require.NoError(t, c.AddAccount(Other, policy.AWS))
	t.Cleanup(func() {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, c.Close())
		again := filepath.Join(t.TempDir(), "again")
		require.NoError(t, os.WriteFile(again, data, 0o600))
		reopened, err := cloud.Open(again, Noon)
		require.NoError(t, err)
		assert.Empty(
			t,
			cmp.Diff(c.Snapshot(), reopened.Snapshot()),
			"the state file has another world than the memory",
		)
		require.NoError(t, reopened.Close())
	})
	return c
}

// IAM is a client of IAM for an account.
func IAM(c *cloud.Cloud, account string) iam.Client {
	return c.IAM(api.Caller{Account: account, Region: Tokyo})
}

// Refuses asserts the code of a refusal and a part of its sentence.
func Refuses(t *testing.T, err error, code, sentence string) {
	t.Helper()
	if assert.Equal(t, code, api.Code(err), "%v", err) {
		assert.ErrorContains(t, err, sentence)
	}
}

// Trusting is a trust policy for one principal.
func Trusting(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow","Principal":{"AWS":"` + principal +
		`"},"Action":"sts:AssumeRole"}]}`
}

// User is a user whom a client makes.
func User(t *testing.T, admin iam.Client, name string) iam.User {
	t.Helper()
	u, err := admin.CreateUser(context.Background(), iam.NewUser{Name: name})
	require.NoError(t, err)
	return u
}

// Group makes a group.
func Group(t *testing.T, iam iam.Client, name string) {
	t.Helper()
	_, err := iam.CreateGroup(context.Background(), name, "")
	require.NoError(t, err)
}

// Role makes a role that trusts the home account.
func Role(t *testing.T, admin iam.Client, name string) {
	t.Helper()
	_, err := admin.CreateRole(context.Background(), iam.NewRole{Name: name, Trust: Trusting(Home)})
	require.NoError(t, err)
}

// Managed makes a customer managed policy and gives its ARN.
func Managed(t *testing.T, admin iam.Client, name string) string {
	t.Helper()
	p, err := admin.CreatePolicy(context.Background(), iam.NewPolicy{Name: name, Document: Sample})
	require.NoError(t, err)
	return p.ARN
}
