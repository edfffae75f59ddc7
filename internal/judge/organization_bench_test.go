package judge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
)

// organization is an organization as stack files have it: a management account, accounts that people sign in to, and
// accounts with roles. People assume roles of accounts that come after their own.
type organization struct {
	accounts, people, roles int
	// jumps is how many of the accounts people sign in to. The others have the roles, unless everybody lives where
	// the roles are (zero).
	jumps int
}

var benchManagement = organization{}.id(0)

func (o organization) id(account int) string { return fmt.Sprintf("2%011d", account) }

// write writes the stack files into a folder and returns the names of the stacks.
func (o organization) write(t testing.TB, folder string) []string {
	t.Helper()
	var names []string
	file := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi."+name+".yaml"), []byte(content), 0o600))
		names = append(names, name)
	}
	require.NoError(
		t,
		os.WriteFile(filepath.Join(folder, "Pulumi.yaml"), []byte("name: organization\nruntime: go\n"), 0o600),
	)
	var members, jumps []string
	for i := 1; i < o.accounts; i++ {
		members = append(members, fmt.Sprintf("%q", o.id(i)))
		if i <= o.jumps || o.jumps == 0 {
			jumps = append(jumps, fmt.Sprintf("%q", o.id(i)))
		}
	}
	file("a000", fmt.Sprintf(`config:
  aws:region: us-east-1
  guardrails:account: {id: %[1]q, organization: o-exampleorgid, deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}
  guardrails:organization:
    id: o-exampleorgid
    management: %[1]q
    tree: {id: r-exam, accounts: [%[1]q], units: [{id: ou-exam-11111111, name: Members, accounts: [%[2]s]}]}
    osAccessOnly: {targets: [ou-exam-11111111], operationRoles: true, remoteExecution: {mode: report}}
    consolePasswords: {jumpAccounts: [%[3]s], targets: [ou-exam-11111111]}
    protectGuardrails: {targets: [ou-exam-11111111]}
`, benchManagement, strings.Join(members, ", "), strings.Join(jumps, ", ")))

	homes, doors := o.jumps, o.accounts-1-o.jumps
	if o.jumps == 0 {
		homes, doors = o.accounts-1, o.accounts-1
	}
	for i := 1; i < o.accounts; i++ {
		var b strings.Builder
		fmt.Fprintf(&b, "config:\n  aws:region: ap-northeast-1\n")
		fmt.Fprintf(
			&b,
			"  guardrails:account: {id: %q, alias: account%d, organization: o-exampleorgid, deployer: "+
				"role/GuardrailDeployer, breakGlass: [role/BreakGlass]}\n",
			o.id(i),
			i,
		)
		if i <= homes {
			if o.jumps > 0 {
				fmt.Fprintf(&b, "  guardrails:mfa: {roleAccounts: [")
				for door := i - 1; door < doors; door += homes {
					fmt.Fprintf(&b, "%q, ", o.id(1+o.jumps+door))
				}
				b.WriteString("]}\n")
			}
			b.WriteString("  guardrails:users:\n")
			for n := i - 1; n < o.people; n += homes {
				fmt.Fprintf(&b, "    - {name: person%d, email: person%d@example.com}\n", n, n)
			}
		}
		if door := i - 1 - o.jumps; door >= 0 {
			b.WriteString("  guardrails:operationRoles:\n")
			for n := door; n < o.roles; n += doors {
				// Somebody of the home account that opens the way to this account.
				home := 1 + door%homes
				person := fmt.Sprintf("account%d/person%d", home, home-1+homes*((n/doors)%(o.people/homes)))
				fmt.Fprintf(&b, "    - {users: [%s], project: Project %d, runAs: operator%d}\n", person, n, n)
			}
		}
		file(fmt.Sprintf("a%03d", i), b.String())
	}
	return names
}

// check reads and judges the stacks, as guardrails check does.
func check(t testing.TB, folder string, names []string) []*judge.Judgement {
	t.Helper()
	var stacks []*stack.Stack
	for _, name := range names {
		s, problems := stack.ReadFile(filepath.Join(folder, "Pulumi."+name+".yaml"))
		require.NoError(t, problems.Err())
		stacks = append(stacks, s)
	}
	return judge.Stacks(stacks...)
}

var benchOrganizations = []struct {
	name string
	organization
}{
	{"jump", organization{accounts: 100, people: 2000, roles: 500, jumps: 4}},
	{"spread", organization{accounts: 100, people: 2000, roles: 500}},
}

// BenchmarkCheckOfAnOrganization checks 100 accounts with 2,000 people and 500 roles from their stack files: with the
// people in four accounts, and with the people where the roles are.
func BenchmarkCheckOfAnOrganization(b *testing.B) {
	for _, o := range benchOrganizations {
		b.Run(o.name, func(b *testing.B) {
			folder := b.TempDir()
			names := o.write(b, folder)
			b.ReportAllocs()
			for b.Loop() {
				for _, j := range check(b, folder, names) {
					require.Empty(b, refusalsOf(j), j.Stack.Name)
				}
			}
		})
	}
}

// The organization of the benchmark is sound at a smaller size: what is measured is the proving of claims that hold.
func TestTheOrganizationOfTheBenchmarkHolds(t *testing.T) {
	for _, o := range []organization{{accounts: 6, people: 12, roles: 9, jumps: 2}, {accounts: 4, people: 9, roles: 6}} {
		folder := t.TempDir()
		for _, j := range check(t, folder, o.write(t, folder)) {
			require.Empty(t, refusalsOf(j), j.Stack.Name)
			require.Empty(t, j.Gaps)
			require.NotEmpty(t, j.Proofs.Findings)
		}
	}
}
