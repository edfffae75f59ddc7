package awstype

var iamUserPolicyAttachmentsExclusive = Type{
	Token: "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
	ID:    ID{Repeatable: true},
	World: MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:User", Path: "guardrails:users", Losing: losingWatch},
	},
	Calls: read(
		"internal/service/iam/user_policy_attachments_exclusive.go",
		"0ac6a8e1",
		group("ReadUsersOfTheStack", call(looked, "iam:ListAttachedUserPolicies")),
		group("ChangeUsersOfTheStack", call(changed, "iam:DetachUserPolicy").when(ifDifferent)),
		withheld(
			"no policy is attached to a user of a stack",
			call(changed, "iam:AttachUserPolicy").when(ifDifferent),
		),
	),
}
