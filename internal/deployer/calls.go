package deployer

import (
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/policy"
)

// need is a set of actions on the same resources. Needs with the same name become one statement, whose Sid the name is.
type need struct {
	name    string
	actions []string
	// on gives the ARNs for a resource of the stack; nil means that the actions have no resource.
	on func(*stack, program.Resource) []string
	// when gives a condition; nil means none.
	when func(*stack) policy.Condition
	// reads marks what a preview needs too.
	reads bool
	// removes marks what is needed for resources that are deleted when they leave the stack, and not for retained ones.
	removes bool
}

// needsOf are the calls of the AWS providers by type of resource, or by function. docs/decisions/0043-the-deployer.md says which rows were read in the source
// of the providers and which are own knowledge. Passing tags when something is made needs the tagging action too.
var needsOf = map[string][]need{
	"aws:iam/user:User": {
		{name: "ReadUsersOfTheStack", reads: true, on: users, actions: []string{"iam:GetUser", "iam:ListGroupsForUser"}},
		{name: "ChangeUsersOfTheStack", on: users, actions: []string{"iam:CreateUser", "iam:TagUser", "iam:UntagUser", "iam:UpdateUser"}},
		// A leaver is deleted with what the person made. SSH keys, certificates and service-specific credentials are not in the sandbox.
		{name: "RemoveUsersOfTheStack", removes: true, on: users, actions: []string{
			"iam:DeleteUser", "iam:ListAccessKeys", "iam:DeleteAccessKey", "iam:ListMFADevices", "iam:DeactivateMFADevice", "iam:DeleteLoginProfile",
			"iam:ListSSHPublicKeys", "iam:DeleteSSHPublicKey", "iam:ListSigningCertificates", "iam:DeleteSigningCertificate",
			"iam:ListServiceSpecificCredentials", "iam:DeleteServiceSpecificCredential",
		}},
		{name: "ListDevices", removes: true, actions: []string{"iam:ListVirtualMFADevices"}},
		// A device need not be named like its user. AWS deletes only devices that nobody has.
		{name: "DeleteDevicesThatNobodyHas", removes: true, on: devices, actions: []string{"iam:DeleteVirtualMFADevice"}},
	},
	"aws:iam/userGroupMembership:UserGroupMembership": {
		{name: "ReadUsersOfTheStack", reads: true, on: members, actions: []string{"iam:ListGroupsForUser"}},
		{name: "ChangeGroupsOfTheStack", on: memberships, actions: []string{"iam:AddUserToGroup", "iam:RemoveUserFromGroup"}},
	},
	"aws:iam/group:Group": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groups, actions: []string{"iam:GetGroup"}},
		{name: "ChangeGroupsOfTheStack", on: groups, actions: []string{"iam:CreateGroup", "iam:UpdateGroup", "iam:DeleteGroup"}},
	},
	"aws:iam/groupPolicy:GroupPolicy": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners, actions: []string{"iam:GetGroupPolicy"}},
		{name: "ChangeGroupsOfTheStack", on: groupOwners, actions: []string{"iam:PutGroupPolicy", "iam:DeleteGroupPolicy"}},
	},
	"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners, actions: []string{"iam:ListGroupPolicies"}},
		{name: "ChangeGroupsOfTheStack", on: groupOwners, actions: []string{"iam:DeleteGroupPolicy"}},
	},
	"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners, actions: []string{"iam:ListAttachedGroupPolicies"}},
		{name: "ChangeGroupsOfTheStack", on: groupOwners, actions: []string{"iam:DetachGroupPolicy"}},
		{name: "AttachPoliciesOfTheStackToGroups", on: groupOwnersWithPolicies, when: attachable, actions: []string{"iam:AttachGroupPolicy"}},
	},
	"aws:iam/role:Role": {
		{name: "ReadRolesOfTheStack", reads: true, on: roles, actions: []string{"iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"}},
		{name: "ChangeRolesOfTheStack", on: roles, actions: []string{
			"iam:CreateRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole",
			"iam:ListInstanceProfilesForRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
		}},
		{name: "ChangeRolesOfTheStack", on: rolesWith("description"), actions: []string{"iam:UpdateRoleDescription"}},
		{name: "ChangeRolesOfTheStack", on: rolesWith("maxSessionDuration"), actions: []string{"iam:UpdateRole"}},
		{name: "BoundRolesOfTheStack", on: rolesWith("permissionsBoundary"), when: bounds, actions: []string{"iam:PutRolePermissionsBoundary"}},
		{name: "ChangeRolesOfTheStack", on: rolesWith("permissionsBoundary"), actions: []string{"iam:DeleteRolePermissionsBoundary"}},
	},
	"aws:iam/rolePolicy:RolePolicy": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners, actions: []string{"iam:GetRolePolicy"}},
		{name: "ChangeRolesOfTheStack", on: roleOwners, actions: []string{"iam:PutRolePolicy", "iam:DeleteRolePolicy"}},
	},
	"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners, actions: []string{"iam:ListRolePolicies"}},
		{name: "ChangeRolesOfTheStack", on: roleOwners, actions: []string{"iam:DeleteRolePolicy"}},
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners, actions: []string{"iam:ListAttachedRolePolicies"}},
		{name: "ChangeRolesOfTheStack", on: roleOwners, actions: []string{"iam:DetachRolePolicy"}},
		{name: "AttachPoliciesOfTheStackToRoles", on: roleOwners, when: attachable, actions: []string{"iam:AttachRolePolicy"}},
	},
	"aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners, actions: []string{"iam:ListAttachedRolePolicies"}},
		{name: "ChangeRolesOfTheStack", on: roleOwners, actions: []string{"iam:DetachRolePolicy"}},
		{name: "AttachPoliciesOfTheStackToRoles", on: roleOwnersWithPolicies, when: attachable, actions: []string{"iam:AttachRolePolicy"}},
	},
	"aws:iam/policy:Policy": {
		{name: "ReadPoliciesOfTheStack", reads: true, on: policies, actions: []string{"iam:GetPolicy", "iam:GetPolicyVersion"}},
		{name: "ChangePoliciesOfTheStack", on: policies, actions: []string{
			"iam:CreatePolicy", "iam:TagPolicy", "iam:UntagPolicy", "iam:ListPolicyVersions", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion",
			"iam:DeletePolicyVersion", "iam:DeletePolicy",
		}},
	},
	"aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
		{name: "ReadPasswordPolicy", reads: true, actions: []string{"iam:GetAccountPasswordPolicy"}},
		{name: "ChangePasswordPolicy", actions: []string{"iam:UpdateAccountPasswordPolicy"}},
		{name: "ChangePasswordPolicy", removes: true, actions: []string{"iam:DeleteAccountPasswordPolicy"}},
	},
	"aws:ssm/document:Document": {
		{name: "ReadDocumentsOfTheStack", reads: true, on: documents, actions: []string{"ssm:DescribeDocument", "ssm:DescribeDocumentPermission", "ssm:GetDocument"}},
		{name: "ChangeDocumentsOfTheStack", on: documents, actions: []string{
			"ssm:CreateDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource",
		}},
		{name: "ChangeDocumentsOfTheStack", removes: true, on: documents, actions: []string{"ssm:DeleteDocument"}},
	},
	// Cloud Control calls the service with the credentials of its caller. The handlers' s3:GetObject is for attachments, which no document here has. The documents
	// are approval policies of just-in-time access, which name the role that sessions run as.
	"aws-native:ssm:Document": {
		{name: "PassRoleOfJustInTimeAccess", on: tokenRole, when: toJustInTimeAccess, actions: []string{"iam:PassRole"}},
		{name: "ReadThroughCloudControl", reads: true, actions: []string{"cloudformation:GetResource"}},
		{name: "ReadDocumentsOfTheStack", reads: true, on: documents, actions: []string{"ssm:DescribeDocument", "ssm:GetDocument", "ssm:ListTagsForResource"}},
		{name: "ChangeThroughCloudControl", actions: []string{
			"cloudformation:CreateResource", "cloudformation:UpdateResource", "cloudformation:GetResourceRequestStatus",
		}},
		{name: "ChangeDocumentsOfTheStack", on: documents, actions: []string{
			"ssm:CreateDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource",
		}},
		{name: "ChangeThroughCloudControl", removes: true, actions: []string{"cloudformation:DeleteResource"}},
		{name: "ChangeDocumentsOfTheStack", removes: true, on: documents, actions: []string{"ssm:DeleteDocument"}},
	},
	"aws:organizations/policy:Policy": {
		{name: "ReadServiceControlPolicies", reads: true, on: serviceControlPolicies, actions: []string{"organizations:DescribePolicy", "organizations:ListTagsForResource"}},
		{name: "ChangeServiceControlPolicies", on: serviceControlPolicies, actions: []string{
			"organizations:CreatePolicy", "organizations:UpdatePolicy", "organizations:DeletePolicy", "organizations:TagResource", "organizations:UntagResource",
		}},
	},
	"aws:organizations/policyAttachment:PolicyAttachment": {
		{name: "ReadTargetsOfTheStack", reads: true, on: targets, actions: []string{"organizations:ListPoliciesForTarget"}},
		{name: "AttachServiceControlPolicies", on: policiesAndTargets, actions: []string{"organizations:AttachPolicy", "organizations:DetachPolicy"}},
	},
	"aws:organizations/getOrganization:getOrganization": {
		{name: "ReadOrganization", reads: true, actions: []string{
			"organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListAWSServiceAccessForOrganization", "organizations:ListRoots",
		}},
	},

	"aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes": {
		{name: "ReadAttributesForAccessControl", reads: true, on: instances, actions: []string{"sso:DescribeInstanceAccessControlAttributeConfiguration"}},
		{name: "ChangeAttributesForAccessControl", on: instances, actions: []string{
			"sso:CreateInstanceAccessControlAttributeConfiguration", "sso:UpdateInstanceAccessControlAttributeConfiguration",
		}},
		{name: "ChangeAttributesForAccessControl", removes: true, on: instances, actions: []string{"sso:DeleteInstanceAccessControlAttributeConfiguration"}},
	},
	"aws:ssoadmin/permissionSet:PermissionSet": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets, actions: []string{"sso:DescribePermissionSet", "sso:ListTagsForResource"}},
		{name: "ChangePermissionSets", on: permissionSets, actions: []string{
			"sso:CreatePermissionSet", "sso:UpdatePermissionSet", "sso:DeletePermissionSet", "sso:TagResource", "sso:UntagResource",
		}},
		{name: "ProvisionPermissionSets", on: assignments, actions: []string{"sso:ProvisionPermissionSet", "sso:DescribePermissionSetProvisioningStatus"}},
	},
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets, actions: []string{"sso:GetInlinePolicyForPermissionSet"}},
		{name: "ChangePermissionSets", on: permissionSets, actions: []string{"sso:PutInlinePolicyToPermissionSet", "sso:DeleteInlinePolicyFromPermissionSet"}},
		{name: "ProvisionPermissionSets", on: assignments, actions: []string{"sso:ProvisionPermissionSet", "sso:DescribePermissionSetProvisioningStatus"}},
	},
	"aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets, actions: []string{"sso:ListManagedPoliciesInPermissionSet"}},
		{name: "ChangePermissionSets", on: permissionSets, actions: []string{"sso:AttachManagedPolicyToPermissionSet", "sso:DetachManagedPolicyFromPermissionSet"}},
		{name: "ProvisionPermissionSets", on: assignments, actions: []string{"sso:ProvisionPermissionSet", "sso:DescribePermissionSetProvisioningStatus"}},
	},
	"aws:ssoadmin/accountAssignment:AccountAssignment": {
		{name: "ReadAssignments", reads: true, on: assignments, actions: []string{"sso:ListAccountAssignments"}},
		{name: "ChangeAssignments", on: assignments, actions: []string{
			"sso:CreateAccountAssignment", "sso:DescribeAccountAssignmentCreationStatus", "sso:DeleteAccountAssignment", "sso:DescribeAccountAssignmentDeletionStatus",
		}},
	},
	"aws:ssoadmin/getInstances:getInstances": {{name: "FindIdentityCenter", reads: true, actions: []string{"sso:ListInstances"}}},
	// By their ids: names that the stack gives are compared with what the store answers.
	"aws:identitystore/getUser:getUser":   {{name: "ReadPeople", reads: true, on: inIdentityStore("user"), actions: []string{"identitystore:DescribeUser"}}},
	"aws:identitystore/getGroup:getGroup": {{name: "ReadGroupsOfPeople", reads: true, on: inIdentityStore("group"), actions: []string{"identitystore:DescribeGroup"}}},
}
