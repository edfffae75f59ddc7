package api

// TagsPerResource is how many tags a resource of any service may have. Source: IAM and AWS STS quotas,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; the other services have the same quota.
const TagsPerResource = 50
