package awstype

// The repositories that were read. pulumi-aws 6.83 is built on version 5.100 of the first. No revision that was read
// is that version itself: what decides was read in one before it and in one after it, which agree, and the commit
// names the one that is nearer.
const (
	terraform = "hashicorp/terraform-provider-aws"
	native    = "pulumi/pulumi-aws-native"
	// fork has a revision of 2024 of which the first was not at hand: the first in which a user's policies go with
	// the user.
	fork = "max-ts0gt/terraform-provider-aws"
)

func read(file, commit string, groups ...[]Call) Calls {
	return readIn(terraform, file, commit, groups...)
}

func readIn(repository, file, commit string, groups ...[]Call) Calls {
	c := Calls{Source: Source{Repository: repository, File: file, Commit: commit}}
	for _, g := range groups {
		c.Calls = append(c.Calls, g...)
	}
	return c
}

// group gives calls the statement that allows them.
func group(name string, calls ...Call) []Call {
	for i := range calls {
		calls[i].For = name
	}
	return calls
}

// withheld are calls that the deployer may not make.
func withheld(why string, calls ...Call) []Call {
	for i := range calls {
		calls[i].Withheld = why
	}
	return calls
}

func call(in Operation, action string) Call { return Call{Action: action, In: in} }

func (c Call) when(condition string) Call {
	c.When = condition
	return c
}

// handled is a call of which the handlers of a type of CloudFormation say that they need it to create with tags.
func (c Call) handled(schema string) Call {
	c.Source = Source{Repository: native, File: "aws-cloudformation-schema/" + schema, Commit: "43eed3b0"}
	return c
}

// reader is a call of which the handlers of a type of CloudFormation say that they need it to read.
func reader(schema, commit string, actions ...string) []Call {
	var all []Call
	for _, action := range actions {
		c := call(Invoke, action).when("the type is read")
		c.Source = Source{Repository: native, File: "aws-cloudformation-schema/" + schema, Commit: commit}
		all = append(all, c)
	}
	return all
}

func (c Call) unconfirmed(why string) Call {
	c.Unconfirmed = why
	return c
}

const (
	changed = Create | Update
	looked  = Create | Read | Update

	ifTagged    = "tags are passed"
	ifChanged   = "the property changed"
	ifDifferent = "the list differs from what AWS has"
	ifThere     = "the user has one"
	ifForced    = "forceDetachPolicies is set, or the state has policies of the role"

	byTagging = "AWS asks for it of a call that passes tags: the source shows the tags in the call, and the call itself in partitions that take no tags there; " +
		"that AWS asks for it elsewhere was seen for roles, and not for policies"
	bySchema = "the revision at hand is older than the property that the call reads"
)

// table are the calls by token. Waiters repeat calls that are listed. Configuring a provider calls
// sts:GetCallerIdentity, for which nobody needs a permission, and nothing else unless the validation of credentials
// is skipped (internal/conns/config.go at 02fe3b28).
var table = map[string]Calls{
	"aws:iam/user:User": readIn(
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
	"aws:iam/userGroupMembership:UserGroupMembership": read("internal/service/iam/user_group_membership.go", "01f43111",
		group("ReadUsersOfTheStack", call(looked, "iam:ListGroupsForUser")),
		group("ChangeGroupsOfTheStack",
			call(Create, "iam:AddUserToGroup"), call(Update, "iam:AddUserToGroup").when(ifChanged),
			call(Delete, "iam:RemoveUserFromGroup"), call(Update, "iam:RemoveUserFromGroup").when(ifChanged),
		),
	),
	"aws:iam/userPoliciesExclusive:UserPoliciesExclusive": read(
		"internal/service/iam/user_policies_exclusive.go",
		"0eb381a2",
		group("ReadUsersOfTheStack", call(looked, "iam:ListUserPolicies")),
		group("ChangeUsersOfTheStack", call(changed, "iam:DeleteUserPolicy").when(ifDifferent)),
		withheld(
			"no user of a stack has an inline policy",
			call(changed, "iam:PutUserPolicy").when(ifDifferent),
		),
	),
	"aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": read(
		"internal/service/iam/user_policy_attachments_exclusive.go",
		"0ac6a8e1",
		group("ReadUsersOfTheStack", call(looked, "iam:ListAttachedUserPolicies")),
		group("ChangeUsersOfTheStack", call(changed, "iam:DetachUserPolicy").when(ifDifferent)),
		withheld(
			"no policy is attached to a user of a stack",
			call(changed, "iam:AttachUserPolicy").when(ifDifferent),
		),
	),
	"aws:iam/group:Group": read(
		"internal/service/iam/group.go",
		"0614c9f0",
		group("ReadGroupsOfTheStack", call(looked, "iam:GetGroup")),
		group(
			"ChangeGroupsOfTheStack",
			call(Create, "iam:CreateGroup"),
			call(Update, "iam:UpdateGroup"),
			call(Delete, "iam:DeleteGroup"),
		),
	),
	"aws:iam/groupPolicy:GroupPolicy": read("internal/service/iam/group_policy.go", "02f97af8",
		group("ReadGroupsOfTheStack", call(looked, "iam:GetGroupPolicy")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:PutGroupPolicy"), call(Delete, "iam:DeleteGroupPolicy")),
	),
	"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": read(
		"internal/service/iam/group_policies_exclusive.go",
		"0eb381a2",
		group("ReadGroupsOfTheStack", call(looked, "iam:ListGroupPolicies")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:DeleteGroupPolicy").when(ifDifferent)),
		withheld(
			"it would put a policy without a document, which AWS refuses: the policies that the list names are made before it",
			call(changed, "iam:PutGroupPolicy").when(ifDifferent),
		),
	),
	"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": read(
		"internal/service/iam/group_policy_attachments_exclusive.go",
		"2c33e644",
		group("ReadGroupsOfTheStack", call(looked, "iam:ListAttachedGroupPolicies")),
		group("ChangeGroupsOfTheStack", call(changed, "iam:DetachGroupPolicy").when(ifDifferent)),
		group("AttachPoliciesOfTheStackToGroups", call(changed, "iam:AttachGroupPolicy").when(ifDifferent)),
	),
	"aws:iam/role:Role": read(
		"internal/service/iam/role.go",
		"0040ea69",
		group(
			"ReadRolesOfTheStack",
			call(
				looked,
				"iam:GetRole",
			),
			call(looked, "iam:ListRolePolicies"),
			call(Delete, "iam:ListRolePolicies").when(ifForced),
			call(looked, "iam:GetRolePolicy").when("the role has an inline policy"),
			call(looked, "iam:ListAttachedRolePolicies"),
			call(Delete, "iam:ListAttachedRolePolicies").when(ifForced),
		),
		group(
			"ChangeRolesOfTheStack",
			call(Create, "iam:CreateRole"),
			call(Create, "iam:TagRole").when(ifTagged).handled("aws-iam-role.json"),
			call(Update, "iam:TagRole").when(ifTagged),
			call(Update, "iam:UntagRole").when("tags go"),
			call(
				Update,
				"iam:UpdateAssumeRolePolicy",
			).when(ifChanged),
			call(Update, "iam:UpdateRoleDescription").when(ifChanged),
			call(
				Update,
				"iam:UpdateRole",
			).when(ifChanged),
			call(Update, "iam:DeleteRolePermissionsBoundary").when(ifChanged),
			call(Delete, "iam:ListInstanceProfilesForRole"),
			call(
				Delete,
				"iam:DetachRolePolicy",
			).when("a policy is attached"),
			call(Delete, "iam:DeleteRolePolicy").when("the role has an inline policy"),
			call(Delete, "iam:DeleteRole"),
		),
		group("BoundRolesOfTheStack", call(Update, "iam:PutRolePermissionsBoundary").when(ifChanged)),
		withheld(
			"no role of a stack is in an instance profile; whoever put it there takes it out",
			call(Delete, "iam:RemoveRoleFromInstanceProfile").when("it is in one"),
		),
	),
	"aws:iam/rolePolicy:RolePolicy": read("internal/service/iam/role_policy.go", "02f97af8",
		group("ReadRolesOfTheStack", call(looked, "iam:GetRolePolicy")),
		group("ChangeRolesOfTheStack", call(changed, "iam:PutRolePolicy"), call(Delete, "iam:DeleteRolePolicy")),
	),
	"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": read(
		"internal/service/iam/role_policies_exclusive.go",
		"02568cd9",
		group("ReadRolesOfTheStack", call(looked, "iam:ListRolePolicies")),
		group("ChangeRolesOfTheStack", call(changed, "iam:DeleteRolePolicy").when(ifDifferent)),
		withheld(
			"it would put a policy without a document, which AWS refuses: the policies that the list names are made before it",
			call(changed, "iam:PutRolePolicy").when(ifDifferent),
		),
	),
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": read(
		"internal/service/iam/role_policy_attachment.go",
		"04c79849",
		group("ReadRolesOfTheStack", call(Create|Read, "iam:ListAttachedRolePolicies")),
		group("ChangeRolesOfTheStack", call(Delete, "iam:DetachRolePolicy")),
		group("AttachPoliciesOfTheStackToRoles", call(Create, "iam:AttachRolePolicy")),
	),
	"aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": read(
		"internal/service/iam/role_policy_attachments_exclusive.go",
		"20e0a28a",
		group("ReadRolesOfTheStack", call(looked, "iam:ListAttachedRolePolicies")),
		group("ChangeRolesOfTheStack", call(changed, "iam:DetachRolePolicy").when(ifDifferent)),
		group("AttachPoliciesOfTheStackToRoles", call(changed, "iam:AttachRolePolicy").when(ifDifferent)),
	),
	"aws:iam/policy:Policy": read("internal/service/iam/policy.go", "01ccd9a2",
		group("ReadPoliciesOfTheStack", call(looked, "iam:GetPolicy"), call(looked, "iam:GetPolicyVersion")),
		group(
			"ChangePoliciesOfTheStack",
			call(Create, "iam:CreatePolicy"),
			call(Create, "iam:TagPolicy").when(ifTagged).unconfirmed(byTagging),
			call(Update, "iam:TagPolicy").when(ifTagged),
			call(Update, "iam:UntagPolicy").when("tags go"),
			call(
				Update,
				"iam:ListPolicyVersions",
			).when(ifChanged),
			call(Update, "iam:CreatePolicyVersion").when(ifChanged),
			call(
				Update,
				"iam:SetDefaultPolicyVersion",
			).when(ifChanged),
			call(Update, "iam:DeletePolicyVersion").when("there are five versions"),
			call(
				Delete,
				"iam:ListPolicyVersions",
			),
			call(Delete, "iam:DeletePolicyVersion").when("there are several"),
			call(Delete, "iam:DeletePolicy"),
		),
	),
	"aws:iam/accountPasswordPolicy:AccountPasswordPolicy": read(
		"internal/service/iam/account_password_policy.go",
		"09537f61",
		group("ReadPasswordPolicy", call(looked, "iam:GetAccountPasswordPolicy")),
		group("ChangePasswordPolicy", call(changed, "iam:UpdateAccountPasswordPolicy")),
		group("RemovePasswordPolicy", call(Delete, "iam:DeleteAccountPasswordPolicy")),
	),
	"aws:ssm/document:Document": read(
		"internal/service/ssm/document.go",
		"0105d219",
		group(
			"ReadDocumentsOfTheStack",
			call(
				looked,
				"ssm:DescribeDocument",
			),
			call(Delete, "ssm:DescribeDocument").when("it was there"),
			call(looked, "ssm:GetDocument"),
			call(looked, "ssm:DescribeDocumentPermission"),
		),
		group(
			"ChangeDocumentsOfTheStack",
			call(
				Create,
				"ssm:CreateDocument",
			),
			call(Create, "ssm:AddTagsToResource").when(ifTagged).handled("aws-ssm-document.json"),
			call(
				Update,
				"ssm:AddTagsToResource",
			).when(ifTagged),
			call(Update, "ssm:RemoveTagsFromResource").when("tags go"),
			call(
				Update,
				"ssm:UpdateDocument",
			).when(ifChanged),
			call(Update, "ssm:UpdateDocumentDefaultVersion").when(ifChanged),
			call(Update, "ssm:ModifyDocumentPermission").when("somebody shared it"),
		),
		group("RemoveDocumentsOfTheStack", call(Delete, "ssm:DeleteDocument")),
		withheld(
			"no stack shares a document",
			call(Create|Delete, "ssm:ModifyDocumentPermission").when("the program shares it"),
		),
	),
	// Cloud Control runs the handlers of AWS::SSM::Document with the permissions of its caller: the handlers' own
	// list is the source, and for the calls of Cloud Control provider/pkg/client of the same repository at 43eed3b0.
	"aws-native:ssm:Document": {
		Source: Source{Repository: native, File: "aws-cloudformation-schema/aws-ssm-document.json", Commit: "1be43b27"},
		Calls: slicesOf(
			group(
				"PassRoleOfJustInTimeAccess",
				call(changed, "iam:PassRole").when("the document is an approval policy"),
			),
			group("ReadThroughCloudControl", call(looked, "cloudformation:GetResource")),
			group(
				"ReadDocumentsOfTheStack",
				call(
					looked,
					"ssm:DescribeDocument",
				),
				call(looked|Delete, "ssm:GetDocument"),
				call(looked, "ssm:ListTagsForResource"),
			),
			group("ChangeThroughCloudControl",
				call(Create, "cloudformation:CreateResource"), call(Update, "cloudformation:UpdateResource"),
				call(Create|Update|Delete, "cloudformation:GetResourceRequestStatus"),
			),
			group(
				"ChangeDocumentsOfTheStack",
				call(
					Create,
					"ssm:CreateDocument",
				),
				call(Create, "ssm:AddTagsToResource").when(ifTagged),
				call(Update, "ssm:AddTagsToResource").when(ifTagged),
				call(
					Update,
					"ssm:RemoveTagsFromResource",
				).when("tags go"),
				call(Update, "ssm:UpdateDocument").when(ifChanged),
				call(Update, "ssm:UpdateDocumentDefaultVersion").when(ifChanged),
			),
			group("RemoveThroughCloudControl", call(Delete, "cloudformation:DeleteResource")),
			group("RemoveDocumentsOfTheStack", call(Delete, "ssm:DeleteDocument")),
			withheld(
				"no document of a stack has an attachment",
				call(changed, "s3:GetObject").when("it has an attachment"),
			),
		),
	},
	"aws:organizations/policy:Policy": read(
		"internal/service/organizations/policy.go",
		"00a35305",
		group(
			"ReadServiceControlPolicies",
			call(looked, "organizations:DescribePolicy"),
			call(looked, "organizations:ListTagsForResource"),
		),
		group(
			"ChangeServiceControlPolicies",
			call(
				Create,
				"organizations:CreatePolicy",
			),
			call(Create, "organizations:TagResource").when(ifTagged).handled("aws-organizations-policy.json"),
			call(
				Update,
				"organizations:TagResource",
			).when(ifTagged),
			call(Update, "organizations:UntagResource").when("tags go"),
			call(Update, "organizations:UpdatePolicy").when(ifChanged),
			call(Delete, "organizations:DeletePolicy"),
		),
	),
	// The targets of the policy are listed, not the policies of the target.
	"aws:organizations/policyAttachment:PolicyAttachment": read(
		"internal/service/organizations/policy_attachment.go",
		"09034480",
		group("ReadTargetsOfPolicies", call(looked, "organizations:ListTargetsForPolicy")),
		group(
			"AttachServiceControlPolicies",
			call(Create, "organizations:AttachPolicy"),
			call(Delete, "organizations:DetachPolicy"),
		),
	),
	"aws:organizations/getOrganization:getOrganization": read(
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

	"aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes": read(
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
	"aws:ssoadmin/permissionSet:PermissionSet": read("internal/service/ssoadmin/permission_set.go", "0414327b",
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
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": read(
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
	"aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": read(
		"internal/service/ssoadmin/managed_policy_attachment.go",
		"01f43111",
		group("ReadPermissionSets", call(Create|Read, "sso:ListManagedPoliciesInPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:AttachManagedPolicyToPermissionSet"),
			call(Delete, "sso:DetachManagedPolicyFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
	"aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": read(
		"internal/service/ssoadmin/customer_managed_policy_attachment.go",
		"0db75106",
		group("ReadPermissionSets", call(Create|Read, "sso:ListCustomerManagedPolicyReferencesInPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:AttachCustomerManagedPolicyReferenceToPermissionSet"),
			call(Delete, "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
	"aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": read(
		"internal/service/ssoadmin/permissions_boundary_attachment.go",
		"01f43111",
		group("ReadPermissionSets", call(Create|Read, "sso:GetPermissionsBoundaryForPermissionSet")),
		group(
			"ChangePermissionSets",
			call(Create, "sso:PutPermissionsBoundaryToPermissionSet"),
			call(Delete, "sso:DeletePermissionsBoundaryFromPermissionSet"),
		),
		provisioning(Create|Delete, ""),
	),
	"aws:ssoadmin/accountAssignment:AccountAssignment": read(
		"internal/service/ssoadmin/account_assignment.go",
		"01606926",
		group("ReadAssignments", call(Create|Read, "sso:ListAccountAssignments")),
		group("ChangeAssignments",
			call(Create, "sso:CreateAccountAssignment"), call(Create, "sso:DescribeAccountAssignmentCreationStatus"),
			call(Delete, "sso:DeleteAccountAssignment"), call(Delete, "sso:DescribeAccountAssignmentDeletionStatus"),
		),
	),
	// What is beside a stack: what others added to what it manages. The handlers of each type make the calls, with
	// the credentials of the caller.
	"aws:cloudcontrol/getResource:getResource": read(
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
			[]Call{
				call(Invoke, "sso:ListCustomerManagedPolicyReferencesInPermissionSet").when("the type is read").
					unconfirmed(bySchema),
				call(
					Invoke,
					"sso:GetPermissionsBoundaryForPermissionSet",
				).when("the type is read").
					unconfirmed(bySchema),
			},
		)...),
	),
	"aws:iam/getGroup:getGroup": read(
		"internal/service/iam/group_data_source.go",
		"18fb17f7",
		group("ReadGroupsOfTheStack", call(Invoke, "iam:GetGroup")),
	),
	"aws:organizations/getPoliciesForTarget:getPoliciesForTarget": read(
		"internal/service/organizations/policies_for_target_data_source.go",
		"1159b3ee",
		group("ReadPoliciesOfTargets", call(Invoke, "organizations:ListPoliciesForTarget")),
	),
	// What the documents of a Region hold already.
	"aws:ssm/getDocument:getDocument": read(
		"internal/service/ssm/document_data_source.go",
		"050ac111",
		group("ReadDocumentsOfTheStack", call(Invoke, "ssm:GetDocument")),
	),
	// Where creations whose answer was lost are looked up, when AWS chose the id.
	"aws:organizations/getPolicies:getPolicies": read(
		"internal/service/organizations/policies_data_source.go",
		"01f43111",
		group("FindServiceControlPolicies", call(Invoke, "organizations:ListPolicies")),
	),
	"aws:organizations/getPolicy:getPolicy": read(
		"internal/service/organizations/policy_data_source.go",
		"03c81cb5",
		group("ReadServiceControlPolicies", call(Invoke, "organizations:DescribePolicy")),
	),
	"aws:ssoadmin/getPermissionSet:getPermissionSet": read(
		"internal/service/ssoadmin/permission_set_data_source.go",
		"01c08000",
		group("FindPermissionSets", call(Invoke, "sso:ListPermissionSets")),
		group(
			"ReadPermissionSets",
			call(Invoke, "sso:DescribePermissionSet").when("one is looked at"),
			call(Invoke, "sso:ListTagsForResource").when("it is found"),
		),
	),
	"aws:ssoadmin/getInstances:getInstances": read(
		"internal/service/ssoadmin/instances_data_source.go",
		"0389eecf",
		group("FindIdentityCenter", call(Invoke, "sso:ListInstances")),
	),
	// By their ids: names that the stack gives are compared with what the store answers.
	"aws:identitystore/getUser:getUser": read(
		"internal/service/identitystore/user_data_source.go",
		"01f43111",
		group("ReadPeople", call(Invoke, "identitystore:DescribeUser")),
	),
	"aws:identitystore/getGroup:getGroup": read(
		"internal/service/identitystore/group_data_source.go",
		"01606926",
		group("ReadGroupsOfPeople", call(Invoke, "identitystore:DescribeGroup")),
	),
}

// provisioning brings roles in accounts up to date and waits for it.
func provisioning(in Operation, when string) []Call {
	return group(
		"ProvisionPermissionSets",
		call(
			in,
			"sso:ProvisionPermissionSet",
		).when(when),
		call(in, "sso:DescribePermissionSetProvisioningStatus").when(when),
	)
}

func slicesOf(groups ...[]Call) []Call {
	var all []Call
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
