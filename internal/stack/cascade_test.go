package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stack that is missing in the folder is told where it is named, and nowhere else: no list is called empty because
// its only element was refused, and what may be written in its place are names of stacks that have no alias too.
func TestOneMissingStackIsToldWhereItIsNamed(t *testing.T) {
	folder := t.TempDir()
	files := map[string]string{
		"Pulumi.yaml": "name: guardrails\nruntime: go\n",
		"Pulumi.shop.yaml": `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666"}
  guardrails:operationRoles:
    - {users: [jump/alice], project: shop, runAs: alice}
  guardrails:delegatedRoles:
    - {name: AdminRole, users: [jump/carol], managedPolicies: [AdministratorAccess]}
`,
		"Pulumi.management.yaml": `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "123456789012", deployer: role/GuardrailDeployer, breakGlass: [role/BreakGlass]}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    groups: {auditors: 0b1c2d3e-4f5a-6b7c-8d9e-0f1a2b3c4d5e}
    permissionSets:
      - {name: Viewer, template: readOnly, assignments: [{group: auditors, accounts: [jump]}]}
  guardrails:organization:
    id: o-exampleorgid
    management: "123456789012"
    tree: {id: r-exam, accounts: ["123456789012", "444455556666"]}
    consolePasswords: {jumpAccounts: [jump], targets: [r-exam]}
    protectGuardrails: {targets: [r-exam]}
`,
	}
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	for name, want := range map[string][]string{
		"Pulumi.shop.yaml": {"guardrails:operationRoles[0].users[0]", "guardrails:delegatedRoles[0].users[0]"},
		"Pulumi.management.yaml": {"guardrails:identityCenter.permissionSets[0].assignments[0].accounts[0]",
			"guardrails:organization.consolePasswords.jumpAccounts[0]"},
	} {
		_, problems := ReadFile(filepath.Join(folder, name))
		var paths []string
		for _, p := range problems {
			paths = append(paths, string(p.Path))
			assert.NotContains(t, p.Fix, `""`, p.Path)
			if strings.Contains(p.Why, "alias of no stack") {
				assert.Contains(t, p.Fix, "shop")
			}
		}
		assert.ElementsMatch(t, want, paths, name)
	}
}
