package provider

// native is the package aws-native.
func native() *registry { return newRegistry("1.38.0", nativeSettings, nil, nil) }

// nativeSettings are the settings of the provider aws-native.
var nativeSettings = []string{
	"accessKey", "allowedAccountIds", "assumeRole", "assumeRoleWithWebIdentity", "autoNaming", "defaultTags", "endpoints", "forbiddenAccountIds", "ignoreTags",
	"insecure", "maxRetries", "profile", "region", "roleArn", "s3UsePathStyle", "secretKey", "sharedConfigFiles", "sharedCredentialsFile",
	"skipCredentialsValidation", "skipGetEc2Platforms", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId", "token",
}
