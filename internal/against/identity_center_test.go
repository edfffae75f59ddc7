package against

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
)

const (
	paymentsFile = "Pulumi.payments.yaml"
	// operators and imposters are ids of groups.
	operators, imposters = "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f", "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e60"
)

// What opens or shuts doors and shows in no call of a user or role is said, and never called no one's gain or loss.
func TestWhatNoCallShowsIsNotNoOnesGain(t *testing.T) {
	made := map[string]resources{}
	unproven := func(name string, stacks []*stack.Stack) *change.Side {
		s := &change.Side{
			Name:        name,
			World:       judge.World(stacks...),
			Stacks:      map[string]string{},
			ProjectTags: map[string]string{},
		}
		for _, stack := range stacks {
			s.Stacks[stack.Account.ID] = stack.Name
			s.AddIdentityCenter(stack)
		}
		made[name] = listResources(s, "guardrails", stacks)
		return s
	}
	before := unproven("before", stacksOf(t, projectWith(t, shipped)))
	for name, c := range map[string]struct {
		edits []edit
		says  []string
	}{
		"another group is assigned": {[]edit{{identityFile, "{group: operators, accounts: [workload]}",
			"{group: auditors, accounts: [workload]}"}},
			[]string{"people of IAM Identity Center can do more, people of IAM Identity Center can do less",
				"+ whoever is in the group auditors of IAM Identity Center gains the permission set ProjectOperator " +
					"in workload (444455556666)",
				"- whoever is in the group operators of IAM Identity Center loses the permission set ProjectOperator " +
					"in workload (444455556666)"}},
		"a person is assigned no longer": {[]edit{{identityFile, "          - {user: dave, accounts: [workload]}\n",
			""}},
			[]string{"people of IAM Identity Center can do less; no one gains",
				"- dave of IAM Identity Center loses the permission set ProjectOperator in workload (444455556666)"}},
		"a group of the name is another one": {[]edit{{identityFile, "operators: " + operators,
			"operators: " + imposters}},
			[]string{"+ whoever is in the group operators (" + imposters + ")",
				"- whoever is in the group operators (" + operators + ")"}},
		"a project comes from elsewhere": {[]edit{{identityFile, "Project: ${path:enterprise.department}",
			"Project: ${path:nickName}"}},
			[]string{"the source of the session tag Project ${path:nickName}, and had ${path:enterprise.department}"}},
		"a tag is added": {[]edit{{identityFile, "      Project: ${path:enterprise.department}",
			"      Project: ${path:enterprise.department}\n      Team: ${path:nickName}"}},
			[]string{"gives everybody the session tag Team from ${path:nickName}, and did not"}},
		"more people approve": {[]edit{{paymentsFile, "        accessDuration: 4h\n",
			"        accessDuration: 4h\n      - name: other\n        projects: [other]\n        " +
				"groups: [" + operators + "]\n"}},
			[]string{"document other in ap-northeast-1 of payments is new"}},
		"nothing is denied to approvals any more": {[]edit{{identityFile,
			"  guardrails:justInTime:\n    delegatedAdministrator: true\n    denyAccess:\n      - projects: " +
				"[payments]\n", ""}},
			[]string{"document SSM-JustInTimeAccessDenyAccessOrgPolicy in ap-northeast-1 of identity is gone"}},
		"passwords may be shorter": {[]edit{{jumpFile, "minimumLength: 16", "minimumLength: 8"}},
			[]string{"the password policy of jump changes in place by minimumPasswordLength"}},
		"nodes may write logs": {[]edit{{paymentsFile, "      defaultUser: operator\n",
			"      defaultUser: operator\n    nodePolicy: true\n"}},
			[]string{"policy guardrails-session-node of payments is new, for roles that no stack lists"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := projectWith(t, shipped)
			testkit.EditFiles(t, dir, c.edits...)
			after := unproven("after", stacksOf(t, dir))
			r, err := change.Compare(before, after, someDay, changesOf(made["before"], made["after"]))
			require.NoError(t, err)
			text := textOf(t, r)
			assert.False(t, r.NoOne, text)
			assert.NotContains(t, text, "No one gains")
			for _, said := range c.says {
				assert.Contains(t, text, said)
			}
		})
	}
}
