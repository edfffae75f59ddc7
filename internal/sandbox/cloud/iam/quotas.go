package iam

// The default quotas of IAM, besides those of policy.DefaultQuotas, which are settings. Source: IAM and AWS STS quotas,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
const (
	versionsPerPolicy = 5
	accessKeysPerUser = 2
	mfaDevicesPerUser = 8
)
