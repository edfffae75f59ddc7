package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminPermissionsBoundaryAttachment = Type{
	Token:     token.SSOAdminPermissionsBoundaryAttachment,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:sso:PermissionSet", Path: "guardrails:identityCenter", Losing: losingBoundary},
	},
	Calls: read(
		"internal/service/ssoadmin/permissions_boundary_attachment.go",
		"01f43111",
		group("ReadPermissionSets", call(Create|Read, "sso:GetPermissionsBoundaryForPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:PutPermissionsBoundaryToPermissionSet"),
			call(Delete, "sso:DeletePermissionsBoundaryFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
}
