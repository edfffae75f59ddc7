package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminManagedPolicyAttachment = Type{
	Token:     token.SSOAdminManagedPolicyAttachment,
	ID:        ID{Separator: ",", Inputs: []string{"managedPolicyArn", "permissionSetArn", "instanceArn"}},
	Adopted:   ByNobody,
	Reflected: nothing,
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
