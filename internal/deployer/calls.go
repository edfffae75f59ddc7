package deployer

import (
	"cmp"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/policy"
)

// need is one statement about a group of calls of a type: what they act on, and when they are allowed. Needs with the
// same name become one statement, whose Sid the name is.
type need struct {
	name string
	// group is the group of calls in the table of types; empty means that it is called like the statement.
	group string
	// on gives the ARNs for a resource of the stack; nil means that the actions have no resource.
	on func(*registered, program.Resource) []string
	// when gives a condition; nil means none.
	when func(*registered) policy.Condition
	// reads marks what a preview needs too.
	reads bool
	// removes marks what is needed for resources that are deleted when they leave the stack, and not for retained ones.
	removes bool
	// strays marks what is needed for what others added, and not for what the stack has.
	strays bool
}

// actions are the calls of the group that one of the operations makes, for a type.
func (n need) actions(typ string, in awstype.Operation) []string {
	calls, _ := awstype.Of(typ)
	return calls.Group(cmp.Or(n.group, n.name), in)
}

// needsOf are the statements by type of resource, or by function. Which calls a provider makes stands in awstype alone.
var needsOf = map[string][]need{
	"aws:iam/user:User": {
		{name: "ReadUsersOfTheStack", reads: true, on: users},
		{name: "ChangeUsersOfTheStack", on: users},
		{name: "BoundUsersOfTheStack", on: usersWith("permissionsBoundary"), when: bounds},
		// A leaver is deleted with what the person made. SSH keys, certificates and service-specific credentials are
		// not in the sandbox.
		{name: "RemoveUsersOfTheStack", removes: true, on: users},
		// Whoever leaves leaves every group, also those that others put the user in: a refusal here would come after
		// the guard's.
		{name: "TakeUsersOutOfGroups", group: "LeaveGroups", removes: true, on: anyGroup},
		{name: "ListDevices", removes: true},
		// A device need not be named like its user. AWS deletes only devices that nobody has.
		{name: "DeleteDevicesThatNobodyHas", removes: true, on: devices},
	},
	"aws:iam/userGroupMembership:UserGroupMembership": {
		{name: "ReadUsersOfTheStack", reads: true, on: members},
		{name: "ChangeGroupsOfTheStack", on: memberships},
		{name: "TakeUsersOutOfGroups", group: "ChangeGroupsOfTheStack", strays: true, on: anyGroup},
	},
	"aws:iam/userPoliciesExclusive:UserPoliciesExclusive": {
		{name: "ReadUsersOfTheStack", reads: true, on: members},
		{name: "ChangeUsersOfTheStack", on: members},
	},
	"aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": {
		{name: "ReadUsersOfTheStack", reads: true, on: members},
		{name: "ChangeUsersOfTheStack", on: members},
	},
	"aws:iam/group:Group": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groups},
		{name: "ChangeGroupsOfTheStack", on: groups},
	},
	"aws:iam/groupPolicy:GroupPolicy": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners},
		{name: "ChangeGroupsOfTheStack", on: groupOwners},
	},
	"aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners},
		{name: "ChangeGroupsOfTheStack", on: groupOwners},
	},
	"aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": {
		{name: "ReadGroupsOfTheStack", reads: true, on: groupOwners},
		{name: "ChangeGroupsOfTheStack", on: groupOwners},
		{name: "AttachPoliciesOfTheStackToGroups", on: groupOwnersWithPolicies, when: attachable},
	},
	"aws:iam/role:Role": {
		{name: "ReadRolesOfTheStack", reads: true, on: roles},
		{name: "ChangeRolesOfTheStack", on: roles},
		{name: "BoundRolesOfTheStack", on: rolesWith("permissionsBoundary"), when: bounds},
	},
	"aws:iam/rolePolicy:RolePolicy": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners},
		{name: "ChangeRolesOfTheStack", on: roleOwners},
	},
	"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners},
		{name: "ChangeRolesOfTheStack", on: roleOwners},
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners},
		{name: "ChangeRolesOfTheStack", on: roleOwners},
		{name: "AttachPoliciesOfTheStackToRoles", on: roleOwners, when: attachable},
	},
	"aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": {
		{name: "ReadRolesOfTheStack", reads: true, on: roleOwners},
		{name: "ChangeRolesOfTheStack", on: roleOwners},
		{name: "AttachPoliciesOfTheStackToRoles", on: roleOwnersWithPolicies, when: attachable},
	},
	"aws:iam/policy:Policy": {
		{name: "ReadPoliciesOfTheStack", reads: true, on: policies},
		{name: "ChangePoliciesOfTheStack", on: policies},
	},
	"aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
		{name: "ReadPasswordPolicy", reads: true},
		{name: "ChangePasswordPolicy"},
		{name: "ChangePasswordPolicy", group: "RemovePasswordPolicy", removes: true},
	},
	"aws:ssm/document:Document": {
		{name: "ReadDocumentsOfTheStack", reads: true, on: documents},
		{name: "ChangeDocumentsOfTheStack", on: documents},
		{name: "ChangeDocumentsOfTheStack", group: "RemoveDocumentsOfTheStack", removes: true, on: documents},
	},
	// Cloud Control calls the service with the credentials of its caller. The documents are approval policies of
	// just-in-time access, which name the role that sessions run as.
	"aws-native:ssm:Document": {
		{name: "PassRoleOfJustInTimeAccess", on: tokenRole, when: toJustInTimeAccess},
		{name: "ReadThroughCloudControl", reads: true},
		{name: "ReadDocumentsOfTheStack", reads: true, on: documents},
		{name: "ChangeThroughCloudControl"},
		{name: "ChangeDocumentsOfTheStack", on: documents},
		{name: "ChangeThroughCloudControl", group: "RemoveThroughCloudControl", removes: true},
		{name: "ChangeDocumentsOfTheStack", group: "RemoveDocumentsOfTheStack", removes: true, on: documents},
	},
	"aws:organizations/policy:Policy": {
		{name: "ReadServiceControlPolicies", reads: true, on: serviceControlPolicies},
		{name: "ChangeServiceControlPolicies", on: serviceControlPolicies},
	},
	"aws:organizations/policyAttachment:PolicyAttachment": {
		{name: "ReadServiceControlPolicies", group: "ReadTargetsOfPolicies", reads: true, on: serviceControlPolicies},
		{name: "AttachServiceControlPolicies", on: policiesAndTargets},
	},
	"aws:organizations/getOrganization:getOrganization": {
		{name: "ReadOrganization", reads: true},
	},

	"aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes": {
		{name: "ReadAttributesForAccessControl", reads: true, on: instances},
		{name: "ChangeAttributesForAccessControl", on: instances},
		{
			name:    "ChangeAttributesForAccessControl",
			group:   "RemoveAttributesForAccessControl",
			removes: true,
			on:      instances,
		},
	},
	"aws:ssoadmin/permissionSet:PermissionSet": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
		{name: "ChangePermissionSets", on: permissionSets},
		{name: "ProvisionPermissionSets", on: assignments},
	},
	"aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
		{name: "ChangePermissionSets", on: permissionSets},
		{name: "ProvisionPermissionSets", on: assignments},
	},
	"aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
		{name: "ChangePermissionSets", on: permissionSets},
		{name: "ProvisionPermissionSets", on: assignments},
	},
	"aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
		{name: "ChangePermissionSets", on: permissionSets},
		{name: "ProvisionPermissionSets", on: assignments},
	},
	"aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": {
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
		{name: "ChangePermissionSets", on: permissionSets},
		{name: "ProvisionPermissionSets", on: assignments},
	},
	"aws:ssoadmin/accountAssignment:AccountAssignment": {
		{name: "ReadAssignments", reads: true, on: assignments},
		{name: "ChangeAssignments", on: assignments},
	},
	// What others added to what the stack manages.
	"aws:cloudcontrol/getResource:getResource": {
		{name: "ReadThroughCloudControl", reads: true},
		{name: "ReadUsersOfTheStack", reads: true, on: ofAll("aws:iam/user:User", users)},
		{
			name:  "ReadPermissionSets",
			reads: true,
			on:    ofAll("aws:ssoadmin/permissionSet:PermissionSet", permissionSets),
		},
	},
	"aws:iam/getGroup:getGroup": {
		{name: "ReadGroupsOfTheStack", reads: true, on: ofAll("aws:iam/group:Group", groups)},
	},
	"aws:organizations/getPoliciesForTarget:getPoliciesForTarget": {
		{name: "ReadPoliciesOfTargets", reads: true, on: anyTarget},
	},
	// They are asked about in the name of a resource, of which there may be several.
	"aws:ssm/getDocument:getDocument":           {{name: "ReadDocumentsOfTheStack", reads: true, on: preferences}},
	"aws:organizations/getPolicies:getPolicies": {{name: "FindServiceControlPolicies"}},
	"aws:organizations/getPolicy:getPolicy": {
		{name: "ReadServiceControlPolicies", reads: true, on: serviceControlPolicies},
	},
	"aws:ssoadmin/getPermissionSet:getPermissionSet": {
		{name: "FindPermissionSets", on: instances},
		{name: "ReadPermissionSets", reads: true, on: permissionSets},
	},
	"aws:ssoadmin/getInstances:getInstances": {{name: "FindIdentityCenter", reads: true}},
	// By their ids: names that the stack gives are compared with what the store answers.
	"aws:identitystore/getUser:getUser":   {{name: "ReadPeople", reads: true, on: inIdentityStore("user")}},
	"aws:identitystore/getGroup:getGroup": {{name: "ReadGroupsOfPeople", reads: true, on: inIdentityStore("group")}},
}
