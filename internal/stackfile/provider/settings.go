package provider

import (
	"time"

	"aws-access-guardrails/internal/strictyaml"
)

// Settings holds the stack's settings for the AWS provider. Every provider of the program gets all of them: an explicit
// provider would otherwise ignore them, and a setting that looks effective and is not is worse than none.
type Settings struct {
	Region, Profile                       string
	AccessKey, SecretKey, Token           string
	AssumeRole                            *AssumeRole
	AssumeRoleWithWebIdentity             *AssumeRoleWithWebIdentity
	AllowedAccountIDs                     []string
	DefaultTags                           map[string]string
	IgnoreTags                            IgnoreTags
	Endpoints                             []Endpoints
	CustomCABundle                        string
	EC2MetadataServiceEndpoint            string
	EC2MetadataServiceEndpointMode        string
	HTTPProxy, HTTPSProxy, NoProxy        string
	Insecure                              bool
	MaxRetries                            *int
	RetryMode                             string
	SharedConfigFiles                     []string
	SharedCredentialsFiles                []string
	SkipCredentialsValidation             bool
	SkipMetadataAPICheck                  *bool
	SkipRegionValidation                  *bool
	STSRegion                             string
	TokenBucketRateLimiterCapacity        *int
	UseDualstackEndpoint, UseFIPSEndpoint *bool
}

// AssumeRole is the role that the provider assumes with the credentials that it finds.
type AssumeRole struct {
	RoleARN, ExternalID, SessionName, SourceIdentity, Policy string
	Duration                                                 time.Duration
	PolicyARNs                                               []string
	Tags                                                     map[string]string
	TransitiveTagKeys                                        []string
}

// AssumeRoleWithWebIdentity is the role that the provider assumes with an OpenID Connect token, as CI systems hand
// one out.
type AssumeRoleWithWebIdentity struct {
	RoleARN, SessionName, WebIdentityToken, WebIdentityTokenFile, Policy string
	Duration                                                             time.Duration
	PolicyARNs                                                           []string
}

// IgnoreTags are tags that the provider neither reads nor removes.
type IgnoreTags struct{ Keys, KeyPrefixes []string }

// Endpoints are other addresses of the services that the program calls.
type Endpoints struct{ IAM, Organizations, SSM, SSOAdmin, STS string }

// The provider's settings are documented by the provider; the descriptions here say what they are and nothing that it
// does not say.
var Keys = strictyaml.Keys(
	"settings of the AWS provider",
	strictyaml.Key("region", func(a *Settings) *string { return &a.Region }, strictyaml.Text(ValidateRegion).Pattern(RegionPattern)).
		Required("write the home Region of the stack; it also tells the partition").
		Doc("The home Region of the stack. IAM is global; the Region tells the partition, and is where Session Manager preferences are set unless "+
			"sessions.regions says more.").
		Example("ap-northeast-1"),
	setting("profile", func(a *Settings) *string { return &a.Profile }, strictyaml.Text(nil),
		"The profile of the shared configuration that is used.", "guardrails-dev"),
	setting("accessKey", func(a *Settings) *string { return &a.AccessKey }, strictyaml.Text(nil).OrSecret(),
		"The access key id that is used.", "AKIAIOSFODNN7EXAMPLE"),
	setting("secretKey", func(a *Settings) *string { return &a.SecretKey }, credential{},
		"The secret access key that is used.", map[string]any{"secure": "v1:..."}),
	setting("token", func(a *Settings) *string { return &a.Token }, credential{},
		"The session token that is used.", map[string]any{"secure": "v1:..."}),
	setting("assumeRole", func(a *Settings) **AssumeRole { return &a.AssumeRole }, strictyaml.Optionally(assumeRoleKeys),
		"The role that is assumed before anything is called.",
		map[string]any{"roleArn": "arn:aws:iam::111122223333:role/GuardrailDeployer"}),
	setting(
		"assumeRoleWithWebIdentity",
		func(a *Settings) **AssumeRoleWithWebIdentity { return &a.AssumeRoleWithWebIdentity },
		strictyaml.Optionally(webIdentityKeys),
		"The role that is assumed with an OpenID Connect token.",
		map[string]any{"roleArn": "arn:aws:iam::111122223333:role/GuardrailDeployer"},
	),
	setting(
		"allowedAccountIds",
		func(a *Settings) *[]string { return &a.AllowedAccountIDs },
		strictyaml.Words(strictyaml.Text(nil)),
		"The accounts that may be deployed into. The program allows guardrails:account.id alone, whatever else is listed here.",
		[]string{"111122223333"},
	),
	strictyaml.RefusedKey[Settings](
		"forbiddenAccountIds",
		"has no effect: guardrails:account.id is the only account that may be deployed into",
		"remove the key",
	),
	setting("defaultTags", func(a *Settings) *map[string]string { return &a.DefaultTags }, defaultTagsKind{},
		"Tags of everything that is made.", map[string]any{"tags": map[string]any{"ManagedBy": "guardrails"}}),
	setting("ignoreTags", func(a *Settings) *IgnoreTags { return &a.IgnoreTags }, ignoreTagsKeys,
		"Tags that are neither read nor removed.", map[string]any{"keyPrefixes": []string{"finance:"}}),
	setting("endpoints", func(a *Settings) *[]Endpoints { return &a.Endpoints }, strictyaml.ListOf(endpointKeys),
		"Other addresses of the services that the program calls.",
		[]any{map[string]any{"iam": "https://iam.example.com"}}),
	setting("customCaBundle", func(a *Settings) *string { return &a.CustomCABundle }, strictyaml.Text(nil),
		"A file of root certificates.", "/etc/ssl/certs/proxy.pem"),
	setting(
		"ec2MetadataServiceEndpoint",
		func(a *Settings) *string { return &a.EC2MetadataServiceEndpoint },
		strictyaml.Text(nil),
		"The address of the instance metadata service.",
		"http://169.254.169.254",
	),
	setting(
		"ec2MetadataServiceEndpointMode",
		func(a *Settings) *string { return &a.EC2MetadataServiceEndpointMode },
		strictyaml.OneWordOf("IPv4", "IPv6"),
		"The protocol to the instance metadata service.",
		"IPv4",
	),
	setting("httpProxy", func(a *Settings) *string { return &a.HTTPProxy }, strictyaml.Text(nil),
		"The proxy for HTTP.", "http://proxy.example.com:3128"),
	setting("httpsProxy", func(a *Settings) *string { return &a.HTTPSProxy }, strictyaml.Text(nil),
		"The proxy for HTTPS.", "http://proxy.example.com:3128"),
	setting("noProxy", func(a *Settings) *string { return &a.NoProxy }, strictyaml.Text(nil),
		"Hosts that are reached without a proxy, separated by commas.", "localhost,10.0.0.0/8"),
	setting("insecure", func(a *Settings) *bool { return &a.Insecure }, strictyaml.Boolean{},
		"Accepts every certificate.", false),
	setting(
		"maxRetries",
		func(a *Settings) **int { return &a.MaxRetries },
		strictyaml.Optionally(strictyaml.WholeNumber{Least: 0, Most: 1000}),
		"How often a request is made before it fails.",
		25,
	),
	setting("retryMode", func(a *Settings) *string { return &a.RetryMode }, strictyaml.OneWordOf("standard", "adaptive"),
		"How requests are retried.", "adaptive"),
	setting(
		"sharedConfigFiles",
		func(a *Settings) *[]string { return &a.SharedConfigFiles },
		strictyaml.Words(strictyaml.Text(nil)),
		"Files of shared configuration.",
		[]string{"~/.aws/config"},
	),
	setting(
		"sharedCredentialsFiles",
		func(a *Settings) *[]string { return &a.SharedCredentialsFiles },
		strictyaml.Words(strictyaml.Text(nil)),
		"Files of shared credentials.",
		[]string{"~/.aws/credentials"},
	),
	setting(
		"skipCredentialsValidation",
		func(a *Settings) *bool { return &a.SkipCredentialsValidation },
		strictyaml.Boolean{},
		"Leaves out the check of the credentials.",
		false,
	),
	setting(
		"skipMetadataApiCheck",
		func(a *Settings) **bool { return &a.SkipMetadataAPICheck },
		strictyaml.Optionally(strictyaml.Boolean{}),
		"Does not ask the instance metadata service for credentials.",
		true,
	),
	setting(
		"skipRegionValidation",
		func(a *Settings) **bool { return &a.SkipRegionValidation },
		strictyaml.Optionally(strictyaml.Boolean{}),
		"Accepts Regions that the provider does not know.",
		true,
	),
	strictyaml.RefusedKey[Settings](
		"skipRequestingAccountId",
		"would leave unknown which account is deployed into",
		"remove the key",
	),
	setting("stsRegion", func(a *Settings) *string { return &a.STSRegion }, strictyaml.Text(ValidateRegion),
		"The Region whose AWS STS is called.", "ap-northeast-1"),
	strictyaml.RefusedKey[Settings]("s3UsePathStyle", "has no effect: the program makes no call to S3", "remove the key"),
	strictyaml.RefusedKey[Settings](
		"s3UsEast1RegionalEndpoint",
		"has no effect: the program makes no call to S3",
		"remove the key",
	),
	setting(
		"tokenBucketRateLimiterCapacity",
		func(a *Settings) **int { return &a.TokenBucketRateLimiterCapacity },
		strictyaml.Optionally(strictyaml.WholeNumber{Least: 0, Most: 1 << 20}),
		"The capacity of the rate limiter for retries.",
		500,
	),
	setting(
		"useDualstackEndpoint",
		func(a *Settings) **bool { return &a.UseDualstackEndpoint },
		strictyaml.Optionally(strictyaml.Boolean{}),
		"Uses addresses that speak IPv6.",
		true,
	),
	setting(
		"useFipsEndpoint",
		func(a *Settings) **bool { return &a.UseFIPSEndpoint },
		strictyaml.Optionally(strictyaml.Boolean{}),
		"Uses addresses with FIPS 140 cryptography.",
		true,
	),
)

// setting describes a key of the provider that is optional and passed on as it is.
func setting[T, F any, K strictyaml.Type[F]](
	name string,
	place func(*T) *F,
	k K,
	doc string,
	example any,
) *strictyaml.FieldOf[T, F] {
	return strictyaml.Key(
		name,
		place,
		k,
	).OrNothing("the provider's own default", "the provider decides, and reads its environment variables").
		Doc(doc).
		Example(example)
}

var assumeRoleKeys = strictyaml.Keys(
	"a role to assume",
	strictyaml.Key("roleArn", func(a *AssumeRole) *string { return &a.RoleARN }, strictyaml.Text(nil)).
		Required("write the ARN of the role").
		Doc("The role.").Example("arn:aws:iam::111122223333:role/GuardrailDeployer"),
	setting("externalId", func(a *AssumeRole) *string { return &a.ExternalID }, strictyaml.Text(nil).OrSecret(),
		"The external id that the role's trust policy wants.", "guardrails"),
	setting("sessionName", func(a *AssumeRole) *string { return &a.SessionName }, strictyaml.Text(nil),
		"The name of the session.", "guardrails"),
	setting("sourceIdentity", func(a *AssumeRole) *string { return &a.SourceIdentity }, strictyaml.Text(nil),
		"The source identity of the session.", "ci"),
	setting("duration", func(a *AssumeRole) *time.Duration { return &a.Duration }, roleDurations,
		"How long the session lasts.", "1h"),
	setting("policy", func(a *AssumeRole) *string { return &a.Policy }, strictyaml.Text(nil).OfLines(),
		"A session policy, as JSON.", "{}"),
	setting(
		"policyArns",
		func(a *AssumeRole) *[]string { return &a.PolicyARNs },
		strictyaml.Words(strictyaml.Text(nil)),
		"Managed policies that limit the session.",
		[]string{"arn:aws:iam::aws:policy/IAMFullAccess"},
	),
	setting(
		"tags",
		func(a *AssumeRole) *map[string]string { return &a.Tags },
		strictyaml.TableOf(strictyaml.Text(nil).OrEmpty(), nil),
		"Session tags.",
		map[string]any{"Stack": "dev"},
	),
	setting(
		"transitiveTagKeys",
		func(a *AssumeRole) *[]string { return &a.TransitiveTagKeys },
		strictyaml.Words(strictyaml.Text(nil)),
		"Session tags that are passed along.",
		[]string{"Stack"},
	),
)

var webIdentityKeys = strictyaml.Keys(
	"a role to assume with an OpenID Connect token",
	strictyaml.Key("roleArn", func(a *AssumeRoleWithWebIdentity) *string { return &a.RoleARN }, strictyaml.Text(nil)).
		Required("write the ARN of the role").
		Doc("The role.").Example("arn:aws:iam::111122223333:role/GuardrailDeployer"),
	setting("sessionName", func(a *AssumeRoleWithWebIdentity) *string { return &a.SessionName }, strictyaml.Text(nil),
		"The name of the session.", "guardrails"),
	setting("webIdentityToken", func(a *AssumeRoleWithWebIdentity) *string { return &a.WebIdentityToken }, credential{},
		"The token.", map[string]any{"secure": "v1:..."}),
	setting(
		"webIdentityTokenFile",
		func(a *AssumeRoleWithWebIdentity) *string { return &a.WebIdentityTokenFile },
		strictyaml.Text(nil),
		"A file with the token.",
		"/run/secrets/token",
	),
	setting("duration", func(a *AssumeRoleWithWebIdentity) *time.Duration { return &a.Duration }, roleDurations,
		"How long the session lasts.", "1h"),
	setting("policy", func(a *AssumeRoleWithWebIdentity) *string { return &a.Policy }, strictyaml.Text(nil).OfLines(),
		"A session policy, as JSON.", "{}"),
	setting(
		"policyArns",
		func(a *AssumeRoleWithWebIdentity) *[]string { return &a.PolicyARNs },
		strictyaml.Words(strictyaml.Text(nil)),
		"Managed policies that limit the session.",
		[]string{"arn:aws:iam::aws:policy/IAMFullAccess"},
	),
)

var roleDurations = strictyaml.Duration{Least: 15 * time.Minute, Most: 12 * time.Hour, Step: time.Second}

var ignoreTagsKeys = strictyaml.Keys(
	"tags that are left alone",
	setting("keys", func(i *IgnoreTags) *[]string { return &i.Keys }, strictyaml.Words(strictyaml.Text(nil)),
		"Whole keys.", []string{"CostCenter"}),
	setting(
		"keyPrefixes",
		func(i *IgnoreTags) *[]string { return &i.KeyPrefixes },
		strictyaml.Words(strictyaml.Text(nil)),
		"Beginnings of keys.",
		[]string{"finance:"},
	),
)

var endpointKeys = strictyaml.Keys(
	"addresses of services",
	setting("iam", func(e *Endpoints) *string { return &e.IAM }, strictyaml.Text(nil),
		"AWS Identity and Access Management.", "https://iam.example.com"),
	setting("organizations", func(e *Endpoints) *string { return &e.Organizations }, strictyaml.Text(nil),
		"AWS Organizations.", "https://organizations.example.com"),
	setting("ssm", func(e *Endpoints) *string { return &e.SSM }, strictyaml.Text(nil),
		"AWS Systems Manager.", "https://ssm.example.com"),
	setting("ssoadmin", func(e *Endpoints) *string { return &e.SSOAdmin }, strictyaml.Text(nil),
		"IAM Identity Center.", "https://sso.example.com"),
	setting("sts", func(e *Endpoints) *string { return &e.STS }, strictyaml.Text(nil),
		"AWS Security Token Service.", "https://sts.example.com"),
)
