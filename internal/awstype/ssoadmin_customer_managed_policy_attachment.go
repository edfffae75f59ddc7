package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminCustomerManagedPolicyAttachment = Type{
	Token:     token.SSOAdminCustomerManagedPolicyAttachment,
	ID:        ID{Separator: ",", Inputs: []string{"customerManagedPolicyReference.name", "customerManagedPolicyReference.path", "permissionSetArn", "instanceArn"}},
	Adopted:   ByNobody,
	Reflected: nothing,
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
