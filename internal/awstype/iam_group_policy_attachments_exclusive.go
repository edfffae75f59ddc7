package awstype

var iamGroupPolicyAttachmentsExclusive = Type{
	Token: "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
	ID:    ID{Repeatable: true},
	World: MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:MFAGroup", Path: "guardrails:mfa", Losing: losingWatch},
	},
	Calls: read(
		"internal/service/iam/group_policy_attachments_exclusive.go",
		"2c33e644",
		group("ReadGroupsOfTheStack", call(looked, "iam:ListAttachedGroupPolicies")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:DetachGroupPolicy").when(ifDifferent)),
		group("AttachPoliciesOfTheStackToGroups", call(changed, "iam:AttachGroupPolicy").when(ifDifferent)),
	),
}
