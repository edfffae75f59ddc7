package judge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/stack"
)

// withOwnPolicy is the example with a service control policy of the admin's own on the unit with nodes.
func withOwnPolicy(t *testing.T, statements string) string {
	t.Helper()
	folder := edited(
		t,
		[3]string{
			"Pulumi.management.yaml",
			"    osAccessOnly:\n",
			"    policies: [{name: mine, file: mine.json, targets: [ou-exam-11111111]}]\n    osAccessOnly:\n",
		},
	)
	document := `{"Version":"2012-10-17","Statement":[` + statements + `]}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "mine.json"), []byte(document), 0o600))
	return folder
}

// The agent of a node is half of every session: a policy that denies one of its calls ends all shells, and the
// journey says which and where.
func TestAPolicyThatShutsTheAgentOutEndsEveryShell(t *testing.T) {
	for _, action := range []string{
		"ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenDataChannel", "ssmmessages:*",
	} {
		folder := withOwnPolicy(t, fmt.Sprintf(`{"Sid":"NoAgent","Effect":"Deny","Action":%q,"Resource":"*"}`, action))
		text := refusalsOf(judge.Stack(read(t, folder, "workload")))
		assert.Contains(t, text, "does not pass declared-journeys-work", action)
		assert.Contains(t, text, "service control policy mine, statement NoAgent", action)
		assert.Contains(
			t,
			text,
			" out of statement NoAgent of mine.json (guardrails:organization.policies[0] in Pulumi.management.yaml)",
			action,
		)
		text = refusalsOf(judge.Stack(read(t, folder, "payments")))
		assert.Contains(
			t,
			text,
			"no shell opens in ap-northeast-1, whose preferences are set: the agent of the node",
			action,
		)
	}
	for name, statements := range map[string]string{
		"the older endpoint":   `{"Sid":"Old","Effect":"Deny","Action":"ec2messages:*","Resource":"*"}`,
		"people alone":         `{"Sid":"People","Effect":"Deny","Action":"ssmmessages:Create*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}}`,
		"another Region":       `{"Sid":"Far","Effect":"Deny","Action":"ssmmessages:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`,
		"nothing of the agent": `{"Sid":"Other","Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`,
	} {
		folder := withOwnPolicy(t, statements)
		for _, stack := range []string{"workload", "payments", "identity"} {
			assert.Empty(t, refusalsOf(judge.Stack(read(t, folder, stack))), "%s: %s", name, stack)
		}
	}
}

// What the agent of a node does besides its channels is asked of the preferences that the stack files have: a log that
// is not written is what the claim rests on, in the stack of every account below the policy.
func TestALogThatIsNotWrittenIsWhatAShellRestsOn(t *testing.T) {
	for action, id := range map[string]string{
		"ec2messages:*":       "agent/ec2messages:AcknowledgeMessage",
		"logs:PutLogEvents":   "agent/logs:PutLogEvents",
		"logs:CreateLog*":     "agent/logs:CreateLogStream",
		"logs:StartLiveTail":  "",
		"s3:DeleteObject":     "",
		"ec2messages:Delete*": "",
	} {
		folder := withOwnPolicy(t, fmt.Sprintf(`{"Sid":"Quiet","Effect":"Deny","Action":%q,"Resource":"*"}`, action))
		for _, name := range []string{"workload", "payments"} {
			j := judge.Stack(read(t, folder, name))
			assert.Empty(t, refusalsOf(j), "%s: %s", action, name)
			if id == "" || name == "workload" && !strings.HasPrefix(action, "ec2messages") {
				// The stack of the workload keeps no log.
				assert.NotContains(t, concessionsOf(j), "agent/", "%s: %s", action, name)
			} else {
				assert.Contains(t, concessionsOf(j), id, "%s: %s", action, name)
			}
		}
	}
}

// A policy that leaves the roles of nodes out shuts nobody out who has one of them, and that is what the verdict then
// rests on.
func TestARoleThatIsLeftOutIsAssumedOfNodes(t *testing.T) {
	folder := withOwnPolicy(
		t,
		`{"Sid":"NodesAlone","Effect":"Deny","Action":"ssmmessages:CreateDataChannel","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/BreakGlass"}}}`,
	)
	j := judge.Stack(read(t, folder, "workload"))
	assert.Empty(t, refusalsOf(j))
	assert.Contains(t, concessionsOf(j), "arn:aws:iam::444455556666:role/BreakGlass")
}

func concessionsOf(j *judge.Judgement) string {
	var ids []string
	for _, c := range j.Concessions() {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, "\n")
}

// What does nothing is noticed: Allows beside FullAWSAccess, actions that AWS does not have, keys that it never sets,
// Regions that it has not opened, values that no request has, times that are over.
func TestStatementsThatDoNothingAreNoticed(t *testing.T) {
	const deny = `{"Sid":"Real","Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`
	for name, c := range map[string]struct{ statements, says string }{
		"Allows alone": {`{"Sid":"OnlyS3","Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			"mine.json does nothing: it has Allows alone"},
		"an Allow": {deny + `,{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			"statement #2 of mine.json does nothing: FullAWSAccess"},
		"no action": {`{"Sid":"Typo","Effect":"Deny","Action":"s3:DeletBucket","Resource":"*"}`,
			`AWS has no action "s3:DeletBucket"; did you mean "s3:DeleteBucket"?`},
		"no service": {`{"Sid":"Typo","Effect":"Deny","Action":"s33:*","Resource":"*"}`, `AWS has no action "s33:*"`},
		"a dead key": {`{"Sid":"Dead","Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*","Condition":{"StringEquals":{"ssm:DocumentType":"x"}}}`,
			"AWS never sets the condition key ssm:DocumentType"},
		"no Region": {`{"Sid":"Far","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["ap-northeast-9"]}}}`,
			`Far names the Region "ap-northeast-9", which AWS has not opened; did you mean "ap-northeast-1"?`},
		"no request": {`{"Sid":"Two","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"},"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}`,
			"Two: no request meets all its conditions on aws:RequestedRegion"},
		"a star": {`{"Sid":"Root","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}}`,
			`Root: aws:PrincipalArn is never "arn:aws:iam::*:root"`},
		"over": {`{"Sid":"Old","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}`,
			"Old: its time is over"},
		"nodes by their role": {`{"Sid":"Quiet","Effect":"Deny","Action":["ssmmessages:Create*","s3:*"],"Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/Web*","arn:aws:iam::*:user/*"]}}}`,
			"Quiet denies ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, which the agent of a node " +
				"calls, to arn:aws:iam::*:role/Web*: no shell opens"},
		"messages of older agents": {`{"Sid":"Quiet","Effect":"Deny","Action":"ec2messages:*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Web*"}}}`,
			"Quiet denies ec2messages:AcknowledgeMessage, ec2messages:GetMessages, ec2messages:SendReply, which the agent " +
				"of a node calls, to arn:aws:iam::*:role/Web*: an agent older than 3.3.40.0 hears of no session"},
		"logs of nodes": {`{"Sid":"Quiet","Effect":"Deny","Action":"logs:Put*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Web*"}}}`,
			"Quiet denies logs:PutLogEvents, which the agent of a node calls, to arn:aws:iam::*:role/Web*: where the " +
				"preferences name a log group"},
		"one key": {`{"Sid":"Quiet","Effect":"Deny","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/1234abcd-12ab-34cd-56ef-1234567890ab","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Web*"}}}`, ""},
		"two keys of one tag": {`{"Sid":"Two","Effect":"Deny","Action":"ssm:StartSession","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Project":"One","ssm:resourceTag/Project":"Two"}}}`,
			"Two: no request meets all its conditions on aws:ResourceTag/Project and ssm:resourceTag/Project"},
		"all but what nodes need": {`{"Sid":"Quiet","Effect":"Deny","NotAction":["ssmmessages:*","ssm:*","ec2messages:*","kms:*","logs:*","s3:*"],"Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Web*"}}}`, ""},
		"nothing":                 {deny, ""},
	} {
		s := read(t, withOwnPolicy(t, c.statements), "management")
		var said []string
		for _, n := range s.Notices(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
			if strings.Contains(string(n.Path), "policies[0]") {
				said = append(said, n.Text)
				assert.Positive(t, n.Line, name)
			}
		}
		text := strings.Join(said, "\n")
		if c.says == "" {
			assert.Empty(t, text, name)
			continue
		}
		assert.Contains(t, text, c.says, name)
	}
}

// A key or a variable that AWS does not have is a mistake of the document, told where the stack file names it, with the
// key that may have been meant.
func TestADocumentThatNoProofCanReadIsRefusedWhereItIsNamed(t *testing.T) {
	for condition, why := range map[string]string{
		`{"StringEquals":{"aws:PrincipelArn":"x"}}`:            `"aws:PrincipelArn" is not a global condition key of AWS; did you mean "aws:PrincipalArn"?`,
		`{"StringEquals":{"aws:PrincipalTag/A":"${aws:usr}"}}`: `"aws:usr" is not a global condition key of AWS`,
	} {
		folder := withOwnPolicy(
			t,
			`{"Sid":"Wrong","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":`+condition+`}`,
		)
		_, problems := stack.ReadFile(filepath.Join(folder, "Pulumi.management.yaml"))
		text := fmt.Sprint(problems)
		assert.Contains(t, text, "guardrails:organization.policies[0].file: mine.json: Wrong: ")
		assert.Contains(t, text, why)
	}
}

// An account that is missing in roleAccounts is told with the file, the key and the value to write, in what check
// prints and not only to machines.
func TestAForgottenRoleAccountIsToldWithWhatToWrite(t *testing.T) {
	folder := edited(t, [3]string{"Pulumi.jump.yaml", `roleAccounts: ["444455556666", `, "roleAccounts: ["})
	j := judge.Stack(read(t, folder, "workload"))
	const mend = `add "444455556666" to guardrails:mfa.roleAccounts in Pulumi.jump.yaml`
	assert.Contains(t, refusalsOf(j), "; "+mend)
	var text strings.Builder
	require.NoError(t, j.WriteText(&text, false, judge.Brief))
	assert.Contains(t, text.String(), "to mend it: "+mend)
}

// One mistake is one refusal: a role account that is missing is told once, whatever number of roles and people it
// keeps apart, and names the others.
func TestOneMistakeIsOneRefusal(t *testing.T) {
	folder := edited(t, [3]string{"Pulumi.jump.yaml", `roleAccounts: ["444455556666", `, "roleAccounts: ["})
	j := judge.Stack(read(t, folder, "workload"))
	told := 0
	for _, p := range j.Refusals() {
		if strings.Contains(p.Fix, "guardrails:mfa.roleAccounts") {
			told++
			assert.Contains(t, p.Why, "the same mends ")
		}
	}
	assert.Equal(t, 1, told)
	var text strings.Builder
	require.NoError(t, j.WriteText(&text, false, judge.Brief))
	assert.Equal(t, 1, strings.Count(text.String(), "to mend it: add"))
	assert.Equal(t, 1, strings.Count(text.String(), "the same mends "))
	failed := 0
	for _, p := range j.Summarize().Proofs {
		for _, f := range p.Findings {
			if f.Verdict == "does not hold" && p.ID == "declared-journeys-work" {
				failed++
			}
		}
	}
	assert.Greater(t, failed, 2, "machines are told every finding")
}
