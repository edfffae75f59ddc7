package awstype

var ssoadminPermissionSet = Type{
	Token:     "aws:ssoadmin/permissionSet:PermissionSet",
	ID:        ID{FoundBy: []string{"aws:ssoadmin/getPermissionSet:getPermissionSet"}},
	Reflected: []string{"createdDate"},
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:sso:PermissionSet", Path: "guardrails:identityCenter", Losing: "everybody to whom it is assigned loses it at once"},
	},
	Strays: []Stray{
		{
			Token:  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
			Shared: []string{"instanceArn"},
		},
		{Token: "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", Shared: []string{"instanceArn"}},
		{
			Token:  "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
			Shared: []string{"instanceArn"},
		},
		{
			Token:  "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
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
