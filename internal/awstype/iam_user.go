package awstype

import "aws-access-guardrails/internal/awstype/token"

var iamUser = Type{
	Token:     token.IAMUser,
	ID:        ID{Inputs: []string{"name"}},
	Carries:   true,
	Adopted:   ByAdopt,
	Reflected: []string{"arn"},
	World:     ReadIntoWorld,
	Unguarded: "people come and go",
	Properties: []Guard{
		{Component: "guardrails:iam:User", Property: "permissionsBoundary", Path: "guardrails:users", Losing: losingBoundary},
	},
	Calls: readIn(
		fork,
		"internal/service/iam/user.go",
		"381c59da",
		group("ReadUsersOfTheStack",
			call(looked, "iam:GetUser"),
			call(Delete, "iam:ListGroupsForUser"),
		),
		group("ChangeUsersOfTheStack",
			call(Create, "iam:CreateUser"),
			call(Create, "iam:TagUser").when(ifTagged).handled("aws-iam-user.json"),
			call(Update, "iam:TagUser").when(ifTagged), call(Update, "iam:UntagUser").when("tags go"),
			call(Update, "iam:UpdateUser").when("name or path changed"),
			call(Update, "iam:DeleteUserPermissionsBoundary").when("somebody set one"),
		),
		group("BoundUsersOfTheStack", call(Update, "iam:PutUserPermissionsBoundary").when(ifChanged)),
		// In this order, after the user has left its groups, with forceDestroy, which the program sets. Each list is
		// made each time; what it lists is deleted.
		group(
			"RemoveUsersOfTheStack",
			call(Delete, "iam:ListUserPolicies"),
			call(Delete, "iam:DeleteUserPolicy").when(ifThere),
			call(Delete, "iam:ListAttachedUserPolicies"),
			call(Delete, "iam:DetachUserPolicy").when(ifThere),
			call(Delete, "iam:ListAccessKeys"),
			call(Delete, "iam:DeleteAccessKey").when(ifThere),
			call(Delete, "iam:ListSSHPublicKeys"),
			call(Delete, "iam:DeleteSSHPublicKey").when(ifThere),
			call(Delete, "iam:ListMFADevices"),
			call(Delete, "iam:DeactivateMFADevice").when(ifThere),
			call(Delete, "iam:DeleteLoginProfile"),
			call(Delete, "iam:ListSigningCertificates"),
			call(Delete, "iam:DeleteSigningCertificate").when(ifThere),
			call(
				Delete,
				"iam:ListServiceSpecificCredentials",
			),
			call(Delete, "iam:DeleteServiceSpecificCredential").when(ifThere),
			call(Delete, "iam:DeleteUser"),
		),
		group("LeaveGroups", call(Delete, "iam:RemoveUserFromGroup").when("the user is in one")),
		group("ListDevices", call(Delete, "iam:ListVirtualMFADevices")),
		group("DeleteDevicesThatNobodyHas", call(Delete, "iam:DeleteVirtualMFADevice").when(ifThere)),
	),
}
