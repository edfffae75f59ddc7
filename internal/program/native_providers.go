package program

import (
	"fmt"

	awsnative "github.com/pulumi/pulumi-aws-native/sdk/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/stack"
)

// native makes a provider of AWS Cloud Control for each Region. It knows fewer settings than the other provider; one
// that it does not know and that would reach another account or endpoint is refused by the configuration before (see
// stack.Stack).
func (p *providers) native(
	ctx *pulumi.Context,
	stack *stack.Stack,
	regions []string,
) (map[string]pulumi.ProviderResource, error) {
	byRegion := map[string]pulumi.ProviderResource{}
	for _, region := range regions {
		provider, err := awsnative.NewProvider(ctx, nativeProviderName(region), nativeProviderArgs(stack, region))
		if err != nil {
			return nil, fmt.Errorf("create provider of Cloud Control in %s: %w", region, err)
		}
		byRegion[region] = provider
	}
	return byRegion, nil
}

// nativeProviderName is part of the URN of a provider.
func nativeProviderName(region string) string { return "aws-native-" + region }

func nativeProviderArgs(stack *stack.Stack, region string) *awsnative.ProviderArgs {
	s := stack.AWS
	args := &awsnative.ProviderArgs{
		Region:                    pulumi.String(region),
		AllowedAccountIds:         pulumi.ToStringArray([]string{stack.Account.ID}),
		AccessKey:                 text(s.AccessKey),
		SecretKey:                 text(s.SecretKey),
		Token:                     text(s.Token),
		Profile:                   text(s.Profile),
		Insecure:                  yes(s.Insecure),
		MaxRetries:                number(s.MaxRetries),
		SkipCredentialsValidation: yes(s.SkipCredentialsValidation),
		SkipMetadataApiCheck:      flag(s.SkipMetadataAPICheck),
		SkipRegionValidation:      flag(s.SkipRegionValidation),
	}
	if len(s.SharedCredentialsFiles) > 0 {
		args.SharedCredentialsFile = pulumi.String(s.SharedCredentialsFiles[0])
	}
	if r := s.AssumeRole; r != nil {
		assume := awsnative.ProviderAssumeRoleArgs{
			RoleArn: text(
				r.RoleARN,
			),
			ExternalId:        secret(r.ExternalID),
			SessionName:       text(r.SessionName),
			Policy:            text(r.Policy),
			PolicyArns:        texts(r.PolicyARNs),
			Tags:              textMap(r.Tags),
			TransitiveTagKeys: texts(r.TransitiveTagKeys),
		}
		if r.Duration != 0 {
			assume.DurationSeconds = pulumi.Int(int(r.Duration.Seconds()))
		}
		args.AssumeRole = assume
	}
	if len(s.Endpoints) > 0 {
		list := awsnative.ProviderEndpointArray{}
		for _, e := range s.Endpoints {
			list = append(list, awsnative.ProviderEndpointArgs{Ssm: text(e.SSM), Sts: text(e.STS)})
		}
		args.Endpoints = list
	}
	return args
}
