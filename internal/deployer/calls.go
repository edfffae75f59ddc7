package deployer

import (
	"cmp"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
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
	resources func(*registered, program.Resource) []string
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
	calls, _ := awstype.CallsOf(typ)
	return calls.Group(cmp.Or(n.group, n.name), in)
}

// needsOf are the statements by type of resource, or by function. Which calls a provider makes stands in awstype alone.
var needsOf = map[string][]need{
	token.IAMUser: {
		{name: "ReadUsersOfTheStack", reads: true, resources: users},
		{name: "ChangeUsersOfTheStack", resources: users},
		{name: "BoundUsersOfTheStack", resources: usersWith("permissionsBoundary"), when: bounds},
		// A leaver is deleted with what the person made. SSH keys, certificates and service-specific credentials are
		// not in the sandbox.
		{name: "RemoveUsersOfTheStack", removes: true, resources: users},
		// Whoever leaves leaves every group, also those that others put the user in: a refusal here would come after
		// the guard's.
		{name: "TakeUsersOutOfGroups", group: "LeaveGroups", removes: true, resources: anyGroup},
		{name: "ListDevices", removes: true},
		// A device need not be named like its user. AWS deletes only devices that nobody has.
		{name: "DeleteDevicesThatNobodyHas", removes: true, resources: devices},
	},
	token.IAMUserGroupMembership: {
		{name: "ReadUsersOfTheStack", reads: true, resources: members},
		{name: "ChangeGroupsOfTheStack", resources: memberships},
		{name: "TakeUsersOutOfGroups", group: "ChangeGroupsOfTheStack", strays: true, resources: anyGroup},
	},
	token.IAMUserPoliciesExclusive: {
		{name: "ReadUsersOfTheStack", reads: true, resources: members},
		{name: "ChangeUsersOfTheStack", resources: members},
	},
	token.IAMUserPolicyAttachmentsExclusive: {
		{name: "ReadUsersOfTheStack", reads: true, resources: members},
		{name: "ChangeUsersOfTheStack", resources: members},
	},
	token.IAMGroup: {
		{name: "ReadGroupsOfTheStack", reads: true, resources: groups},
		{name: "ChangeGroupsOfTheStack", resources: groups},
	},
	token.IAMGroupPolicy: {
		{name: "ReadGroupsOfTheStack", reads: true, resources: groupOwners},
		{name: "ChangeGroupsOfTheStack", resources: groupOwners},
	},
	token.IAMGroupPoliciesExclusive: {
		{name: "ReadGroupsOfTheStack", reads: true, resources: groupOwners},
		{name: "ChangeGroupsOfTheStack", resources: groupOwners},
	},
	token.IAMGroupPolicyAttachmentsExclusive: {
		{name: "ReadGroupsOfTheStack", reads: true, resources: groupOwners},
		{name: "ChangeGroupsOfTheStack", resources: groupOwners},
		{name: "AttachPoliciesOfTheStackToGroups", resources: groupOwnersWithPolicies, when: attachable},
	},
	token.IAMRole: {
		{name: "ReadRolesOfTheStack", reads: true, resources: roles},
		{name: "ChangeRolesOfTheStack", resources: roles},
		{name: "BoundRolesOfTheStack", resources: rolesWith("permissionsBoundary"), when: bounds},
	},
	token.IAMRolePolicy: {
		{name: "ReadRolesOfTheStack", reads: true, resources: roleOwners},
		{name: "ChangeRolesOfTheStack", resources: roleOwners},
	},
	token.IAMRolePoliciesExclusive: {
		{name: "ReadRolesOfTheStack", reads: true, resources: roleOwners},
		{name: "ChangeRolesOfTheStack", resources: roleOwners},
	},
	token.IAMRolePolicyAttachment: {
		{name: "ReadRolesOfTheStack", reads: true, resources: roleOwners},
		{name: "ChangeRolesOfTheStack", resources: roleOwners},
		{name: "AttachPoliciesOfTheStackToRoles", resources: roleOwners, when: attachable},
	},
	token.IAMRolePolicyAttachmentsExclusive: {
		{name: "ReadRolesOfTheStack", reads: true, resources: roleOwners},
		{name: "ChangeRolesOfTheStack", resources: roleOwners},
		{name: "AttachPoliciesOfTheStackToRoles", resources: roleOwnersWithPolicies, when: attachable},
	},
	token.IAMPolicy: {
		{name: "ReadPoliciesOfTheStack", reads: true, resources: policies},
		{name: "ChangePoliciesOfTheStack", resources: policies},
	},
	token.IAMAccountPasswordPolicy: {
		{name: "ReadPasswordPolicy", reads: true},
		{name: "ChangePasswordPolicy"},
		{name: "ChangePasswordPolicy", group: "RemovePasswordPolicy", removes: true},
	},
	token.SSMDocument: {
		{name: "ReadDocumentsOfTheStack", reads: true, resources: documents},
		{name: "ChangeDocumentsOfTheStack", resources: documents},
		{name: "ChangeDocumentsOfTheStack", group: "RemoveDocumentsOfTheStack", removes: true, resources: documents},
	},
	// Cloud Control calls the service with the credentials of its caller. The documents are approval policies of
	// just-in-time access, which name the role that sessions run as.
	token.NativeSSMDocument: {
		{name: "PassRoleOfJustInTimeAccess", resources: tokenRole, when: toJustInTimeAccess},
		{name: "ReadThroughCloudControl", reads: true},
		{name: "ReadDocumentsOfTheStack", reads: true, resources: documents},
		{name: "ChangeThroughCloudControl"},
		{name: "ChangeDocumentsOfTheStack", resources: documents},
		{name: "ChangeThroughCloudControl", group: "RemoveThroughCloudControl", removes: true},
		{name: "ChangeDocumentsOfTheStack", group: "RemoveDocumentsOfTheStack", removes: true, resources: documents},
	},
	token.OrganizationsPolicy: {
		{name: "ReadServiceControlPolicies", reads: true, resources: serviceControlPolicies},
		{name: "ChangeServiceControlPolicies", resources: serviceControlPolicies},
	},
	token.OrganizationsPolicyAttachment: {
		{name: "ReadServiceControlPolicies", group: "ReadTargetsOfPolicies", reads: true, resources: serviceControlPolicies},
		{name: "AttachServiceControlPolicies", resources: policiesAndTargets},
	},
	token.OrganizationsGetOrganization: {
		{name: "ReadOrganization", reads: true},
	},

	token.SSOAdminInstanceAccessControlAttributes: {
		{name: "ReadAttributesForAccessControl", reads: true, resources: instances},
		{name: "ChangeAttributesForAccessControl", resources: instances},
		{
			name:      "ChangeAttributesForAccessControl",
			group:     "RemoveAttributesForAccessControl",
			removes:   true,
			resources: instances,
		},
	},
	token.SSOAdminPermissionSet: {
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
		{name: "ChangePermissionSets", resources: permissionSets},
		{name: "ProvisionPermissionSets", resources: assignments},
	},
	token.SSOAdminPermissionSetInlinePolicy: {
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
		{name: "ChangePermissionSets", resources: permissionSets},
		{name: "ProvisionPermissionSets", resources: assignments},
	},
	token.SSOAdminManagedPolicyAttachment: {
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
		{name: "ChangePermissionSets", resources: permissionSets},
		{name: "ProvisionPermissionSets", resources: assignments},
	},
	token.SSOAdminCustomerManagedPolicyAttachment: {
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
		{name: "ChangePermissionSets", resources: permissionSets},
		{name: "ProvisionPermissionSets", resources: assignments},
	},
	token.SSOAdminPermissionsBoundaryAttachment: {
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
		{name: "ChangePermissionSets", resources: permissionSets},
		{name: "ProvisionPermissionSets", resources: assignments},
	},
	token.SSOAdminAccountAssignment: {
		{name: "ReadAssignments", reads: true, resources: assignments},
		{name: "ChangeAssignments", resources: assignments},
		{name: "RemoveAssignments", resources: assignments},
	},
	// What others added to what the stack manages.
	token.CloudControlGetResource: {
		{name: "ReadThroughCloudControl", reads: true},
		{name: "ReadUsersOfTheStack", reads: true, resources: ofAll(token.IAMUser, users)},
		{
			name:      "ReadPermissionSets",
			reads:     true,
			resources: ofAll(token.SSOAdminPermissionSet, permissionSets),
		},
	},
	token.IAMGetGroup: {
		{name: "ReadGroupsOfTheStack", reads: true, resources: ofAll(token.IAMGroup, groups)},
	},
	token.OrganizationsGetPoliciesForTarget: {
		{name: "ReadPoliciesOfTargets", reads: true, resources: anyTarget},
	},
	token.OrganizationsGetOrganizationalUnitChildAccounts: {
		{name: "ReadAccountsOfUnits", reads: true, resources: anyParent},
	},
	// They are asked about in the name of a resource, of which there may be several.
	token.SSMGetDocument:           {{name: "ReadDocumentsOfTheStack", reads: true, resources: preferences}},
	token.OrganizationsGetPolicies: {{name: "FindServiceControlPolicies"}},
	token.OrganizationsGetPolicy: {
		{name: "ReadServiceControlPolicies", reads: true, resources: serviceControlPolicies},
	},
	token.SSOAdminGetPermissionSet: {
		{name: "FindPermissionSets", resources: instances},
		{name: "ReadPermissionSets", reads: true, resources: permissionSets},
	},
	token.SSOAdminListAssignments: {
		{name: "ReadAssignments", reads: true, resources: ofAll(token.SSOAdminPermissionSet, assignments)},
	},
	token.SSOAdminGetInstances: {{name: "FindIdentityCenter", reads: true}},
	// By their ids: names that the stack gives are compared with what the store answers.
	token.IdentityStoreGetUser:  {{name: "ReadPeople", reads: true, resources: inIdentityStore("user")}},
	token.IdentityStoreGetGroup: {{name: "ReadGroupsOfPeople", reads: true, resources: inIdentityStore("group")}},
}
