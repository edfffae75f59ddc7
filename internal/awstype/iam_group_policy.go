package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamGroupPolicy = Type{
	Token:     token.IAMGroupPolicy,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:MFAGroup", Suffix: "-guard", Path: "guardrails:mfa", Losing: "the members of the group act without MFA"},
	},
	Calls: read("internal/service/iam/group_policy.go", "02f97af8",
		group("ReadGroupsOfTheStack", call(looked, "iam:GetGroupPolicy")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:PutGroupPolicy"), call(Delete, "iam:DeleteGroupPolicy")),
	),
}
