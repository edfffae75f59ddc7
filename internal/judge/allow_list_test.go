package judge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
)

// withAllowList is the example with FullAWSAccess detached from targets, and a policy of the admin's own there.
func withAllowList(t *testing.T, targets, statements string) string {
	t.Helper()
	folder := edited(t, [3]string{
		"Pulumi.management.yaml",
		"    osAccessOnly:\n",
		"    policies: [{name: allowed, file: allowed.json, targets: " + targets + "}]\n    allowList: " + targets + "\n    osAccessOnly:\n",
	})
	document := `{"Version":"2012-10-17","Statement":[` + statements + `]}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "allowed.json"), []byte(document), 0o600))
	return folder
}

// Where FullAWSAccess is detached, what must work is proven on what the policies there allow: enough of it holds in
// every account, and each service that is missing fails the claim that needs it, with what was refused.
func TestAllowListsAreProvenOnWhatTheyAllow(t *testing.T) {
	const enough = `{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}`
	for _, targets := range []string{"[ou-exam-11111111]", "[r-exam]", `["444455556666"]`} {
		folder := withAllowList(t, targets, enough)
		for _, stack := range []string{"management", "workload", "payments", "jump", "identity"} {
			assert.Empty(t, refusalsOf(judge.Stack(read(t, folder, stack))), "%s: %s", targets, stack)
		}
	}
	services := []string{
		"iam",
		"sts",
		"ssm",
		"ssmmessages",
		"ec2",
		"ec2messages",
		"kms",
		"s3",
		"logs",
		"organizations",
		"cloudformation",
		"ssm-guiconnect",
		"sso",
		"ecs",
		"lambda",
		"account",
		"cloudshell",
	}
	allow := func(without string) string {
		var actions []string
		for _, service := range services {
			if service != without {
				actions = append(actions, `"`+service+`:*"`)
			}
		}
		return `{"Sid":"Listed","Effect":"Allow","Action":[` + strings.Join(actions, ",") + `],"Resource":"*"}`
	}
	for without, says := range map[string]string{
		"iam":         "deployer-not-locked-out",
		"sts":         "declared-journeys-work",
		"ssm":         "declared-journeys-work",
		"ssmmessages": "declared-journeys-work",
		"ec2":         "declared-journeys-work",
	} {
		text := refusalsOf(judge.Stack(read(t, withAllowList(t, "[ou-exam-11111111]", allow(without)), "workload")))
		assert.Contains(t, text, "does not pass "+says, without)
	}
}

// An allow list without anything that is allowed is refused, and so are targets that there are not.
func TestAllowListsThatAreRefused(t *testing.T) {
	const enough = `{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}`
	for name, c := range map[string]struct{ from, to, says string }{
		"a target of no policy": {"allowList: [ou-exam-11111111]", "allowList: [ou-exam-22222222]",
			"allows anything"},
		"a Deny alone": {"", `{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}`,
			"allows anything"},
		"a target that is none": {"allowList: [ou-exam-11111111]", "allowList: [ou-exam-33333333]",
			"does not stand in tree"},
		"the management account": {"allowList: [ou-exam-11111111]", `allowList: ["123456789012"]`,
			"is the management account"},
		"a target twice": {"allowList: [ou-exam-11111111]", "allowList: [ou-exam-11111111, ou-exam-11111111]",
			"is the same as"},
		"something that is no id": {"allowList: [ou-exam-11111111]", "allowList: [Workloads]", "allowList[0]"},
	} {
		document := enough
		if c.from == "" {
			document = c.to
		}
		folder := withAllowList(t, "[ou-exam-11111111]", document)
		file := filepath.Join(folder, "Pulumi.management.yaml")
		if c.from != "" {
			testkit.EditFile(t, file, c.from, c.to)
		}
		assert.Contains(t, problemsOf(file), c.says, name)
	}
}

func problemsOf(file string) string {
	_, problems := stack.ReadFile(file)
	return problems.Error()
}

// Whoever reads the check is told that the proofs count on it, an Allow is idle only where FullAWSAccess stands beside
// it,
// and the sheets say how it is detached and attached again.
func TestAllowListsAreTold(t *testing.T) {
	s := read(
		t,
		withAllowList(t, "[ou-exam-11111111]", `{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}`),
		"management",
	)
	var said []string
	for _, n := range s.Notices(time.Unix(0, 0)) {
		said = append(said, n.Text)
	}
	assert.Contains(t, strings.Join(said, "\n"), "counts on FullAWSAccess being detached")
	assert.NotContains(t, strings.Join(said, "\n"), "does nothing: it has Allows alone")
	a := s.ServiceControlPolicies()
	const line = "-policy --region us-east-1 --target-id ou-exam-11111111 --policy-id p-FullAWSAccess\n"
	assert.Contains(t, a.AllowListSheet(), "aws organizations detach"+line)
	undo := a.UndoSheet()
	require.Contains(t, undo, "aws organizations attach"+line)
	assert.Less(
		t,
		strings.Index(undo, "attach-policy --region us-east-1 --target-id ou-exam-11111111 --policy-id p-Full"),
		strings.Index(undo, "detach-policy"),
		"before anything is detached",
	)
	a.AllowList = nil
	assert.Empty(t, a.AllowListSheet())
	assert.NotContains(t, a.UndoSheet(), "p-FullAWSAccess")
}
