package judge_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/testkit"
)

// tools is a copy of the example with boundaries and a partner, with edits.
func tools(t *testing.T, edits ...string) *judge.Judgement {
	t.Helper()
	folder := testkit.Copy(t, "examples/tools")
	testkit.EditFile(t, filepath.Join(folder, "Pulumi.tools.yaml"), edits...)
	return judge.Stack(read(t, folder, "tools"))
}

// The example holds, and a strict check passes with what it accepts.
func TestBoundariesAndPartnersOfTheExampleHold(t *testing.T) {
	j := tools(t)
	assert.Empty(t, refusalsOf(j))
	for _, c := range j.Concessions() {
		assert.NotEmpty(t, c.Accepted, c.ID)
	}
}

// The proofs see what bounds people and roles: each boundary that is too narrow fails what must work, each that is gone
// fails what it kept, and so do the policies of the account's own.
func TestProofsSeeBoundariesAndOwnPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		says     []string
	}{
		"a user who cannot enrol": {`Action: ["iam:*", "sts:*"]`, `Action: ["iam:Get*", "sts:*"]`,
			[]string{"does not pass enrolment-works"}},
		// A trust policy that names a user goes past what a boundary leaves out, and not past a Deny.
		"a user who cannot leave": {
			`Action: ["iam:*", "sts:*"], Resource: "*"}`,
			`Action: ["iam:*", "sts:*"], Resource: "*"}` + "\n          - {Sid: NoRoles, Effect: Deny, Action: " +
				"\"sts:AssumeRole\", Resource: \"*\"}",
			[]string{"does not pass declared-journeys-work"},
		},
		"an operation role without shells": {"runAs: erin\n      permissionsBoundary: OnlyTokyo",
			"runAs: erin\n      permissionsBoundary: OnlyStorage", []string{"does not pass declared-journeys-work"}},
		"no boundary of storage": {"      permissionsBoundary: OnlyStorage\n", "",
			[]string{"iam:CreateUser"}},
		"a wider boundary of storage": {`Action: ["backup:*", "s3:*"]`, `Action: ["backup:*", "s3:*", "iam:*"]`,
			[]string{"the boundary keeps whoever administers storage from access"}},
		"an own policy that reads nothing": {`["ce:Describe*", "ce:Get*", "ce:List*"]`, `["ce:Describe*"]`,
			[]string{"who reads costs reads costs"}},
		"a permission set without shells": {"template: operation\n        permissionsBoundary: OnlyTokyo",
			"template: operation\n        permissionsBoundary: OnlyStorage",
			[]string{"does not pass permission-set-shells-work", "a builder of Identity Center works"}},
		"OS access without shells": {"projects: [build]\n    permissionsBoundary: OnlyTokyo",
			"projects: [build]\n    permissionsBoundary: OnlyStorage", []string{"does not pass declared-journeys-work"}},
		"a permission set of an own policy that reads nothing": {
			`["ce:Describe*", "ce:Get*", "ce:List*"]`, `["ce:Describe*"]`,
			[]string{"who reads costs through Identity Center reads costs"}},
		"a permission set that carries more": {"template: own\n        managedPolicies: [ReadCosts]",
			"template: own\n        managedPolicies: [ReadCosts, OnlyStorage]",
			[]string{"who reads costs through Identity Center makes no bucket"}},
		"a partner who administers": {"      managedPolicies: [ReadCosts]\n      partner:",
			"      managedPolicies: [AdministratorAccess]\n      partner:",
			[]string{"does not pass administrators-are-declared"}},
	} {
		j := tools(t, c.from, c.to)
		text := refusalsOf(j)
		for _, says := range c.says {
			assert.Contains(t, text, says, name)
		}
	}
}

// A customer managed policy that no stack makes has a document that no proof can read: nothing holds without an
// assumption that names it, be it what the permission set carries or what bounds it. A boundary that some stack makes
// keeps what such a policy opens.
func TestPoliciesThatNoStackMakesAreAssumptions(t *testing.T) {
	const own, bound = "template: own\n        managedPolicies: [ReadCosts]",
		"template: operation\n        permissionsBoundary: OnlyTokyo"
	assumed := func(edits ...string) string {
		var all []string
		j := tools(t, edits...)
		for _, c := range j.Concessions() {
			if c.Accepted == "" {
				all = append(all, c.Texts...)
			}
		}
		return strings.Join(all, "\n")
	}
	carried := assumed(own, `template: own
        managedPolicies: ["/team/Costs"]`)
	assert.Contains(t, carried, "arn:aws:iam::111122223333:policy/team/Costs allows ce:ListCostAllocationTags")
	assert.Contains(t, carried, "arn:aws:iam::111122223333:policy/team/Costs does not allow iam:CreateRole")
	assert.Contains(t, assumed(bound, "template: operation\n        permissionsBoundary: /team/Bound"),
		"arn:aws:iam::111122223333:policy/team/Bound allows ssm:StartSession")
	bounded := assumed(own, `template: own
        permissionsBoundary: ReadCosts
        managedPolicies: ["/team/Costs"]`)
	assert.Contains(t, bounded, "policy/team/Costs allows ce:ListCostAllocationTags")
	assert.NotContains(t, bounded, "does not allow")
}

// The proofs and the expectations see what a session document of the stack opens, and to whom.
func TestProofsSeeSessionDocuments(t *testing.T) {
	const pattern = `{name: build, allowedPattern: "^[a-z0-9-]+$"}`
	for name, c := range map[string]struct{ from, to, says string }{
		"a role without the endpoint": {`"2001:db8::/32", vpce-0abcdef1234567890]`, `"2001:db8::/32"]`,
			"fay reads the logs of the builds through the VPC"},
		"a permission set of more networks": {`[203.0.113.0/24, vpce`, `[203.0.113.0/24, 198.51.100.0/24, vpce`,
			"a builder who took the permission set elsewhere opens nothing with it"},
		"grants of more networks": {`[203.0.113.0/24]`, `[203.0.113.0/24, 198.51.100.0/24]`,
			"who is on call opens nothing from anywhere else"},
		"a role of more networks": {`[203.0.113.0/24, "`, `[203.0.113.0/24, 198.51.100.0/24, "`,
			"fay does not watch the builds from anywhere else"},
		"a role that opens shells": {"      shell: false\n", "", "who watches the builds opens no shell"},
		"a role that lists one document": {"documents: [BuildDatabase, BuildLogs]", "documents: [BuildDatabase]",
			"fay reads the logs of the builds"},
		"a document for others too": {"project: build\n      environment: staging\n      runAs: erin\n",
			"project: build\n      environment: staging\n      runAs: erin\n      documents: [BuildDatabase]\n",
			"the documents of who watches are not those of who builds"},
		"a document of AWS": {"documents: [BuildDatabase, BuildLogs]",
			"allowUnlogged: true\n      documents: [BuildDatabase, BuildLogs, AWS-StartPortForwardingSessionToRemoteHost]",
			"who watches the builds chooses no port and no host"},
	} {
		assert.Contains(t, refusalsOf(tools(t, c.from, c.to)), c.says, name)
	}
	free := tools(t, pattern, "{name: build, free: true}")
	assert.Empty(t, refusalsOf(free))
	var waived []string
	for _, c := range free.Concessions() {
		if c.Switch && c.Accepted == "" {
			waived = append(waived, c.ID)
		}
	}
	assert.Equal(t, []string{"sessionDocuments[1].free"}, waived)
}
