package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamRolePolicy = Type{
	Token:     token.IAMRolePolicy,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:OSAccess", Suffix: "-guard", Path: "guardrails:osAccess", Losing: losingDenies},
		{Component: "guardrails:iam:AccessGrant", Suffix: "-guard", Path: "guardrails:grants", Losing: losingDenies},
	},
	Calls: read("internal/service/iam/role_policy.go", "02f97af8",
		group("ReadRolesOfTheStack", call(looked, "iam:GetRolePolicy")),
		group("ChangeRolesOfTheStack", call(changed, "iam:PutRolePolicy"), call(Delete, "iam:DeleteRolePolicy")),
	),
}
