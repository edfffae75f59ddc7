package config

import (
	"cmp"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

var justInTimeKeys = keys(
	"just-in-time node access of Systems Manager",
	key("requesters", func(a *justintime.Args) *[]string { return &a.Requesters }, words(text(nil))).
		orNothing("no role of this account asks", "approvers and the delegated administrator have stacks too").
		doc("ARNs of the roles that ask for access. Only role sessions can ask.").
		example([]string{"arn:aws:iam::444455556666:role/Developers"}),
	key(
		"manualApprovals",
		func(a *justintime.Args) *[]justintime.ManualApproval { return &a.ManualApprovals },
		listOf(manualApprovalKeys),
	).
		orNothing("nobody approves by hand", "automatic approval may be all there is").
		doc("The policies by which people approve requests.").
		example([]any{map[string]any{"name": "production", "projects": []string{"Test Project 1"}, "groups": []string{"a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"}, "accessDuration": "8h"}}),
	key(
		"autoApprovals",
		func(a *justintime.Args) *[]justintime.ApprovalRule { return &a.AutoApprovals },
		listOf(approvalRuleKeys),
	).
		orNothing("nothing is approved automatically", "what nobody looks at should be a decision").
		doc("What is approved without anybody, for an hour each time.").
		example([]any{map[string]any{"group": "a1b2c3d4-5678-90ab-cdef-a1b2c3d45678", "projects": []string{"Test Project 1"}}}),
	key(
		"denyAccess",
		func(a *justintime.Args) *[]justintime.ApprovalRule { return &a.DenyAccess },
		listOf(approvalRuleKeys),
	).
		orNothing("nothing is kept from automatic approval", "only the delegated administrator's stack says").
		doc("What is never approved automatically in the whole organization.").
		example([]any{map[string]any{"projects": []string{"payments"}}}),
	key("delegatedAdministrator", func(a *justintime.Args) *bool { return &a.DelegatedAdministrator }, boolean{}).
		orElse(false, "one account of the organization is").
		doc("Says that this account administers Systems Manager for the organization.").
		example(false),
	key("homeRegion", func(a *justintime.Args) *string { return &a.HomeRegion }, text(validateRegion)).
		orNothing("the Region of aws:region", "the stack of the delegated administrator is at home where its console is").
		doc("The home Region of Systems Manager, where denyAccess is written. AWS copies it into the others.").
		example("ap-northeast-1"),
)

var manualApprovalKeys = keys(
	"a policy by which people approve requests",
	key(
		"name",
		func(m *justintime.ManualApproval) *string { return &m.Name },
		text(policy.ValidateSessionDocumentName).pattern(documentPattern),
	).
		required("write the name of the document").
		doc("The name of the document, 3 to 128 letters, digits, _, - and .").
		example("production"),
	key(
		"projects",
		func(m *justintime.ManualApproval) *[]string { return &m.Projects },
		words(text(policy.ValidateProject)),
	).
		orNothing("content says it", "AWS refuses requests for a node to which two policies apply").
		doc("Values of the project tag on the nodes that the policy is for.").
		example([]string{"Test Project 1"}),
	key("groups", func(m *justintime.ManualApproval) *[]string { return &m.Groups }, words(text(nil))).
		orNothing("content says it", "somebody has to approve").
		doc("The ids of at most five groups of IAM Identity Center. One approval by a member of any of them is enough.").
		example([]string{"a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"}),
	key("accessDuration", func(m *justintime.ManualApproval) *time.Duration { return &m.AccessDuration },
		durationKind{least: time.Hour, most: 336 * time.Hour, step: time.Hour}).
		orNothing("an hour, or what content says", "it is what automatic approval gives").
		doc("How long sessions may be started after an approval.").
		example("8h"),
	key("content", func(m *justintime.ManualApproval) *string { return &m.Content }, text(nil).ofLines()).
		orNothing("the keys above say everything", "they are enough for one level of approval by groups").
		doc("The whole document as JSON instead, for several levels or other approvers: make one in the console and read it with aws ssm get-document.").
		example("{...}"),
)

var approvalRuleKeys = keys(
	"one rule of automatic approval",
	key("group", func(r *justintime.ApprovalRule) *string { return &r.Group }, text(nil)).
		orNothing("everybody, which only denyAccess takes", "an approval for everybody is none").
		doc("The id of a group of IAM Identity Center.").
		example("a1b2c3d4-5678-90ab-cdef-a1b2c3d45678"),
	key(
		"projects",
		func(r *justintime.ApprovalRule) *[]string { return &r.Projects },
		words(text(policy.ValidateProject).pattern(projectPattern)),
	).
		orNothing("every node, which only denyAccess takes", "an approval for every node is none").
		doc("Values of the project tag on nodes.").
		example([]string{"Test Project 1"}),
)

// JustInTimeAccess is the section "justInTime" complete, nil where there is none.
func (s *Stack) JustInTimeAccess() *justintime.Args {
	if s.JustInTime == nil {
		return nil
	}
	a := *s.JustInTime
	a.Account, a.ProjectTag, a.Quotas, a.Sessions = s.Account.Account, s.Tags.Project, s.Quotas, s.Preferences()
	a.HomeRegion = cmp.Or(a.HomeRegion, s.AWS.Region)
	return &a
}

// RequestersGoRound are the requesters of just-in-time access whom AWS would take past every approval, or whose
// requests it would always refuse, in the world of the engine. No document of a requester depends on the time, so
// that of the question is any.
func (s *Stack) RequestersGoRound(e *access.Engine) Problems {
	a := s.JustInTimeAccess()
	if a == nil {
		return nil
	}
	var out Problems
	for _, p := range problem.Of(a.CheckRequesters(e, time.Unix(0, 0).UTC())).Under("justInTime") {
		path := Path(namespace + ":" + p.Path)
		at := s.Position(path)
		at.File = s.File
		out = append(
			out,
			Problem{Position: at, Path: path, Kind: Unproven, Value: shownValue(p.Value), Why: p.Why, Fix: p.Fix},
		)
	}
	return out
}
