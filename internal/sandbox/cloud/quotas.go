package cloud

// quotas are AWS's default quotas of what this package models, besides those of policy.DefaultQuotas, which are
// settings.
//
// Sources: IAM and AWS STS quotas, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; AWS
// Systems Manager endpoints and quotas, https://docs.aws.amazon.com/general/latest/gr/ssm.html; IAM Identity Center
// quotas, https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html.
var quotas = struct {
	versionsPerPolicy     int
	tags                  int
	accessKeysPerUser     int
	mfaDevicesPerUser     int
	versionsPerDocument   int
	manualApprovals       int
	documentBytes         int
	attributesPerInstance int
}{
	versionsPerPolicy:     5,
	tags:                  50,
	accessKeysPerUser:     2,
	mfaDevicesPerUser:     8,
	manualApprovals:       50,
	versionsPerDocument:   1000,
	documentBytes:         64 * 1024,
	attributesPerInstance: 50,
}
