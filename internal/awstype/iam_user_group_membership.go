package awstype

var iamUserGroupMembership = Type{
	Token: "aws:iam/userGroupMembership:UserGroupMembership",
	ID:    ID{Repeatable: true},
	World: ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:User", Path: "guardrails:users", Losing: "the user leaves the MFA group and acts without MFA"},
	},
	Strays: []Stray{
		{Token: "aws:iam/userGroupMembership:UserGroupMembership", Shared: []string{"user"}},
	},
	Calls: read("internal/service/iam/user_group_membership.go", "01f43111",
		group("ReadUsersOfTheStack", call(looked, "iam:ListGroupsForUser")),
		group("ChangeGroupsOfTheStack",
			call(Create, "iam:AddUserToGroup"), call(Update, "iam:AddUserToGroup").when(ifChanged),
			call(Delete, "iam:RemoveUserFromGroup"), call(Update, "iam:RemoveUserFromGroup").when(ifChanged),
		),
	),
}
