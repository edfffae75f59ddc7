package awstype

var ssoadminManagedPolicyAttachment = Type{
	Token:     "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
	ID:        ID{Separator: ",", Inputs: []string{"managedPolicyArn", "permissionSetArn", "instanceArn"}},
	World:     ReadIntoWorld,
	Unguarded: "access gets less without it",
	Calls: read(
		"internal/service/ssoadmin/managed_policy_attachment.go",
		"01f43111",
		group("ReadPermissionSets", call(Create|Read, "sso:ListManagedPoliciesInPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:AttachManagedPolicyToPermissionSet"),
			call(Delete, "sso:DetachManagedPolicyFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
}
