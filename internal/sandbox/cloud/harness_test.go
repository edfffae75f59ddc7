package cloud_test

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

const (
	home   = "111122223333"
	other  = "444455556666"
	tokyo  = "ap-northeast-1"
	sample = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

func noon() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) }

// newCloud is a world of two accounts. When the test ends, the state file must hold the same world.
func newCloud(t *testing.T) *cloud.Cloud {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state")
	c, err := cloud.Open(path, noon)
	require.NoError(t, err)
	require.NoError(t, c.AddAccount(home, policy.AWS))
	require.NoError(t, c.AddAccount(other, policy.AWS))
	t.Cleanup(func() {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, c.Close())
		again := filepath.Join(t.TempDir(), "again")
		require.NoError(t, os.WriteFile(again, data, 0o600))
		reopened, err := cloud.Open(again, noon)
		require.NoError(t, err)
		assert.Empty(
			t,
			cmp.Diff(c.Snapshot(), reopened.Snapshot()),
			"the state file holds another world than the memory",
		)
		require.NoError(t, reopened.Close())
	})
	return c
}

func iamOf(c *cloud.Cloud, account string) iam.Client {
	return c.IAM(api.Caller{Account: account, Region: tokyo})
}

// refuses asserts the code of a refusal and a part of its sentence.
func refuses(t *testing.T, err error, code, sentence string) {
	t.Helper()
	if assert.Equal(t, code, api.Code(err), "%v", err) {
		assert.ErrorContains(t, err, sentence)
	}
}

// trusting is a trust policy for one principal.
func trusting(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow","Principal":{"AWS":"` + principal +
		`"},"Action":"sts:AssumeRole"}]}`
}

func user(t *testing.T, admin iam.Client, name string) iam.User {
	t.Helper()
	u, err := admin.CreateUser(context.Background(), iam.NewUser{Name: name})
	require.NoError(t, err)
	return u
}

func group(t *testing.T, iam iam.Client, name string) {
	t.Helper()
	_, err := iam.CreateGroup(context.Background(), name, "")
	require.NoError(t, err)
}

func role(t *testing.T, admin iam.Client, name string) {
	t.Helper()
	_, err := admin.CreateRole(context.Background(), iam.NewRole{Name: name, Trust: trusting(home)})
	require.NoError(t, err)
}

func managed(t *testing.T, admin iam.Client, name string) string {
	t.Helper()
	p, err := admin.CreatePolicy(context.Background(), iam.NewPolicy{Name: name, Document: sample})
	require.NoError(t, err)
	return p.ARN
}
