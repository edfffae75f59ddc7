package judge_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/problem"
)

const example = "../../examples/organization"

// edited is a copy of the example organization, with texts of its files replaced.
func edited(t *testing.T, edits ...testkit.Edit) string {
	t.Helper()
	return testkit.Copy(t, "examples/organization", edits...)
}

func read(t *testing.T, folder, st string) *stack.Stack {
	t.Helper()
	s, problems := stack.ReadFile(filepath.Join(folder, "Pulumi."+st+".yaml"))
	require.Empty(t, problems)
	return s
}

func refusalsOf(j *judge.Judgement) string {
	var all []string
	for _, p := range j.Refusals() {
		all = append(all, p.Error())
	}
	return strings.Join(all, "\n")
}

// Each stack of the example holds, judged alone with its siblings beside it and judged with them, and the verdicts
// are the same.
func TestTheOrganizationIsJudgedAsOne(t *testing.T) {
	folder := edited(t)
	var stacks []*stack.Stack
	for _, name := range []string{"identity", "jump", "management", "payments", "workload"} {
		stacks = append(stacks, read(t, folder, name))
	}
	for i, j := range judge.Stacks(stacks...) {
		assert.Empty(t, refusalsOf(j), j.Stack.Name)
		assert.Empty(t, j.Gaps, j.Stack.Name)
		alone := judge.Stack(stacks[i])
		assert.Equal(t, refusalsOf(j), refusalsOf(alone), j.Stack.Name)
		assert.Equal(t, len(j.Proofs.Findings), len(alone.Proofs.Findings), j.Stack.Name)
	}
}

// A role that trusts somebody whose account does not open the way is refused, with the line that is missing there.
func TestBothHalvesOfAnAssumedRoleAreWanted(t *testing.T) {
	folder := edited(
		t,
		[3]string{
			"Pulumi.jump.yaml",
			`roleAccounts: ["444455556666", "555555555555", "777788889999"]`,
			`roleAccounts: ["555555555555"]`,
		},
	)
	text := refusalsOf(judge.Stack(read(t, folder, "workload")))
	assert.Contains(t, text, "does not pass declared-journeys-work")
	assert.Contains(t, text, `add "444455556666" to guardrails:mfa.roleAccounts in Pulumi.jump.yaml`)
	assert.Empty(t, refusalsOf(judge.Stack(read(t, folder, "identity"))))
}

// A policy of one's own that locks out who deploys is refused where the policy is listed, with the statement that
// does it.
func TestAPolicyThatLocksOutIsRefused(t *testing.T) {
	folder := edited(t, [3]string{"Pulumi.management.yaml", "    # The root users of the accounts", `    policies:
      - {name: frozen, file: frozen.json, targets: [ou-exam-11111111]}

    # The root users of the accounts`})
	require.NoError(t, os.WriteFile(
		filepath.Join(folder, "frozen.json"),
		[]byte(
			`{"Version": "2012-10-17", "Statement": [{"Sid": "NothingChanges", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}`,
		),
		0o600,
	))
	text := refusalsOf(judge.Stack(read(t, folder, "management")))
	assert.Contains(t, text, "member-deployers-not-locked-out")
	assert.Contains(t, text, "member-break-glass-not-locked-out")
	assert.Contains(t, text, "NothingChanges")
	assert.Contains(t, text, "guardrails:organization.policies[0].file")
	// The workload stack is told the same by its own proof, when it is deployed alone.
	assert.Contains(t, refusalsOf(judge.Stack(read(t, folder, "workload"))), "deployer-not-locked-out")
}

// A permission set whose shells the guardrails shut is told how it is exempt. A policy of one's own that shuts the start
// of instances is told by its statement: no exemption of the guardrails opens it.
func TestWhatShutsAPermissionSetIsToldWithWhatOpensIt(t *testing.T) {
	const exempt = "add ProjectOperator to organization.osAccessOnly.permissionSets"
	folder := edited(t, [3]string{"Pulumi.management.yaml", "      permissionSets: [ProjectOperator]\n", ""})
	text := refusalsOf(judge.Stack(read(t, folder, "identity")))
	assert.Contains(t, text, "does not pass permission-set-shells-work")
	assert.Contains(t, text, exempt)
	for _, action := range []string{"ec2:StartInstances", "ec2:StopInstances"} {
		own := edited(t, [3]string{"Pulumi.management.yaml", "    # The root users of the accounts", `    policies:
      - {name: frozen, file: frozen.json, targets: [ou-exam-11111111]}

    # The root users of the accounts`})
		require.NoError(t, os.WriteFile(filepath.Join(own, "frozen.json"), []byte(
			`{"Version": "2012-10-17", "Statement": [{"Sid": "Frozen", "Effect": "Deny", "Action": "`+action+`", "Resource": "*"}]}`,
		), 0o600))
		told := refusalsOf(judge.Stack(read(t, own, "identity")))
		assert.Contains(t, told, "does not pass permission-set-shells-work", action)
		assert.Contains(t, told, "leave "+action+" out of statement Frozen of frozen.json")
		assert.NotContains(t, told, exempt, action)
	}
}

// A login that images come with has sudo, wherever the stack file names it: that it has none is an assumption of the
// stack, which a strict check wants accepted.
func TestLoginsOfImagesAreAssumedToHaveNoSudo(t *testing.T) {
	for name, change := range map[string][3]string{
		"of a grant": {"Pulumi.workload.yaml", "      runAs: alice\n      projects: [billing]",
			"      runAs: ubuntu\n      projects: [billing]"},
		"of OS access": {"Pulumi.workload.yaml", "    grantMaxLength: 8h",
			"    grantMaxLength: 8h\n    runAs: ubuntu"},
		"the default user": {"Pulumi.payments.yaml", "defaultUser: operator", "defaultUser: ubuntu"},
	} {
		t.Run(name, func(t *testing.T) {
			j := judge.Stack(read(t, edited(t, change), stackfile.StackName(change[0])))
			at := slices.IndexFunc(j.Gaps, func(a prove.ProofAssumption) bool { return a.ID == "OS user ubuntu" })
			require.GreaterOrEqual(t, at, 0, "%v", j.Gaps)
			strict := ""
			for _, p := range j.StrictRefusals() {
				strict += p.Error() + "\n"
			}
			assert.Contains(t, strict, `"OS user ubuntu"`)
		})
	}
}

// What could not be read is an assumption that is printed, and that a strict check wants accepted.
func TestWhatCannotBeReadIsAssumed(t *testing.T) {
	folder := edited(t, [3]string{"Pulumi.identity.yaml", "guardrails:passwordPolicy", "guardrails:passwordPolicies"})
	j := judge.Stack(read(t, folder, "jump"))
	require.Len(t, j.Gaps, 1)
	assert.Equal(t, "stack identity", j.Gaps[0].ID)
	strict := ""
	for _, p := range j.StrictRefusals() {
		strict += p.Error() + "\n"
	}
	assert.Contains(t, strict, `"stack identity"`)

	require.NoError(t, os.Remove(filepath.Join(folder, "Pulumi.management.yaml")))
	require.NoError(t, os.Remove(filepath.Join(folder, "Pulumi.identity.yaml")))
	// It has a grant for somebody of the identity stack.
	require.NoError(t, os.Remove(filepath.Join(folder, "Pulumi.workload.yaml")))
	j = judge.Stack(read(t, folder, "jump"))
	require.Len(t, j.Gaps, 1)
	assert.Equal(t, "o-exampleorgid", j.Gaps[0].ID)
}

// Switches of the organization that weaken a proof are told as waived.
func TestOpenDoorsAreTold(t *testing.T) {
	j := judge.Stack(read(t, edited(t), "management"))
	var ids []string
	for _, c := range j.Concessions() {
		ids = append(ids, c.ID)
		// Who commands the services that make exempt roles is no switch: it is assumed, and accepted in the stack file.
		assert.True(t, c.Switch || c.ID == "administrators of 123456789012", c.ID)
	}
	assert.Contains(t, ids, "organization.osAccessOnly.remoteExecution.mode")
	assert.Contains(t, ids, "organization.osAccessOnly.targets")
}

// One organization has its policies in one stack.
func TestOneStackCarriesTheOrganization(t *testing.T) {
	folder := edited(t)
	data, err := os.ReadFile(filepath.Join(folder, "Pulumi.management.yaml"))
	require.NoError(t, err)
	text := strings.Replace(string(data), `id: "123456789012"`, `id: "999999999999"`, 1)
	text = strings.Replace(text, "alias: management", "alias: second", 1)
	text = strings.Replace(text, `accounts: ["123456789012"]`, `accounts: ["123456789012", "999999999999"]`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Pulumi.second.yaml"), []byte(text), 0o600))
	assert.Contains(
		t,
		refusalsOf(judge.Stack(read(t, folder, "management"))),
		"stands in several stacks: management, second",
	)
}

// A shared role wants its door opened where the service control policies stand, and a person's OS user is nobody
// else's: in whichever stack the line is written that is wrong.
func TestOSUsersOfPeopleAreHeldAcrossStacks(t *testing.T) {
	folder := edited(t, [3]string{"Pulumi.management.yaml", "ownOSUsers: true", "ownOSUsers: false"})
	text := refusalsOf(judge.Stack(read(t, folder, "workload")))
	assert.Contains(t, text, "does not pass declared-journeys-work")
	assert.Contains(
		t,
		text,
		"write ownOSUsers: true under guardrails:organization.protectGuardrails in Pulumi.management.yaml",
	)

	folder = edited(
		t,
		[3]string{"Pulumi.workload.yaml", "project: billing\n      runAs: bob", "project: billing\n      runAs: alice"},
	)
	text = refusalsOf(judge.Stack(read(t, folder, "workload")))
	assert.Contains(
		t,
		text,
		`"billing-bob" does not pass own-os-user-only: somebody else than arn:aws:iam::111122223333:user/alice assumes a role whose shells start as alice`,
	)
	text = refusalsOf(judge.Stack(read(t, folder, "jump")))
	assert.Contains(t, text, `"alice" does not pass own-os-user-only`)

	folder = edited(t, [3]string{"Pulumi.jump.yaml", "displayName: Bob, runAs: bob", "displayName: Bob"})
	_, problems := stack.ReadFile(filepath.Join(folder, "Pulumi.workload.yaml"))
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("guardrails:operationRoles[4].users[0]"), problems[0].Path, "where his team stands")
	assert.Contains(t, problems[0].Error(), "has no OS user")
	assert.Contains(t, problems[0].Error(), "user/bob")
}
