package guardrail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// exampleOrganization is the folder of the shipped example.
var exampleOrganization = filepath.Join("..", "examples", "organization")

// exampleStacks are its stacks in the order of their names.
var exampleStacks = []string{"identity", "jump", "management", "payments", "workload"}

// exampleWorld is the organization of the example as one world.
func exampleWorld(t *testing.T) (access.World, []*stack.Stack) {
	t.Helper()
	var (
		w      access.World
		stacks []*stack.Stack
	)
	for _, name := range exampleStacks {
		stack, problems := stack.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
		require.Empty(t, problems)
		stacks, w.Accounts = append(stacks, stack), append(w.Accounts, stack.World())
	}
	for _, stack := range stacks {
		if a := stack.ServiceControlPolicies(); a != nil {
			a.AddToOrganization(&w)
		}
	}
	for _, stack := range stacks {
		stack.AddIdentityCenter(&w)
	}
	return world.WithManagedPolicies(w), stacks
}

// What every stack of the example expects is so when the five accounts are one organization.
func TestWhatTheExampleExpectsIsSoInTheOrganization(t *testing.T) {
	t.Parallel()
	world, stacks := exampleWorld(t)
	engine, err := access.Compile(world.WithStrangers())
	require.NoError(t, err)
	for _, stack := range stacks {
		for _, x := range stack.Expect {
			people, isTeam := stack.TeamMembers(x.As)
			if !isTeam {
				people = []string{x.As}
			}
			for _, who := range people {
				x.As = who
				r := expect.Check(engine, x)
				assert.True(t, r.Holds(), "%s: %s (%s): %s %v: %s", stack.Name, x.It, who, r.Field, r.Problem, r.Why)
			}
		}
	}
}

// The policies of the example fit the quotas of today and those before May 2026, and what does not fit is refused
// where the file says it, with numbers and with what weighs most.
func TestTheExampleFitsTheQuotasAndOverThemIsRefused(t *testing.T) {
	management := func(quotas string) (*stack.Stack, problem.List) {
		d := t.TempDir()
		for _, name := range exampleStacks {
			data, err := os.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
			require.NoError(t, err)
			if name == "management" {
				data = append(data, quotas...)
			}
			require.NoError(t, os.WriteFile(filepath.Join(d, "Pulumi."+name+".yaml"), data, 0o600))
		}
		return stack.ReadFile(filepath.Join(d, "Pulumi.management.yaml"))
	}
	for _, q := range []struct {
		text        string
		size, count int
	}{{"", 10240, 10}, {"  guardrails:quotas: {scp: 5120, scpsPerTarget: 5}\n", 5120, 5}} {
		stack, problems := management(q.text)
		require.Empty(t, problems)
		plan, err := stack.ServiceControlPolicies().Plan()
		require.NoError(t, err)
		require.NotEmpty(t, plan.Policies)
		for _, p := range plan.Policies {
			assert.LessOrEqual(t, p.Document.Bytes(), q.size, p.Name)
		}
		for _, l := range plan.Targets {
			assert.LessOrEqual(t, l.Count(), q.count)
		}
	}
	_, problems := management("  guardrails:quotas: {scpsPerTarget: 2}\n")
	require.NotEmpty(t, problems)
	assert.Contains(t, problems.Error(), "and the quota is 2: 1 of others (FullAWSAccess among them), guardrails-")
	_, problems = management("  guardrails:quotas: {scp: 700}\n")
	require.NotEmpty(t, problems)
	assert.Contains(
		t,
		problems.Error(),
		"guardrails:organization.protectGuardrails: statement DenyChangingRolesOfQuickSetup alone has 864 bytes, ",
	)
	assert.Contains(t, problems.Error(), "and a service control policy takes 700")
}

// A jump account that is the management account is refused where it is listed: no service control policy binds it.
func TestTheManagementAccountIsNoJumpAccount(t *testing.T) {
	d := t.TempDir()
	for _, name := range exampleStacks {
		data, err := os.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
		require.NoError(t, err)
		text := strings.Replace(string(data), "jumpAccounts: [jump]", "jumpAccounts: [jump, management]", 1)
		require.NoError(t, os.WriteFile(filepath.Join(d, "Pulumi."+name+".yaml"), []byte(text), 0o600))
	}
	_, problems := stack.ReadFile(filepath.Join(d, "Pulumi.management.yaml"))
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("guardrails:organization.consolePasswords.jumpAccounts[1]"), problems[0].Path)
	assert.Contains(t, problems[0].Why, "is the management account, which no service control policy binds")
}
