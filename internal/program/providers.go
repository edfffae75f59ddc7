package program

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile/provider"
)

// providers are the explicit providers of a stack: one per Region, because this major of the provider has no Region
// on its resources.
type providers struct {
	// home is the provider of aws:region, which everything without a Region uses.
	home     *aws.Provider
	byRegion map[string]*aws.Provider
}

// providerName is part of the URN of a provider.
func providerName(region string) string { return "aws-" + region }

func newProviders(ctx *pulumi.Context, stack *stack.Stack) (*providers, error) {
	all := &providers{byRegion: map[string]*aws.Provider{}}
	for _, region := range stack.Regions() {
		provider, err := aws.NewProvider(ctx, providerName(region), providerArgs(stack, region))
		if err != nil {
			return nil, fmt.Errorf("create provider of %s: %w", region, err)
		}
		all.byRegion[region] = provider
	}
	all.home = all.byRegion[stack.AWS.Region]
	return all, nil
}

// providerArgs passes every aws: setting on: the engine gives them to default providers only. The account of the
// stack is the only one that the provider takes, whatever the settings list.
func providerArgs(stack *stack.Stack, region string) *aws.ProviderArgs {
	s := stack.AWS
	return &aws.ProviderArgs{
		Region:                         pulumi.String(region),
		AllowedAccountIds:              pulumi.ToStringArray([]string{stack.Account.ID}),
		AccessKey:                      text(s.AccessKey),
		SecretKey:                      text(s.SecretKey),
		Token:                          text(s.Token),
		Profile:                        text(s.Profile),
		AssumeRole:                     assumeRole(s.AssumeRole),
		AssumeRoleWithWebIdentity:      assumeRoleWithWebIdentity(s.AssumeRoleWithWebIdentity),
		DefaultTags:                    defaultTags(s.DefaultTags),
		IgnoreTags:                     ignoreTags(s.IgnoreTags),
		Endpoints:                      endpoints(s.Endpoints),
		CustomCaBundle:                 text(s.CustomCABundle),
		Ec2MetadataServiceEndpoint:     text(s.EC2MetadataServiceEndpoint),
		Ec2MetadataServiceEndpointMode: text(s.EC2MetadataServiceEndpointMode),
		HttpProxy:                      text(s.HTTPProxy),
		HttpsProxy:                     text(s.HTTPSProxy),
		NoProxy:                        text(s.NoProxy),
		Insecure:                       yes(s.Insecure),
		MaxRetries:                     number(s.MaxRetries),
		RetryMode:                      text(s.RetryMode),
		SharedConfigFiles:              texts(s.SharedConfigFiles),
		SharedCredentialsFiles:         texts(s.SharedCredentialsFiles),
		SkipCredentialsValidation:      yes(s.SkipCredentialsValidation),
		SkipMetadataApiCheck:           flag(s.SkipMetadataAPICheck),
		SkipRegionValidation:           flag(s.SkipRegionValidation),
		StsRegion:                      text(s.STSRegion),
		TokenBucketRateLimiterCapacity: number(s.TokenBucketRateLimiterCapacity),
		UseDualstackEndpoint:           flag(s.UseDualstackEndpoint),
		UseFipsEndpoint:                flag(s.UseFIPSEndpoint),
	}
}

func assumeRole(r *provider.AssumeRole) aws.ProviderAssumeRolePtrInput {
	if r == nil {
		return nil
	}
	return aws.ProviderAssumeRoleArgs{
		RoleArn: text(
			r.RoleARN,
		),
		ExternalId:        secret(r.ExternalID),
		SessionName:       text(r.SessionName),
		SourceIdentity:    text(r.SourceIdentity),
		Duration:          duration(r.Duration),
		Policy:            text(r.Policy),
		PolicyArns:        texts(r.PolicyARNs),
		Tags:              textMap(r.Tags),
		TransitiveTagKeys: texts(r.TransitiveTagKeys),
	}
}

func assumeRoleWithWebIdentity(r *provider.AssumeRoleWithWebIdentity) aws.ProviderAssumeRoleWithWebIdentityPtrInput {
	if r == nil {
		return nil
	}
	return aws.ProviderAssumeRoleWithWebIdentityArgs{
		RoleArn:          text(r.RoleARN),
		SessionName:      text(r.SessionName),
		WebIdentityToken: secret(r.WebIdentityToken),
		WebIdentityTokenFile: text(
			r.WebIdentityTokenFile,
		),
		Duration:   duration(r.Duration),
		Policy:     text(r.Policy),
		PolicyArns: texts(r.PolicyARNs),
	}
}

func defaultTags(tags map[string]string) aws.ProviderDefaultTagsPtrInput {
	if len(tags) == 0 {
		return nil
	}
	return aws.ProviderDefaultTagsArgs{Tags: textMap(tags)}
}

func ignoreTags(t provider.IgnoreTags) aws.ProviderIgnoreTagsPtrInput {
	if len(t.Keys) == 0 && len(t.KeyPrefixes) == 0 {
		return nil
	}
	return aws.ProviderIgnoreTagsArgs{Keys: texts(t.Keys), KeyPrefixes: texts(t.KeyPrefixes)}
}

func endpoints(list []provider.Endpoints) aws.ProviderEndpointArrayInput {
	if len(list) == 0 {
		return nil
	}
	out := aws.ProviderEndpointArray{}
	for _, e := range list {
		out = append(out, aws.ProviderEndpointArgs{
			Iam: text(
				e.IAM,
			),
			Organizations: text(e.Organizations),
			Ssm:           text(e.SSM),
			Ssoadmin:      text(e.SSOAdmin),
			Sts:           text(e.STS),
		})
	}
	return out
}

// The functions below leave out what is not set, so that the provider's own defaults and environment variables apply.

func text(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.String(s)
}

func secret(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.ToSecret(pulumi.StringPtr(s)).(pulumi.StringPtrInput)
}

func texts(list []string) pulumi.StringArrayInput {
	if len(list) == 0 {
		return nil
	}
	return pulumi.ToStringArray(list)
}

func textMap(m map[string]string) pulumi.StringMapInput {
	if len(m) == 0 {
		return nil
	}
	return pulumi.ToStringMap(m)
}

func yes(b bool) pulumi.BoolPtrInput {
	if !b {
		return nil
	}
	return pulumi.Bool(true)
}

func flag(b *bool) pulumi.BoolPtrInput {
	if b == nil {
		return nil
	}
	return pulumi.Bool(*b)
}

func number(i *int) pulumi.IntPtrInput {
	if i == nil {
		return nil
	}
	return pulumi.Int(*i)
}

func duration(d time.Duration) pulumi.StringPtrInput {
	if d == 0 {
		return nil
	}
	return pulumi.String(d.String())
}
