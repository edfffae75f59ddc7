package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamUserPoliciesExclusive = Type{
	Token:     token.IAMUserPoliciesExclusive,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:User", Path: "guardrails:users", Losing: losingWatch},
	},
	Calls: read(
		"internal/service/iam/user_policies_exclusive.go",
		"0eb381a2",
		group("ReadUsersOfTheStack", call(looked, "iam:ListUserPolicies")),
		group("ChangeUsersOfTheStack", call(changed, "iam:DeleteUserPolicy").when(ifDifferent)),
		withheld(
			"no user of a stack has an inline policy",
			call(changed, "iam:PutUserPolicy").when(ifDifferent),
		),
	),
}
