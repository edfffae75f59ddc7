package justintime_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/policy"
)

const (
	account   = "111122223333"
	another   = "444455556666"
	region    = "ap-northeast-1"
	execution = "automation-execution/4105a4fc-f944-11e6-9d32-0123456789ab"
)

func args() *justintime.Args {
	return &justintime.Args{Account: guardrail.Account{ID: account, Partition: policy.AWS}}
}

func ssm(account, resource string) string {
	return "arn:aws:ssm:" + region + ":" + account + ":" + resource
}

// question is a call of somebody who asks or approves, and whether it is allowed.
type question struct {
	it, action string
	on         []access.Resource
	// kind is the type of the document that the call is about.
	kind    string
	allowed bool
}

func on(arns ...string) []access.Resource { return access.On(arns...) }

// managed is an execution of just-in-time node access, or of something else.
func managed(arn, tag string) []access.Resource {
	return []access.Resource{
		{ARN: arn, Tags: []world.Tag{{Key: "SystemsManagerJustInTimeNodeAccessManaged", Value: tag}}},
	}
}

// reading are the questions about both policies.
func reading() []question {
	document := ssm(account, "document/approval")
	return []question{
		{"the nodes are listed", "ec2:DescribeInstances", nil, "", true},
		{"a request is read", "ssm:GetOpsItem", on(ssm(account, "opsitem/oi-1")), "", true},
		{"a request of another account is not read", "ssm:GetOpsItem", on(ssm(another, "opsitem/oi-1")), "", false},
		{"a manual approval is read", "ssm:GetDocument", on(document), "ManualApprovalPolicy", true},
		{"an automatic approval is read", "ssm:DescribeDocument", on(document), "AutoApprovalPolicy", true},
		{"a runbook is not read", "ssm:GetDocument", on(document), "Automation", false},
		{"the preferences of sessions are not read", "ssm:DescribeDocument", on(document), "Session", false},
		{
			"another account's document is not read",
			"ssm:GetDocument",
			on(ssm(another, "document/x")),
			"ManualApprovalPolicy",
			false,
		},
		{
			"no session is started", "ssm:StartSession",
			on("arn:aws:ec2:"+region+":"+account+":instance/i-1", ssm(account, "document/SSM-SessionManagerRunShell")),
			"Session", false,
		},
	}
}

func asking() []question {
	run := func(of, document string) []access.Resource {
		return on(ssm(of, "document/"+document), ssm(of, execution))
	}
	node := on("arn:aws:ec2:" + region + ":" + account + ":instance/i-1")
	return append(reading(), []question{
		{"access is asked for", "ssm:StartAccessRequest", node, "", true},
		{"the token is fetched", "ssm:GetAccessToken", nil, "", true},
		{"a request is filed", "ssm:CreateOpsItem", on(ssm(account, "opsitem/oi-1")), "", true},
		{"no request is filed elsewhere", "ssm:CreateOpsItem", on(ssm(another, "opsitem/oi-1")), "", false},
		{"an approval runs", "ssm:StartAutomationExecution", run(account, "approval"), "ManualApprovalPolicy", true},
		{
			"a runbook does not run",
			"ssm:StartAutomationExecution",
			run(account, "AWS-RestartEC2Instance"),
			"Automation",
			false,
		},
		{
			"nothing runs elsewhere",
			"ssm:StartAutomationExecution",
			run(another, "approval"),
			"ManualApprovalPolicy",
			false,
		},
		{"a request is cancelled", "ssm:StopAutomationExecution", managed(ssm(account, execution), "true"), "", true},
		{
			"what is no request is not stopped",
			"ssm:StopAutomationExecution",
			managed(ssm(account, execution), "false"),
			"",
			false,
		},
		{"what has no tag is not stopped", "ssm:StopAutomationExecution", on(ssm(account, execution)), "", false},
		{
			"nothing is stopped elsewhere",
			"ssm:StopAutomationExecution",
			managed(ssm(another, execution), "true"),
			"",
			false,
		},
		{"nobody approves their own", "ssm:SendAutomationSignal", managed(ssm(account, execution), "true"), "", false},
	}...)
}

func approving() []question {
	return append(reading(), []question{
		{"a request is approved", "ssm:SendAutomationSignal", managed(ssm(account, execution), "true"), "", true},
		{
			"another runbook gets no signal",
			"ssm:SendAutomationSignal",
			managed(ssm(account, execution), "false"),
			"",
			false,
		},
		{"what has no tag gets no signal", "ssm:SendAutomationSignal", on(ssm(account, execution)), "", false},
		{
			"nothing is approved elsewhere",
			"ssm:SendAutomationSignal",
			managed(ssm(another, execution), "true"),
			"",
			false,
		},
		{
			"whoever approves does not ask",
			"ssm:StartAccessRequest",
			on("arn:aws:ec2:" + region + ":" + account + ":instance/i-1"),
			"",
			false,
		},
	}...)
}

// wrong are the questions that a document answers otherwise than they say.
func wrong(t *testing.T, d policy.Document, questions []question) []string {
	t.Helper()
	role := world.Role{
		Name:   "person",
		Trust:  policy.New(policy.Allow("T", "sts:AssumeRole").For(policy.AWSPrincipals(account))),
		Inline: []world.InlinePolicy{{Name: "p", Document: d}},
	}
	home := world.Account{ID: account, Partition: policy.AWS, Roles: []world.Role{role}}
	engine, err := access.Compile(world.World{Accounts: []world.Account{home}})
	require.NoError(t, err)
	var out []string
	for _, q := range questions {
		r := access.Request{Action: q.action, Resources: q.on}
		if q.kind != "" {
			r.Context = access.Context{"ssm:DocumentType": {q.kind}}
		}
		decision, err := engine.Decide(access.AssumedRole(role.ARN(&home), "person"), r)
		require.NoError(t, err, q.it)
		if decision.Allowed() != q.allowed {
			out = append(out, q.it)
		}
	}
	return out
}

// What somebody who asks and somebody who approves may do is what the questions say, and every statement and
// condition of the two policies is needed for that: without it an answer is another one. A resource of another account
// is shut by that account too, so no question tells what the ARNs add.
func TestEveryPartOfThePoliciesOfApprovalsIsHeldByAQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		document  policy.Document
		questions []question
	}{
		"requester": {args().RequesterDocument(), asking()},
		"approver":  {args().ApproverDocument(), approving()},
	} {
		require.Empty(t, wrong(t, c.document, c.questions), name)
		for i := range c.document.Statements {
			less := c.document
			less.Statements = slices.Delete(slices.Clone(c.document.Statements), i, i+1)
			sid := c.document.Statements[i].Sid
			assert.NotEmpty(t, wrong(t, less, c.questions), "%s without %s", name, sid)
			for j := range c.document.Statements[i].Conditions {
				wider := c.document
				wider.Statements = slices.Clone(c.document.Statements)
				wider.Statements[i].Conditions = slices.Delete(slices.Clone(wider.Statements[i].Conditions), j, j+1)
				assert.NotEmpty(t, wrong(t, wider, c.questions), "%s: %s without a condition", name, sid)
			}
		}
	}
}
