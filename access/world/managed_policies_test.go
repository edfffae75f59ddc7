package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A managed policy of AWS is of no account, whichever account of the world attaches it first.
func TestAPolicyOfAWSIsOfNoAccount(t *testing.T) {
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	account := func(id string) world.Account {
		return world.Account{
			ID: id,
			Roles: []world.Role{
				{
					Name: "Admin",
					Trust: policy.New(
						policy.Allow("Account", "sts:AssumeRole").
							For(policy.AWSPrincipals("arn:aws:iam::" + id + ":root")),
					),
					Attached: []string{admin},
				},
			},
		}
	}
	e, err := engine.Compile(
		world.WithManagedPolicies(
			world.World{Accounts: []world.Account{account("111122223333"), account("444455556666")}},
		),
	)
	require.NoError(t, err)
	for _, id := range []string{"111122223333", "444455556666"} {
		s := engine.AssumedRole(policy.AWS.RoleARN(id, "/", "Admin"), "alice").IssuedAt(time.Unix(0, 0))
		d, err := e.Decide(
			s,
			engine.Request{Action: "s3:ListAllMyBuckets", Time: time.Unix(0, 0), Resources: engine.On("*")},
		)
		require.NoError(t, err)
		assert.Equal(t, "identity policy "+admin+", statement #1", d.By.String())
	}
}
