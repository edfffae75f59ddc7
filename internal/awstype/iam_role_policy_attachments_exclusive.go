package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamRolePolicyAttachmentsExclusive = Type{
	Token:     token.IAMRolePolicyAttachmentsExclusive,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     MeansNothing,
	Guards: []Guard{
		{Component: "guardrails:iam:OperationRoles", Path: "guardrails:operationRoles", Losing: losingWatch},
		{Component: "guardrails:iam:DelegatedRole", Path: "guardrails:delegatedRoles", Losing: losingWatch},
		{Component: "guardrails:iam:OSAccess", Path: "guardrails:osAccess", Losing: losingWatch},
		{Component: "guardrails:iam:AccessGrant", Path: "guardrails:grants", Losing: losingWatch},
	},
	Calls: read(
		"internal/service/iam/role_policy_attachments_exclusive.go",
		"20e0a28a",
		group("ReadRolesOfTheStack", call(looked, "iam:ListAttachedRolePolicies")),
		group("ChangeRolesOfTheStack", call(changed, "iam:DetachRolePolicy").when(ifDifferent)),
		group("AttachPoliciesOfTheStackToRoles", call(changed, "iam:AttachRolePolicy").when(ifDifferent)),
	),
}
