package stack_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// The tags that decide are called alike in the stacks that read each other's: that of the organization and those of its
// accounts, that of IAM Identity Center and those in whose accounts its permission sets open sessions.
func TestStacksAgreeOnTheTagsThatDecide(t *testing.T) {
	problems := func(file, management, identity, workload string) string {
		folder := t.TempDir()
		for name, text := range map[string]string{
			"Pulumi.yaml": "name: x\nruntime: go\n",
			"Pulumi.management.yaml": `
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "123456789012"}
  guardrails:organization:
    id: o-exampleorgid
    management: "123456789012"
    tree: {id: r-exam, accounts: ["444455556666", "555555555555", "123456789012"]}
` + management,
			"Pulumi.identity.yaml": `
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "555555555555", organization: o-exampleorgid}
  guardrails:identityCenter:
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    identityStore: d-1234567890
    groups: {operators: a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f}
    permissionSets:
      - {name: Set, template: operation, assignments: [{group: operators, accounts: ["444455556666"]}]}
` + identity,
			"Pulumi.workload.yaml": `
config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666", organization: o-exampleorgid}
` + workload,
		} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		var reader stack.Reader
		_, found := reader.ReadFile(filepath.Join(folder, "Pulumi."+file+".yaml"))
		if len(found) == 0 {
			return ""
		}
		return found.Error()
	}
	tags := func(keys string) string { return "  guardrails:tags: {" + keys + "}\n" }
	const environment = "environment: Environment"
	const never = "  guardrails:justInTime: {delegatedAdministrator: true, denyAccess: [{projects: [shop]}]}\n"
	const approves = "  guardrails:sessions: {runAs: {defaultUser: operator}}\n" +
		"  guardrails:justInTime: {autoApprovals: [{group: a1b2c3d4-5678-90ab-cdef-a1b2c3d45678, projects: [shop]}]}\n"
	for name, c := range map[string]struct{ file, management, identity, workload, says string }{
		"nobody has any":             {"workload", "", "", "", ""},
		"all alike":                  {"workload", tags(environment), tags(environment), tags(environment), ""},
		"an account that needs none": {"management", tags(environment), "", "", ""},
		"an account whose tag nobody guards": {"workload", "", "", tags(environment),
			`tags.environment: "Environment" is not tags.environment of Pulumi.management.yaml, which guards the tags of this account; write "Environment" there too`},
		"an account with another tag": {"workload", tags("environment: Stage"), "", tags(environment), `there it is "Stage"`},
		"the organization with another tag": {"management", tags("environment: Stage"), "", tags(environment),
			`tags.environment: "Stage" is not tags.environment of Pulumi.workload.yaml, whose tags this stack guards: there it is "Environment"`},
		"an instance with another separator": {"identity", "", tags("projectSeparator: /"), tags(`projectSeparator: ":"`),
			`tags.projectSeparator: "/" is not tags.projectSeparator of Pulumi.workload.yaml`},
		"an instance without a separator": {"identity", "", "", tags("projectSeparator: /"), "tags.projectSeparator"},
		"an instance with another project": {"identity", "", tags("project: Team"), "",
			`tags.project: "Team" is not tags.project of Pulumi.workload.yaml, in whose account permission sets of this stack open sessions: there it is "Project"`},
		"an instance with the same separator": {"identity", "", tags("projectSeparator: /"), tags("projectSeparator: /"), ""},
		"denials of approvals with another separator": {"management", never, tags("projectSeparator: /"), tags("projectSeparator: /") + approves,
			`tags.projectSeparator: "" is not tags.projectSeparator of Pulumi.workload.yaml, for whose nodes too justInTime.denyAccess of this stack is written: there it is "/"`},
		"denials of approvals with the same separator": {"management", tags("projectSeparator: /") + never, tags(
			"projectSeparator: /",
		),
			tags("projectSeparator: /") + approves, ""},
		"the project by its default": {"identity", "", tags("project: Project"), "", ""},
	} {
		found := problems(c.file, c.management, c.identity, c.workload)
		if c.says == "" {
			assert.Empty(t, found, name)
			continue
		}
		assert.Contains(t, found, c.says, name)
	}
}
