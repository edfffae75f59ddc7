package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamGroupPoliciesExclusive = Type{
	Token:     token.IAMGroupPoliciesExclusive,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:MFAGroup", Path: "guardrails:mfa", Losing: losingWatch},
	},
	Calls: read(
		"internal/service/iam/group_policies_exclusive.go",
		"0eb381a2",
		group("ReadGroupsOfTheStack", call(looked, "iam:ListGroupPolicies")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:DeleteGroupPolicy").when(ifDifferent)),
		withheld(
			"it would put a policy without a document, which AWS refuses: the policies that the list names are made before it",
			call(changed, "iam:PutGroupPolicy").when(ifDifferent),
		),
	),
}
