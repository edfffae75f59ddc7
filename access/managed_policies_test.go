package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

// A managed policy of AWS is of no account, whichever account of the world attaches it first.
func TestAPolicyOfAWSIsOfNoAccount(t *testing.T) {
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	account := func(id string) access.Account {
		return access.Account{ID: id, Roles: []access.Role{{Name: "Admin", Trust: policy.New(policy.Allow("Account", "sts:AssumeRole").For(policy.AWSPrincipals("arn:aws:iam::" + id + ":root"))), Attached: []string{admin}}}}
	}
	engine, err := access.Compile(access.WithManagedPolicies(access.World{Accounts: []access.Account{account("111122223333"), account("444455556666")}}))
	require.NoError(t, err)
	for _, id := range []string{"111122223333", "444455556666"} {
		s := access.AssumedRole(policy.AWS.RoleARN(id, "/", "Admin"), "alice").IssuedAt(time.Unix(0, 0))
		d, err := engine.Decide(s, access.Request{Action: "s3:ListAllMyBuckets", Time: time.Unix(0, 0), Resources: access.On("*")})
		require.NoError(t, err)
		assert.Equal(t, "identity policy "+admin+", statement #1", d.By.String())
	}
}
