package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamUserGroupMembership = Type{
	Token:     token.IAMUserGroupMembership,
	ID:        ID{Repeatable: true},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:iam:User", Path: "guardrails:users", Losing: "the user leaves the MFA group and acts without MFA"},
	},
	Strays: []Stray{
		{Token: token.IAMUserGroupMembership, Shared: []string{"user"}},
	},
	Calls: read("internal/service/iam/user_group_membership.go", "01f43111",
		group("ReadUsersOfTheStack", call(looked, "iam:ListGroupsForUser")),
		group("ChangeGroupsOfTheStack",
			call(Create, "iam:AddUserToGroup"), call(Update, "iam:AddUserToGroup").when(ifChanged),
			call(Delete, "iam:RemoveUserFromGroup"), call(Update, "iam:RemoveUserFromGroup").when(ifChanged),
		),
	),
}
