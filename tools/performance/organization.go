package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// organization is an organization as stack files have it: a management account, accounts that people sign in to, and
// accounts with roles. People assume roles of accounts that come after their own. Its numbers grow with the accounts:
// 20 people and 5 roles for each.
type organization struct {
	accounts int
	// jumps is how many of the accounts people sign in to. The others have the roles, unless everybody lives where
	// the roles are (zero).
	jumps int
}

func (o organization) people() int { return 20 * o.accounts }
func (o organization) roles() int  { return 5 * o.accounts }

func id(account int) string { return fmt.Sprintf("2%011d", account) }

func stackName(account int) string { return fmt.Sprintf("a%03d", account) }

// write writes the stack files into a folder.
func (o organization) write(folder string) error {
	if err := os.WriteFile(
		filepath.Join(folder, "Pulumi.yaml"),
		[]byte("name: organization\nruntime: go\n"),
		0o600,
	); err != nil {
		return err
	}
	for account := range o.accounts {
		text := o.management()
		if account > 0 {
			text = o.member(account)
		}
		if err := os.WriteFile(
			filepath.Join(folder, "Pulumi."+stackName(account)+".yaml"),
			[]byte(text),
			0o600,
		); err != nil {
			return err
		}
	}
	return nil
}

func (o organization) management() string {
	var members, jumps []string
	for i := 1; i < o.accounts; i++ {
		members = append(members, fmt.Sprintf("%q", id(i)))
		if i <= o.jumps || o.jumps == 0 {
			jumps = append(jumps, fmt.Sprintf("%q", id(i)))
		}
	}
	return fmt.Sprintf(`config:
  aws:region: us-east-1
  guardrails:account: {id: %[1]q, organization: o-exampleorgid, deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}
  guardrails:organization:
    id: o-exampleorgid
    management: %[1]q
    tree: {id: r-exam, accounts: [%[1]q], units: [{id: ou-exam-11111111, name: Members, accounts: [%[2]s]}]}
    osAccessOnly: {targets: [ou-exam-11111111], operationRoles: true, remoteExecution: {mode: report}}
    consolePasswords: {jumpAccounts: [%[3]s], targets: [ou-exam-11111111]}
    protectGuardrails: {targets: [ou-exam-11111111]}
`, id(0), strings.Join(members, ", "), strings.Join(jumps, ", "))
}

// places are how many accounts have people, and how many have roles.
func (o organization) places() (homes, doors int) {
	if o.jumps == 0 {
		return o.accounts - 1, o.accounts - 1
	}
	return o.jumps, o.accounts - 1 - o.jumps
}

func (o organization) member(i int) string {
	homes, doors := o.places()
	var b strings.Builder
	fmt.Fprintf(&b, "config:\n  aws:region: ap-northeast-1\n")
	fmt.Fprintf(
		&b,
		"  guardrails:account: {id: %q, alias: account%d, organization: o-exampleorgid, deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}\n",
		id(i),
		i,
	)
	if i <= homes {
		if o.jumps > 0 {
			b.WriteString("  guardrails:mfa: {roleAccounts: [")
			for door := i - 1; door < doors; door += homes {
				fmt.Fprintf(&b, "%q, ", id(1+o.jumps+door))
			}
			b.WriteString("]}\n")
		}
		b.WriteString("  guardrails:users:\n")
		for n := i - 1; n < o.people(); n += homes {
			fmt.Fprintf(&b, "    - {name: person%d, email: person%d@example.com}\n", n, n)
		}
	}
	if door := i - 1 - o.jumps; door >= 0 {
		b.WriteString("  guardrails:operationRoles:\n")
		for n := door; n < o.roles(); n += doors {
			// Somebody of the home account that opens the way to this account.
			home := 1 + door%homes
			person := fmt.Sprintf("account%d/person%d", home, home-1+homes*((n/doors)%(o.people()/homes)))
			fmt.Fprintf(&b, "    - {users: [%s], project: Project %d, runAs: operator%d}\n", person, n, n)
		}
	}
	return b.String()
}

// writeCrowd writes a folder of one account, in which all people and roles are.
func (o organization) writeCrowd(folder string) error {
	var b strings.Builder
	fmt.Fprintf(&b, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: %q, alias: crowd, deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}
  guardrails:mfa: {}
  guardrails:users:
`, id(1))
	for n := range o.people() {
		fmt.Fprintf(&b, "    - {name: person%d, email: person%d@example.com}\n", n, n)
	}
	b.WriteString("  guardrails:operationRoles:\n")
	for n := range o.roles() {
		fmt.Fprintf(&b, "    - {users: [person%d], project: Project %d, runAs: operator%d}\n", n, n, n)
	}
	for name, text := range map[string]string{
		"Pulumi.yaml":                      "name: crowd\nruntime: go\n",
		"Pulumi." + stackName(1) + ".yaml": b.String(),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
