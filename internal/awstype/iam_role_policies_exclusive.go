package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamRolePoliciesExclusive = Type{
	Token:     token.IAMRolePoliciesExclusive,
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
		"internal/service/iam/role_policies_exclusive.go",
		"02568cd9",
		group("ReadRolesOfTheStack", call(looked, "iam:ListRolePolicies")),
		group("ChangeRolesOfTheStack", call(changed, "iam:DeleteRolePolicy").when(ifDifferent)),
		withheld(
			"it would put a policy without a document, which AWS refuses: the policies that the list names are made before it",
			call(changed, "iam:PutRolePolicy").when(ifDifferent),
		),
	),
}
