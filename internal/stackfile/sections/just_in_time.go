package sections

import (
	"time"

	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var justInTimeKeys = strictyaml.Keys(
	"just-in-time node access of Systems Manager",
	strictyaml.Key("requesters", func(a *justintime.Args) *[]string { return &a.Requesters }, strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("no role of this account asks", "approvers and the delegated administrator have stacks too").
		Doc("ARNs of the roles that ask for access. Only role sessions can ask.").
		Example([]string{"arn:aws:iam::444455556666:role/Developers"}),
	strictyaml.Key(
		"manualApprovals",
		func(a *justintime.Args) *[]justintime.ManualApproval { return &a.ManualApprovals },
		strictyaml.ListOf(manualApprovalKeys),
	).
		OrNothing("nobody approves by hand", "automatic approval may be all there is").
		Doc("The policies by which people approve requests.").
		Example([]any{map[string]any{"name": "production", "projects": []string{"Test Project 1"}, "groups": []string{"a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"}, "accessDuration": "8h"}}),
	strictyaml.Key(
		"autoApprovals",
		func(a *justintime.Args) *[]justintime.ApprovalRule { return &a.AutoApprovals },
		strictyaml.ListOf(approvalRuleKeys),
	).
		OrNothing("nothing is approved automatically", "what nobody looks at should be a decision").
		Doc("What is approved without anybody, for an hour each time.").
		Example([]any{map[string]any{"group": "a1b2c3d4-5678-90ab-cdef-a1b2c3d45678", "projects": []string{"Test Project 1"}}}),
	strictyaml.Key(
		"denyAccess",
		func(a *justintime.Args) *[]justintime.ApprovalRule { return &a.DenyAccess },
		strictyaml.ListOf(approvalRuleKeys),
	).
		OrNothing("nothing is kept from automatic approval", "only the delegated administrator's stack says").
		Doc("What is never approved automatically in the whole organization.").
		Example([]any{map[string]any{"projects": []string{"payments"}}}),
	strictyaml.Key("delegatedAdministrator", func(a *justintime.Args) *bool { return &a.DelegatedAdministrator }, strictyaml.Boolean{}).
		OrElse(false, "one account of the organization is").
		Doc("Says that this account administers Systems Manager for the organization.").
		Example(false),
	strictyaml.Key("homeRegion", func(a *justintime.Args) *string { return &a.HomeRegion }, strictyaml.Text(provider.ValidateRegion)).
		OrNothing("the Region of aws:region", "the stack of the delegated administrator is at home where its console is").
		Doc("The home Region of Systems Manager, where denyAccess is written. AWS copies it into the others.").
		Example("ap-northeast-1"),
)

var manualApprovalKeys = strictyaml.Keys(
	"a policy by which people approve requests",
	strictyaml.Key(
		"name",
		func(m *justintime.ManualApproval) *string { return &m.Name },
		strictyaml.Text(policy.ValidateSessionDocumentName).Pattern(documentPattern),
	).
		Required("write the name of the document").
		Doc("The name of the document, 3 to 128 letters, digits, _, - and .").
		Example("production"),
	strictyaml.Key(
		"projects",
		func(m *justintime.ManualApproval) *[]string { return &m.Projects },
		strictyaml.Words(strictyaml.Text(policy.ValidateProject)),
	).
		OrNothing("content says it", "AWS refuses requests for a node to which two policies apply").
		Doc("Values of the project tag on the nodes that the policy is for, as they stand in the tags: AWS "+
			"compares them whole, with tags.projectSeparator too.").
		Example([]string{"Test Project 1"}),
	strictyaml.Key("groups", func(m *justintime.ManualApproval) *[]string { return &m.Groups }, strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("content says it", "somebody has to approve").
		Doc("The ids of at most five groups of IAM Identity Center. One approval by a member of any of them is "+
			"enough.").
		Example([]string{"a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"}),
	strictyaml.Key("accessDuration", func(m *justintime.ManualApproval) *time.Duration { return &m.AccessDuration },
		strictyaml.Duration{Least: time.Hour, Most: 336 * time.Hour, Step: time.Hour}).
		OrNothing("an hour, or what content says", "it is what automatic approval gives").
		Doc("How long sessions may be started after an approval.").
		Example("8h"),
	strictyaml.Key("content", func(m *justintime.ManualApproval) *string { return &m.Content }, strictyaml.Text(nil).OfLines()).
		OrNothing("the keys above say everything", "they are enough for one level of approval by groups").
		Doc("The whole document as JSON instead, for several levels or other approvers: make one in the console "+
			"and read it with aws ssm get-document.").
		Example("{...}"),
)

var approvalRuleKeys = strictyaml.Keys(
	"one rule of automatic approval",
	strictyaml.Key("group", func(r *justintime.ApprovalRule) *string { return &r.Group }, strictyaml.Text(nil)).
		OrNothing("everybody, which only denyAccess takes", "an approval for everybody is none").
		Doc("The id of a group of IAM Identity Center.").
		Example("a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"),
	strictyaml.Key(
		"projects",
		func(r *justintime.ApprovalRule) *[]string { return &r.Projects },
		strictyaml.Words(strictyaml.Text(policy.ValidateProject).Pattern(projectPattern)),
	).
		OrNothing("every node, which only denyAccess takes", "an approval for every node is none").
		Doc("Projects of the nodes; with tags.projectSeparator also of those that have others beside them.").
		Example([]string{"Test Project 1"}),
)
