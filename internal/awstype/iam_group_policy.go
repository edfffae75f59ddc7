package awstype

var iamGroupPolicy = Type{
	Token: "aws:iam/groupPolicy:GroupPolicy",
	ID:    ID{Repeatable: true},
	World: ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:MFAGroup", Suffix: "-guard", Path: "guardrails:mfa", Losing: "the members of the group act without MFA"},
	},
	Calls: read("internal/service/iam/group_policy.go", "02f97af8",
		group("ReadGroupsOfTheStack", call(looked, "iam:GetGroupPolicy")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:PutGroupPolicy"), call(Delete, "iam:DeleteGroupPolicy")),
	),
}
