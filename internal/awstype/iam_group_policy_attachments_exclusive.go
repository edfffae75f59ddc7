package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamGroupPolicyAttachmentsExclusive = Type{
	Token:     token.IAMGroupPolicyAttachmentsExclusive,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
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
