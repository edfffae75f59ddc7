package tests

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/config"
)

// exampleOrganization is the folder of the shipped example.
var exampleOrganization = filepath.Join("..", "examples", "organization")

// exampleStacks are its stacks in the order of their names.
var exampleStacks = []string{"identity", "jump", "management", "payments", "workload"}

// exampleWorld is the organization of the example as one world.
func exampleWorld(t *testing.T) (access.World, []*config.Stack) {
	t.Helper()
	var (
		world  access.World
		stacks []*config.Stack
	)
	for _, name := range exampleStacks {
		stack, problems := config.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
		require.Empty(t, problems)
		stacks, world.Accounts = append(stacks, stack), append(world.Accounts, stack.World())
	}
	for _, stack := range stacks {
		if a := stack.ServiceControlPolicies(); a != nil {
			a.AddToOrganization(&world)
		}
	}
	for _, stack := range stacks {
		stack.AddIdentityCenter(&world)
	}
	return access.WithManagedPolicies(world), stacks
}

// What every stack of the example expects is so when the five accounts are one organization.
func TestWhatTheExampleExpectsIsSoInTheOrganization(t *testing.T) {
	t.Parallel()
	world, stacks := exampleWorld(t)
	engine, err := access.Compile(world.WithStrangers())
	require.NoError(t, err)
	for _, stack := range stacks {
		for _, x := range stack.Expect {
			result := engine.Expect(x)
			assert.True(t, result.Holds(), "%s: %s: %s %s: %s", stack.Name, x.It, result.Field, result.Problem, result.Why)
		}
	}
}
