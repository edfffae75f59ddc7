package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminPermissionSet = Type{
	Token:     token.SSOAdminPermissionSet,
	ID:        ID{FoundBy: []string{token.SSOAdminGetPermissionSet}},
	Reflected: []string{"createdDate"},
	Adopted:   ByNobody,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:sso:PermissionSet", Path: "guardrails:identityCenter", Losing: "everybody to whom it is assigned loses it at once"},
	},
	Strays: []Stray{
		{Token: token.SSOAdminAccountAssignment, Shared: []string{"instanceArn"}},
		{
			Token:  token.SSOAdminPermissionSetInlinePolicy,
			Shared: []string{"instanceArn"},
		},
		{Token: token.SSOAdminManagedPolicyAttachment, Shared: []string{"instanceArn"}},
		{
			Token:  token.SSOAdminCustomerManagedPolicyAttachment,
			Shared: []string{"instanceArn"},
		},
		{
			Token:  token.SSOAdminPermissionsBoundaryAttachment,
			Shared: []string{"instanceArn"},
		},
	},
	Calls: read("internal/service/ssoadmin/permission_set.go", "0414327b",
		group("ReadPermissionSets", call(looked, "sso:DescribePermissionSet"), call(looked, "sso:ListTagsForResource")),
		group(
			"ChangePermissionSets",
			call(
				Create,
				"sso:CreatePermissionSet",
			),
			call(Create, "sso:TagResource").when(ifTagged).handled("aws-sso-permissionset.json"),
			call(Update, "sso:TagResource").when(ifTagged),
			call(Update, "sso:UntagResource").when("tags go"),
			call(Update, "sso:UpdatePermissionSet").when(ifChanged),
			call(Delete, "sso:DeletePermissionSet"),
		),
		// Tags alone are not provisioned. They were once (bd734e78, with the first SDK of AWS for Go), and are not in
		// revisions before and after version 5.100.
		provisioning(Update, "the description, the relay state or the session duration changed"),
	),
}
