package awstype

var ssoadminAccountAssignment = Type{
	Token:     "aws:ssoadmin/accountAssignment:AccountAssignment",
	ID:        ID{Separator: ",", Inputs: []string{"principalId", "principalType", "targetId", "targetType", "permissionSetArn", "instanceArn"}},
	World:     ReadIntoWorld,
	Unguarded: "people come and go",
	Calls: read(
		"internal/service/ssoadmin/account_assignment.go",
		"01606926",
		group("ReadAssignments", call(Create|Read, "sso:ListAccountAssignments")),
		group("ChangeAssignments",
			call(Create, "sso:CreateAccountAssignment"), call(Create, "sso:DescribeAccountAssignmentCreationStatus"),
			call(Delete, "sso:DeleteAccountAssignment"), call(Delete, "sso:DescribeAccountAssignmentDeletionStatus"),
		),
	),
}
