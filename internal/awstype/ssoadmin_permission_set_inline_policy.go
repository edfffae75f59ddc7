package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminPermissionSetInlinePolicy = Type{
	Token:     token.SSOAdminPermissionSetInlinePolicy,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:sso:PermissionSet", Path: "guardrails:identityCenter", Losing: "the Deny statements of the permission set go"},
	},
	Calls: read(
		"internal/service/ssoadmin/permission_set_inline_policy.go",
		"0414327b",
		group("ReadPermissionSets", call(looked, "sso:GetInlinePolicyForPermissionSet")),
		group(
			"ChangePermissionSets",
			call(changed, "sso:PutInlinePolicyToPermissionSet"),
			call(Delete, "sso:DeleteInlinePolicyFromPermissionSet"),
		),
		provisioning(Create|Update|Delete, ""),
	),
}
