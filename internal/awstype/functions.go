package awstype

import "aws-access-guardrails/internal/awstype/token"

// functions are the functions that the product asks, by token.
var functions = map[string]Calls{
	token.OrganizationsGetOrganization: read(
		"internal/service/organizations/organization_data_source.go",
		"0bc13bf2",
		group(
			"ReadOrganization",
			call(
				Invoke,
				"organizations:DescribeOrganization",
			),
			call(
				Invoke,
				"organizations:ListAccounts",
			).when("always; members are refused, which the provider takes for an answer"),
			call(Invoke, "organizations:ListRoots").when("the account may list accounts"),
			call(
				Invoke,
				"organizations:ListAWSServiceAccessForOrganization",
			).when("the account may list accounts, and all features are on"),
		),
	),
	// What is beside a stack: what others added to what it manages. The handlers of each type make the calls, with
	// the credentials of the caller.
	token.CloudControlGetResource: read(
		"internal/service/cloudcontrol/resource_data_source.go",
		"0c6b7df9",
		group("ReadThroughCloudControl", call(Invoke, "cloudformation:GetResource")),
		group("ReadUsersOfTheStack", reader("aws-iam-user.json", "6ef29722",
			"iam:GetUser", "iam:ListGroupsForUser", "iam:ListUserPolicies", "iam:GetUserPolicy",
			"iam:ListAttachedUserPolicies", "iam:GetLoginProfile")...),
		group("ReadPermissionSets", slicesOf(
			reader("aws-sso-permissionset.json", "2f07e30b",
				"sso:DescribePermissionSet", "sso:ListTagsForResource", "sso:ListManagedPoliciesInPermissionSet",
				"sso:GetInlinePolicyForPermissionSet"),
			readerIn(Source{
				Repository: cloudControl,
				File:       "internal/service/cloudformation/schemas/AWS_SSO_PermissionSet.json",
				Commit:     "29a0d921",
			}, "sso:ListCustomerManagedPolicyReferencesInPermissionSet", "sso:GetPermissionsBoundaryForPermissionSet"),
		)...),
	),
	token.IAMGetGroup: read(
		"internal/service/iam/group_data_source.go",
		"18fb17f7",
		group("ReadGroupsOfTheStack", call(Invoke, "iam:GetGroup")),
	),
	token.OrganizationsGetPoliciesForTarget: read(
		"internal/service/organizations/policies_for_target_data_source.go",
		"1159b3ee",
		group("ReadPoliciesOfTargets", call(Invoke, "organizations:ListPoliciesForTarget")),
	),
	token.OrganizationsGetOrganizationalUnitChildAccounts: read(
		"internal/service/organizations/organizational_unit_child_accounts_data_source.go",
		"14ab16a5",
		group("ReadAccountsOfUnits", call(Invoke, "organizations:ListAccountsForParent")),
	),
	// What the documents of a Region hold already.
	token.SSMGetDocument: read(
		"internal/service/ssm/document_data_source.go",
		"050ac111",
		group("ReadDocumentsOfTheStack", call(Invoke, "ssm:GetDocument")),
	),
	// Where creations whose answer was lost are looked up, when AWS chose the id.
	token.OrganizationsGetPolicies: read(
		"internal/service/organizations/policies_data_source.go",
		"01f43111",
		group("FindServiceControlPolicies", call(Invoke, "organizations:ListPolicies")),
	),
	token.OrganizationsGetPolicy: read(
		"internal/service/organizations/policy_data_source.go",
		"03c81cb5",
		group("ReadServiceControlPolicies", call(Invoke, "organizations:DescribePolicy")),
	),
	token.SSOAdminGetPermissionSet: read(
		"internal/service/ssoadmin/permission_set_data_source.go",
		"01c08000",
		group("FindPermissionSets", call(Invoke, "sso:ListPermissionSets")),
		group(
			"ReadPermissionSets",
			call(Invoke, "sso:DescribePermissionSet").when("one is looked at"),
			call(Invoke, "sso:ListTagsForResource").when("it is found"),
		),
	),
	// No function of the providers lists them: the program asks with AWS's own SDK.
	token.SSOAdminListAssignments: readIn(
		sdk,
		"service/ssoadmin/api_op_ListAccountAssignments.go",
		"0118d43c",
		group(
			"ReadAssignments",
			call(Invoke, "sso:ListAccountAssignments").when("the permission set is provisioned in an account"),
			Call{
				Action: "sso:ListAccountsForProvisionedPermissionSet", In: Invoke, Source: Source{
					Repository: sdk,
					File:       "service/ssoadmin/api_op_ListAccountsForProvisionedPermissionSet.go",
					Commit:     "0118d43c",
				},
			},
		),
	),
	token.SSOAdminGetInstances: read(
		"internal/service/ssoadmin/instances_data_source.go",
		"0389eecf",
		group("FindIdentityCenter", call(Invoke, "sso:ListInstances")),
	),
	// By their ids: names that the stack gives are compared with what the store answers.
	token.IdentityStoreGetUser: read(
		"internal/service/identitystore/user_data_source.go",
		"01f43111",
		group("ReadPeople", call(Invoke, "identitystore:DescribeUser")),
	),
	token.IdentityStoreGetGroup: read(
		"internal/service/identitystore/group_data_source.go",
		"01606926",
		group("ReadGroupsOfPeople", call(Invoke, "identitystore:DescribeGroup")),
	),
}
