package cloud_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/policy"
)

// BenchmarkACallInALargeAccount is one change of an account of two thousand users and five hundred roles, state file
// included.
func BenchmarkACallInALargeAccount(b *testing.B) {
	ctx := context.Background()
	c, err := cloud.Open(filepath.Join(b.TempDir(), "state"), cloudtest.Noon)
	require.NoError(b, err)
	defer c.Close()
	require.NoError(b, c.AddAccount(cloudtest.Home, policy.AWS))
	admin := cloudtest.IAM(c, cloudtest.Home)
	for i := range 2000 {
		_, err := admin.CreateUser(ctx, iam.NewUser{Name: fmt.Sprintf("user%d", i)})
		require.NoError(b, err)
	}
	for i := range 500 {
		_, err := admin.CreateRole(
			ctx,
			iam.NewRole{Name: fmt.Sprintf("role%d", i), Trust: cloudtest.Trusting("arn:aws:iam::111122223333:user/user1")},
		)
		require.NoError(b, err)
	}
	for b.Loop() {
		require.NoError(b, admin.PutPolicy(ctx, iam.KindRole, "role7", "p", cloudtest.Sample))
		_, err := admin.GetRole(ctx, "role7")
		require.NoError(b, err)
	}
}
