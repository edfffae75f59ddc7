package awstype

var ssoadminCustomerManagedPolicyAttachment = Type{
	Token:     "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
	ID:        ID{Separator: ",", Inputs: []string{"customerManagedPolicyReference.name", "customerManagedPolicyReference.path", "permissionSetArn", "instanceArn"}},
	World:     ReadIntoWorld,
	Unguarded: "what becomes of access without it is proven before an up",
	Calls: read(
		"internal/service/ssoadmin/customer_managed_policy_attachment.go",
		"0db75106",
		group("ReadPermissionSets", call(Create|Read, "sso:ListCustomerManagedPolicyReferencesInPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:AttachCustomerManagedPolicyReferenceToPermissionSet"),
			call(Delete, "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
}
