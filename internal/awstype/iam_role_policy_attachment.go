package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamRolePolicyAttachment = Type{
	Token:     token.IAMRolePolicyAttachment,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:OperationRoles", Suffix: "-guard", Path: "guardrails:operationRoles", Losing: losingDenies},
	},
	Calls: read(
		"internal/service/iam/role_policy_attachment.go",
		"04c79849",
		group("ReadRolesOfTheStack", call(Create|Read, "iam:ListAttachedRolePolicies")),
		group("ChangeRolesOfTheStack", call(Delete, "iam:DetachRolePolicy")),
		group("AttachPoliciesOfTheStackToRoles", call(Create, "iam:AttachRolePolicy")),
	),
}
