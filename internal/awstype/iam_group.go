package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamGroup = Type{
	Token:     token.IAMGroup,
	ID:        ID{Inputs: []string{"name"}},
	Carries:   true,
	Adopted:   ByAdopt,
	Reflected: []string{"arn"},
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:MFAGroup", Path: "guardrails:mfa", Losing: "its members act without MFA"},
	},
	Calls: read(
		"internal/service/iam/group.go",
		"0614c9f0",
		group("ReadGroupsOfTheStack", call(looked, "iam:GetGroup")),
		group(
			"ChangeGroupsOfTheStack",
			call(Create, "iam:CreateGroup"),
			call(Update, "iam:UpdateGroup"),
			call(Delete, "iam:DeleteGroup"),
		),
	),
}
