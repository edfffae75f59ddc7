package provider

import (
	"aws-access-guardrails/internal/sandbox/cloud/iam"
)

// classic is the package aws.
func classic() *registry {
	types := []*resourceType{
		iamUser(),
		iamUserGroupMembership(),
		iamGroup(),
		iamRole(),
		iamPolicy(),
		iamAccountPasswordPolicy(),
		iamAccountAlias(),
		ssmDocument(),
		organizationsPolicy(),
		organizationsPolicyAttachment(),
		iamOrganizationsFeatures(),
		ssoAccessControlAttributes(),
		ssoPermissionSet(),
		ssoPermissionSetInlinePolicy(),
		ssoManagedPolicyAttachment(),
		ssoCustomerManagedPolicyAttachment(),
		ssoPermissionsBoundaryAttachment(),
		ssoAccountAssignment(),
	}
	for _, kind := range []iam.Kind{iam.KindUser, iam.KindGroup, iam.KindRole} {
		types = append(
			types,
			inlinePolicy(kind),
			policyAttachment(kind),
			policiesExclusive(kind),
			attachmentsExclusive(kind),
		)
	}
	return newRegistry("6.83.2", classicSettings, types, classicFunctions())
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
