package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssoadminAccountAssignment = Type{
	Token:     token.SSOAdminAccountAssignment,
	ID:        ID{Separator: ",", Inputs: []string{"principalId", "principalType", "targetId", "targetType", "permissionSetArn", "instanceArn"}},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ReadIntoWorld,
	Unguarded: "people come and go",
	Calls: read(
		"internal/service/ssoadmin/account_assignment.go",
		"01606926",
		group("ReadAssignments", call(Create|Read, "sso:ListAccountAssignments")),
		group("ChangeAssignments",
			call(Create, "sso:CreateAccountAssignment"), call(Create, "sso:DescribeAccountAssignmentCreationStatus"),
		),
		group("RemoveAssignments",
			call(Delete, "sso:DeleteAccountAssignment"), call(Delete, "sso:DescribeAccountAssignmentDeletionStatus"),
		),
	),
}
