package provider

import (
	"aws-access-guardrails/internal/sandbox/provider/ssm"
)

// native is the package aws-native, which drives AWS through Cloud Control.
func native() *registry {
	return newRegistry("1.38.0", nativeSettings, ssm.NativeTypes(), nil)
}

// nativeSettings are the settings of the provider aws-native.
var nativeSettings = []string{
	"accessKey",
	"allowedAccountIds",
	"assumeRole",
	"autoNaming",
	"defaultTags",
	"endpoints",
	"forbiddenAccountIds",
	"ignoreTags",
	"insecure",
	"maxRetries",
	"profile",
	"region",
	"roleArn",
	"s3ForcePathStyle",
	"secretKey",
	"sharedCredentialsFile",
	"skipCredentialsValidation",
	"skipGetEc2Platforms",
	"skipMetadataApiCheck",
	"skipRegionValidation",
	"skipRequestingAccountId",
	"token",
}
