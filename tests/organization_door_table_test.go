package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/components"
	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/policy"
)

const (
	exampleWorkload = "444455556666"
	examplePayments = "777788889999"
)

// standing is a role of the example's accounts that no stack makes, with everything allowed to it: only the guardrails deny.
func standing(account, name string) access.Role {
	return access.Role{Name: name, Trust: anyoneOf(policy.AWS, account), Inline: []access.InlinePolicy{allowEverything}}
}

// doorColumn is a caller of the table for people, and where it tries the doors.
type doorColumn struct {
	title, account, role, project string
}

var doorColumns = []doorColumn{
	{"administrator", exampleWorkload, "guardrails/delegated/AdminRole", "shop"},
	{"operation role", exampleWorkload, "guardrails/operation/shop-alice", "shop"},
	{"OSAccess", exampleWorkload, "guardrails/osaccess/OSAccess", "shop"},
	{"grant, inside its window", exampleWorkload, "guardrails/osaccess/grant-CHG1234-alice", "billing"},
	{"token role", examplePayments, components.TokenRoleName, "payments"},
	{"deployer", exampleWorkload, "GuardrailDeployer", "shop"},
	{"break-glass", exampleWorkload, "BreakGlass", "shop"},
}

// exampleDoors is the shipped example with the roles of the table: those that no stack makes, and the shared role of OS access, which the example has nobody for.
func exampleDoors(t *testing.T, change func(*config.Stack)) *access.Engine {
	t.Helper()
	var world access.World
	var organization *components.ServiceControlPoliciesArgs
	for _, name := range exampleStacks {
		stack, problems := config.ReadFile(filepath.Join(exampleOrganization, "Pulumi."+name+".yaml"))
		require.Empty(t, problems)
		if stack.OSAccess != nil {
			stack.OSAccess.StandingUsers, stack.OSAccess.RunAs = []string{"jump/carol"}, "carol"
		}
		if change != nil {
			change(stack)
		}
		account := stack.World()
		for _, c := range doorColumns {
			if c.account == account.ID && !strings.Contains(c.role, "/") {
				account.Roles = append(account.Roles, standing(account.ID, c.role))
			}
		}
		world.Accounts = append(world.Accounts, account)
		if a := stack.ServiceControlPolicies(); a != nil {
			organization = a
		}
	}
	organization.AddToOrganization(&world)
	engine, err := access.Compile(access.WithManagedPolicies(world))
	require.NoError(t, err)
	return engine
}

// decidedDoor is what the engine says of a door for a caller.
func decidedDoor(t *testing.T, engine *access.Engine, c doorColumn, d door) access.Decision {
	t.Helper()
	session := access.AssumedRole("arn:aws:iam::"+c.account+":role/"+c.role, "alice").IssuedAt(noon)
	return decided(t, engine, session, d.request(policy.AWS, c.account, access.Tag{Key: "Project", Value: c.project}))
}

// doorTable is a table for people: doors, who may use them, and what decides.
func doorTable(t *testing.T, engine *access.Engine, rows []door) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| door | call |")
	rule := "| --- | --- |"
	for _, c := range doorColumns {
		b.WriteString(" " + c.title + " |")
		rule += " --- |"
	}
	b.WriteString("\n" + rule + "\n")
	for _, d := range rows {
		fmt.Fprintf(&b, "| %s | `%s` |", d.it, d.action)
		for _, c := range doorColumns {
			switch got := decidedDoor(t, engine, c, d); {
			case got.Allowed():
				b.WriteString(" open |")
			case got.Outcome == access.ExplicitlyDenied:
				b.WriteString(" " + got.By.Sid + " |")
			default:
				b.WriteString(" nothing opens it |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// makings are what makes a door of one's own: an exempt role, what sessions run as, a node of another project.
var makings = []door{
	{it: "make a role that is exempt", action: "iam:CreateRole", resource: "new role"},
	{it: "let oneself in to one", action: "iam:UpdateAssumeRolePolicy", resource: "guarded role"},
	{it: "give one more rights", action: "iam:AttachRolePolicy", resource: "guarded role"},
	{it: "lend one to a service", action: "iam:PassRole", resource: "guarded role", context: access.Context{"iam:PassedToService": {"ec2.amazonaws.com"}}},
	{it: "change what sessions run as", action: "ssm:UpdateDocument", resource: "preferences", context: access.Context{"ssm:DocumentType": {"Session"}}},
	{it: "move a node into a project", action: "ec2:CreateTags", context: access.Context{"aws:TagKeys": {"project"}, "aws:RequestTag/project": {"mine"}}},
}

func remoteDoors() (remote, others []door) {
	for _, d := range doors {
		if d.remote {
			remote = append(remote, d)
		} else {
			others = append(others, d)
		}
	}
	return remote, others
}

// denyRemote is the switch that closes remote execution, which the example leaves at report.
func denyRemote(s *config.Stack) {
	if s.Organization != nil {
		s.Organization.OSAccessOnly.RemoteExecution.Mode = components.RemoteExecutionDeny
	}
}

const doorsPage = "../docs/safety.md"

// The tables of doors that people read are what the engine decides on the shipped example: as it is, and with remote execution denied.
func TestTheTableOfDoorsIsWhatTheEngineDecides(t *testing.T) {
	remote, others := remoteDoors()
	page, err := os.ReadFile(doorsPage)
	require.NoError(t, err)
	text := string(page)
	for _, table := range []struct{ name, want string }{
		{"doors", doorTable(t, exampleDoors(t, nil), others)},
		{"doors of one's own", doorTable(t, exampleDoors(t, nil), makings)},
		{"remote doors as the example has them", doorTable(t, exampleDoors(t, nil), remote)},
		{"remote doors with mode deny", doorTable(t, exampleDoors(t, denyRemote), remote)},
	} {
		begin := "<!-- " + table.name + ": rewritten with UPDATE_GOLDEN=1 go test ./tests -run TestTheTableOfDoors -->\n"
		end := "<!-- end of " + table.name + " -->\n"
		before, rest, found := strings.Cut(text, begin)
		require.True(t, found, "%s has lost the table of %s", doorsPage, table.name)
		got, after, found := strings.Cut(rest, end)
		require.True(t, found, "%s has lost the end of the table of %s", doorsPage, table.name)
		if os.Getenv(updateGolden) != "1" {
			assert.Equal(t, table.want, got, table.name)
		}
		text = before + begin + table.want + end + after
	}
	if os.Getenv(updateGolden) == "1" {
		require.NoError(t, os.WriteFile(doorsPage, []byte(text), 0o644))
	}
}

// What the tables say, in words: in the example no administrator and no deployer comes in by any door that is closed, everybody who is exempt has the doors of
// sessions and no other, and break-glass has all of them.
func TestInTheExampleDoorsAreOpenForExemptRolesAlone(t *testing.T) {
	remote, others := remoteDoors()
	shipped, denied := exampleDoors(t, nil), exampleDoors(t, denyRemote)
	for _, d := range slices.Concat(others, remote) {
		engine := shipped
		if d.remote {
			engine = denied
		}
		open := map[string]bool{}
		for _, c := range doorColumns {
			open[c.title] = decidedDoor(t, engine, c, d).Allowed()
		}
		assert.True(t, open["break-glass"], d.it)
		assert.False(t, open["administrator"] || open["deployer"], d.it)
		session := d.sid() == "DenySessionsButForGuardedRoles"
		assert.Equal(t, session, open["token role"], d.it)
		shell := d.document == components.PreferencesDocument
		assert.Equal(t, shell, open["operation role"], d.it)
		assert.False(t, !session && (open["OSAccess"] || open["grant, inside its window"]), d.it)
		assert.False(t, shell && !(open["OSAccess"] && open["grant, inside its window"]), d.it)
		assert.Equal(t, open["OSAccess"], open["grant, inside its window"], d.it)
	}
	for _, d := range makings {
		for _, c := range doorColumns {
			got := decidedDoor(t, shipped, c, d)
			assert.Equal(t, c.title == "deployer" || c.title == "break-glass", got.Allowed(), "%s: %s", c.title, d.it)
		}
	}
}
