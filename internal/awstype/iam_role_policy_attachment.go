package awstype

var iamRolePolicyAttachment = Type{
	Token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
	ID:    ID{Repeatable: true},
	World: ReadIntoWorld,
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
