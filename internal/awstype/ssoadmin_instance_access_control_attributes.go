package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminInstanceAccessControlAttributes = Type{
	Token:     token.SSOAdminInstanceAccessControlAttributes,
	ID:        ID{Inputs: []string{"instanceArn"}},
	Adopted:   ByAdopt,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:sso:AccessControlAttributes", Path: "guardrails:identityCenter", Losing: "sessions carry no attributes: whatever compares them, Run As included, does not work or falls back to a default"},
	},
	Calls: read(
		"internal/service/ssoadmin/instance_access_control_attributes.go",
		"0177830c",
		group(
			"ReadAttributesForAccessControl",
			call(looked, "sso:DescribeInstanceAccessControlAttributeConfiguration"),
		),
		group(
			"ChangeAttributesForAccessControl",
			call(
				Create,
				"sso:CreateInstanceAccessControlAttributeConfiguration",
			),
			call(Update, "sso:UpdateInstanceAccessControlAttributeConfiguration").when(ifChanged),
		),
		group(
			"RemoveAttributesForAccessControl",
			call(Delete, "sso:DeleteInstanceAccessControlAttributeConfiguration"),
		),
	),
}
