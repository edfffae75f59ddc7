package provider

import (
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox/provider/iam"
	"aws-access-guardrails/internal/sandbox/provider/organizations"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/ssm"
	"aws-access-guardrails/internal/sandbox/provider/ssoadmin"
)

// classic is the package aws.
func classic() *registry {
	types := slices.Concat(iam.Types(), ssm.Types(), organizations.Types(), ssoadmin.Types())
	functions := accountFunctions()
	for _, more := range []map[string]resources.Function{
		iam.Functions(),
		ssm.Functions(),
		organizations.Functions(),
		ssoadmin.Functions(),
	} {
		maps.Copy(functions, more)
	}
	return newRegistry("6.83.2", classicSettings, types, functions)
}

// classicSettings are the settings of the provider aws.
var classicSettings = []string{
	"accessKey",
	"allowedAccountIds",
	"assumeRole",
	"assumeRoleWithWebIdentity",
	"customCaBundle",
	"defaultTags",
	"ec2MetadataServiceEndpoint",
	"ec2MetadataServiceEndpointMode",
	"endpoints",
	"forbiddenAccountIds",
	"httpProxy",
	"httpsProxy",
	"ignoreTags",
	"insecure",
	"maxRetries",
	"noProxy",
	"profile",
	"region",
	"retryMode",
	"s3UsEast1RegionalEndpoint",
	"s3UsePathStyle",
	"secretKey",
	"sharedConfigFiles",
	"sharedCredentialsFiles",
	"skipCredentialsValidation",
	"skipMetadataApiCheck",
	"skipRegionValidation",
	"skipRequestingAccountId",
	"stsRegion",
	"token",
	"tokenBucketRateLimiterCapacity",
	"useDualstackEndpoint",
	"useFipsEndpoint",
}
