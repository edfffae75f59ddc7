package awstype

var ssoadminPermissionsBoundaryAttachment = Type{
	Token:     "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
	ID:        ID{Repeatable: true},
	World:     ReadIntoWorld,
	Unguarded: "what becomes of access without it is proven before an up",
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
