package plant_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudtest"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/policy"
)

func planted[T any](path string, thing T) plant.Planted[T] {
	return plant.Planted[T]{Path: path, Account: cloudtest.Other, Thing: thing}
}

// somePlants are two people, a role for one of them, and what they use.
func somePlants() plant.Plants {
	return plant.Plants{
		Accounts: []plant.Planted[api.Account]{
			{
				Path:  "accounts.444455556666",
				Thing: api.Account{ID: cloudtest.Other, Alias: "jump", Partition: policy.AWS},
			},
		},
		Policies: []plant.Planted[iam.NewPolicy]{
			planted("policies[0]", iam.NewPolicy{Name: "read", Document: cloudtest.Sample}),
		},
		Groups: []plant.Planted[iam.NewGroup]{planted("groups[0]", iam.NewGroup{
			Name: "people", Policies: iam.Policies{Attached: []string{"arn:aws:iam::444455556666:policy/read"}},
		})},
		Users: []plant.Planted[iam.ExistingUser]{
			planted(
				"users[0]",
				iam.ExistingUser{
					NewUser:   iam.NewUser{Name: "alice"},
					Groups:    []string{"people"},
					Enrolment: iam.Enrolment{MFA: true, Password: true, AccessKeys: 1},
				},
			),
			planted("users[1]", iam.ExistingUser{NewUser: iam.NewUser{Name: "bob"}}),
		},
		Roles: []plant.Planted[iam.ExistingRole]{planted("roles[0]", iam.ExistingRole{
			NewRole: iam.NewRole{Name: "ops", Trust: cloudtest.Trusting("arn:aws:iam::444455556666:user/alice")},
		})},
	}
}

// What is planted is there, as if it had always been.
func TestPlantsExist(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	require.NoError(t, c.Plant(somePlants()))
	u, err := cloudtest.IAM(c, cloudtest.Other).GetUser(ctx, "alice")
	require.NoError(t, err)
	assert.True(t, u.Password)
	assert.Equal(t, []string{"arn:aws:iam::444455556666:mfa/alice"}, u.MFADevices)
	assert.Len(t, u.AccessKeys, 1)
	r, err := cloudtest.IAM(c, cloudtest.Other).GetRole(ctx, "ops")
	require.NoError(t, err)
	assert.Equal(t, u.ID, r.Principals["arn:aws:iam::444455556666:user/alice"])
	assert.Equal(t, "jump", c.Snapshot().Accounts[cloudtest.Other].Alias)
}

// Planting the same again leaves what people changed since.
func TestPlantingTheSameAgainChangesNothing(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	require.NoError(t, c.Plant(somePlants()))
	require.NoError(
		t,
		cloudtest.IAM(c, cloudtest.Other).TagUser(ctx, "bob", map[string]string{"Email": "bob@example.com"}),
	)
	require.NoError(t, cloudtest.IAM(c, cloudtest.Other).Enrol("bob", iam.Enrolment{MFA: true}))
	before := c.Snapshot()
	require.NoError(t, c.Plant(somePlants()))
	assert.Empty(t, cmp.Diff(before, c.Snapshot()))
}

// What changed in the plants is replaced under the same unique id, what is gone is removed with what hung on it.
func TestChangedPlantsFollow(t *testing.T) {
	ctx, c := context.Background(), cloudtest.New(t)
	require.NoError(t, c.Plant(somePlants()))
	alice, err := cloudtest.IAM(c, cloudtest.Other).GetUser(ctx, "alice")
	require.NoError(t, err)

	changed := somePlants()
	changed.Users = changed.Users[:1]
	changed.Users[0].Thing.Path = "/people/"
	changed.Roles[0].Thing.Trust = cloudtest.Trusting("arn:aws:iam::444455556666:user/people/alice")
	require.NoError(t, c.Plant(changed))
	moved, err := cloudtest.IAM(c, cloudtest.Other).GetUser(ctx, "alice")
	require.NoError(t, err)
	assert.Equal(t, "/people/", moved.Path)
	assert.Equal(t, alice.ID, moved.ID)
	_, err = cloudtest.IAM(c, cloudtest.Other).GetUser(ctx, "bob")
	assert.Equal(t, "NoSuchEntity", api.Code(err))
	require.NoError(t, c.Plant(plant.Plants{}))
	assert.Empty(t, c.Snapshot().Accounts[cloudtest.Other].Users)
	assert.Empty(t, c.Snapshot().Accounts[cloudtest.Other].MFADevices)
}

// Plants that AWS would not take are refused with their paths, all at once, and nothing is planted.
func TestPlantsThatCannotBeAreRefused(t *testing.T) {
	c := cloudtest.New(t)
	bad := somePlants()
	bad.Users[0].Thing.Groups = []string{"nobody"}
	bad.Users[1].Thing.Name = "bo b"
	before := c.Snapshot()
	err := c.Plant(bad)
	assert.ErrorContains(t, err, `users[0]: the account has no group "nobody"`)
	assert.ErrorContains(t, err, "users[1]: ValidationError: The specified value for userName is invalid.")
	assert.NotContains(t, err.Error(), "roles[0]", "the role is right but for the user who could not be planted")
	assert.Empty(t, cmp.Diff(before, c.Snapshot()))
	bad = somePlants()
	bad.Roles[0].Thing.Trust = cloudtest.Trusting("arn:aws:iam::444455556666:user/eve")
	assert.ErrorContains(t, c.Plant(bad), `roles[0].trust: MalformedPolicyDocument: Invalid principal in policy`)
	assert.Empty(t, cmp.Diff(before, c.Snapshot()))
}

// A plant does not take the place of what a stack made.
func TestAPlantDoesNotReplaceWhatWasMadeSince(t *testing.T) {
	c := cloudtest.New(t)
	cloudtest.User(t, cloudtest.IAM(c, cloudtest.Other), "alice")
	assert.ErrorContains(t, c.Plant(somePlants()), "users[0]: the account has one that was made since")
}

// People of whom the world says so enrol as soon as a stack makes their users.
func TestPeopleEnrolOnArrival(t *testing.T) {
	c := cloudtest.New(t)
	require.NoError(t, c.Plant(plant.Plants{Enrolments: []plant.Planted[iam.Arrival]{
		planted(
			"enrol[0]",
			iam.Arrival{User: "Carol", Enrolment: iam.Enrolment{MFA: true, Password: true, AccessKeys: 2}},
		),
	}}))
	u := cloudtest.User(t, cloudtest.IAM(c, cloudtest.Other), "carol")
	assert.True(t, u.Password)
	assert.Len(t, u.MFADevices, 1)
	assert.Len(t, u.AccessKeys, 2)
	cloudtest.Refuses(
		t,
		cloudtest.IAM(c, cloudtest.Other).DeleteUser(context.Background(), "carol"),
		"DeleteConflict",
		"login profile",
	)
}
