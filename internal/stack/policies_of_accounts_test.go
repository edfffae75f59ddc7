package stack_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// A permission set names customer managed policies of the accounts where it is assigned. Each of those whose stack is in
// the folder has to make it; who makes the others is not known.
func TestCustomerManagedPoliciesAreThoseOfTheAccounts(t *testing.T) {
	const made = `
  guardrails:managedPolicies:
    - {name: Costs, policy: {Statement: [{Sid: ReadCosts, Effect: Allow, Action: "ce:Get*", Resource: "*"}]}}`
	read := func(workload, own, keys, accounts string) (*stack.Stack, string) {
		folder := t.TempDir()
		write := func(name, text string) {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		write("Pulumi.yaml", "name: x\nruntime: go\n")
		write("Pulumi.workload.yaml", `
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", alias: machines}`+workload)
		write("Pulumi.identity.yaml", `
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "555555555555"}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    groups: {operators: a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f}
    permissionSets:
      - {name: Set, template: own, `+keys+`, assignments: [{group: operators, accounts: [`+accounts+`]}]}`+own)
		var reader stack.Reader
		s, problems := reader.ReadFile(filepath.Join(folder, "Pulumi.identity.yaml"))
		if len(problems) > 0 {
			return nil, problems.Error()
		}
		return s, ""
	}
	for name, c := range map[string]struct{ workload, own, keys, accounts, says string }{
		"carried":         {made, "", "managedPolicies: [Costs]", "machines", ""},
		"bounding":        {made, "", "managedPolicies: [Billing], permissionsBoundary: Costs", "machines", "is no managed policy of AWS"},
		"bounding AWS's":  {made, "", "managedPolicies: [job-function/Billing], permissionsBoundary: Costs", "machines", ""},
		"by its path":     {made, "", "managedPolicies: [/guardrails/Costs]", "machines", ""},
		"of two accounts": {made, made, "managedPolicies: [Costs]", `machines, "555555555555"`, ""},
		"of one of two": {made, "", "managedPolicies: [Costs]", `machines, "555555555555"`,
			`permissionSets[0].managedPolicies[0]: "Costs" is not among the managedPolicies of Pulumi.identity.yaml`},
		"of the other of two": {"", made, "managedPolicies: [/guardrails/Costs]", `machines, "555555555555"`,
			`"/guardrails/Costs" is not among the managedPolicies of Pulumi.workload.yaml, and Set is assigned in account "444455556666"`},
		"a boundary of one of two": {made, "", "managedPolicies: [SecurityAudit], permissionsBoundary: Costs",
			`machines, "555555555555"`, `permissionsBoundary: "Costs" is not among the managedPolicies`},
		"misspelt":          {made, "", "managedPolicies: [Cost]", "machines", `did you mean "Costs"?`},
		"of another folder": {made, "", "managedPolicies: [Costs]", `machines, "777788889999"`, ""},
		"of others":         {"", "", "managedPolicies: [/team/Costs]", "machines", ""},
		"an ARN": {made, "", `managedPolicies: ["arn:aws:iam::444455556666:policy/guardrails/Costs"]`, "machines",
			"is an ARN, and a permission set is for accounts that do not share policies"},
	} {
		s, says := read(c.workload, c.own, c.keys, c.accounts)
		if c.says != "" {
			assert.Contains(t, says, c.says, name)
			continue
		}
		require.Empty(t, says, name)
		wants := []string{"workload"}
		assert.Equal(t, wants, s.PreparedBy(), "%s: the accounts come first", name)
	}
}
