package cloud

// quotas are AWS's default quotas of what this package models.
//
// Sources: IAM and AWS STS quotas, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; Quotas for AWS
// Organizations, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html; AWS Systems Manager endpoints and
// quotas, https://docs.aws.amazon.com/general/latest/gr/ssm.html; IAM Identity Center quotas,
// https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html. The sizes of documents are policy.DefaultQuotas.
var quotas = struct {
	users, groups, roles, policies  int
	groupsPerUser                   int
	attachedPerUser                 int
	versionsPerPolicy               int
	tags                            int
	accessKeysPerUser               int
	mfaDevicesPerUser               int
	documents, versionsPerDocument  int
	manualApprovals                 int
	documentBytes                   int
	attributesPerInstance           int
	serviceControlPolicies          int
	permissionSetsPerInstance       int
	managedPoliciesPerPermissionSet int
}{
	users: 5000, groups: 300, roles: 1000, policies: 1500,
	groupsPerUser:         10,
	attachedPerUser:       10,
	versionsPerPolicy:     5,
	tags:                  50,
	accessKeysPerUser:     2,
	mfaDevicesPerUser:     8,
	documents:             500,
	manualApprovals:       50,
	versionsPerDocument:   1000,
	documentBytes:         64 * 1024,
	attributesPerInstance: 50, serviceControlPolicies: 10000,
	permissionSetsPerInstance:       2000,
	managedPoliciesPerPermissionSet: 20,
}
