package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamRole = Type{
	Token:     token.IAMRole,
	ID:        ID{Inputs: []string{"name"}},
	Carries:   true,
	Adopted:   ByAdopt,
	Reflected: []string{"arn", "managedPolicyArns", "inlinePolicies"},
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:OperationRoles", Path: "guardrails:operationRoles", Losing: losingRole},
		{Component: "guardrails:iam:DelegatedRole", Path: "guardrails:delegatedRoles", Losing: losingRole},
		{Component: "guardrails:iam:OSAccess", Path: "guardrails:osAccess", Losing: losingRole},
	},
	Properties: []Guard{
		{
			Component: "guardrails:iam:OperationRoles",
			Property:  "permissionsBoundary",
			Path:      "guardrails:operationRoles",
			Losing:    losingBoundary,
		},
		{
			Component: "guardrails:iam:DelegatedRole",
			Property:  "permissionsBoundary",
			Path:      "guardrails:delegatedRoles",
			Losing:    losingBoundary,
		},
		{
			Component: "guardrails:iam:OSAccess",
			Property:  "permissionsBoundary",
			Path:      "guardrails:osAccess",
			Losing:    losingBoundary,
		},
	},
	Calls: read(
		"internal/service/iam/role.go",
		"0040ea69",
		group(
			"ReadRolesOfTheStack",
			call(
				looked,
				"iam:GetRole",
			),
			call(looked, "iam:ListRolePolicies"),
			call(Delete, "iam:ListRolePolicies").when(ifForced),
			call(looked, "iam:GetRolePolicy").when("the role has an inline policy"),
			call(looked, "iam:ListAttachedRolePolicies"),
			call(Delete, "iam:ListAttachedRolePolicies").when(ifForced),
		),
		group(
			"ChangeRolesOfTheStack",
			call(Create, "iam:CreateRole"),
			call(Create, "iam:TagRole").when(ifTagged).handled("aws-iam-role.json"),
			call(Update, "iam:TagRole").when(ifTagged),
			call(Update, "iam:UntagRole").when("tags go"),
			call(
				Update,
				"iam:UpdateAssumeRolePolicy",
			).when(ifChanged),
			call(Update, "iam:UpdateRoleDescription").when(ifChanged),
			call(
				Update,
				"iam:UpdateRole",
			).when(ifChanged),
			call(Update, "iam:DeleteRolePermissionsBoundary").when(ifChanged),
			call(Delete, "iam:ListInstanceProfilesForRole"),
			call(
				Delete,
				"iam:DetachRolePolicy",
			).when("a policy is attached"),
			call(Delete, "iam:DeleteRolePolicy").when("the role has an inline policy"),
			call(Delete, "iam:DeleteRole"),
		),
		group("BoundRolesOfTheStack", call(Update, "iam:PutRolePermissionsBoundary").when(ifChanged)),
		withheld(
			"no role of a stack is in an instance profile; whoever put it there takes it out",
			call(Delete, "iam:RemoveRoleFromInstanceProfile").when("it is in one"),
		),
	),
}
