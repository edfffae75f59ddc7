package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/problem"
)

// A key that is misspelt is told once, with the key that was meant, and not again as one that is missing or empty.
func TestAMisspeltKeyIsToldOnce(t *testing.T) {
	const file = `config:
  aws:region: eu-central-1
  guardrails:account: {id: "123456789012"}
  guardrails:users: [{name: alice}]
  guardrails:managedPolicies: [{name: Mine, policy: {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}]
  guardrails:operationRoles: [{users: [alice], project: shop, runAs: alice}]
  guardrails:sessions: {regions: [eu-central-1]}
`
	path := filepath.Join(t.TempDir(), "Pulumi.mine.yaml")
	read := func(text string) problem.List {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, problems := ReadFile(path)
		return problems
	}
	problems := read(file)
	assert.Empty(t, problems)
	for right, wrong := range map[string]string{
		"guardrails:account:": "guardrails:acount:", "guardrails:users:": "guardrails:user:", "aws:region:": "aws:regions:",
		"guardrails:sessions:": "guardrails:session:", "{id:": "{idd:", "[{name: alice": "[{nam: alice", "{name: Mine": "{Name: Mine", "policy: {": "polcy: {",
		"users: [alice]": "user: [alice]", "project:": "projekt:", "runAs:": "runas:", "regions:": "region:",
	} {
		problems := read(strings.Replace(file, right, wrong, 1))
		if assert.NotEmpty(t, problems, wrong) {
			said := 0
			for _, p := range problems {
				parent, _ := p.Path.Parent()
				if strings.Contains(p.Error(), "did you mean") {
					said++
				}
				assert.NotContains(t, p.Error(), "missing", "%s of %s: %v", wrong, parent, problems)
				assert.NotContains(t, p.Error(), "is empty", "%s: %v", wrong, problems)
			}
			assert.Equal(t, 1, said, "%s: %v", wrong, problems)
		}
	}
}
