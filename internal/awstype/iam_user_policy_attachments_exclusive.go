package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamUserPolicyAttachmentsExclusive = Type{
	Token:     token.IAMUserPolicyAttachmentsExclusive,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
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
