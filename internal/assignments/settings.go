package assignments

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go/logging"
	"golang.org/x/net/http/httpproxy"

	"aws-access-guardrails/internal/stackfile/provider"
)

// attempts is how often the provider makes a call before it fails, where nothing is said. Source:
// hashicorp/terraform-provider-aws, internal/provider/provider.go, max_retries.
const attempts = 25

// Open is a reader with the settings of a stack: the credentials that its providers find, and the way that they take
// to AWS. It fails where the settings name files that cannot be read, and asks nobody for credentials yet.
func Open(ctx context.Context, settings provider.Settings) (*Reader, error) {
	found, err := configOf(ctx, settings)
	if err != nil {
		return nil, err
	}
	return &Reader{ssoadmin.NewFromConfig(found)}, nil
}

// At is a reader of what answers at an address of its own, whoever asks, such as a sandbox. It asks once: what answers
// there tells of failures as a provider sees them after its last attempt.
func At(address, region string) *Reader {
	return &Reader{ssoadmin.New(ssoadmin.Options{
		BaseEndpoint: aws.String(address),
		Region:       region,
		Credentials:  credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
		Retryer:      aws.NopRetryer{},
		Logger:       logging.Nop{},
	})}
}

// configOf is what the SDK needs of the settings. It says nothing of tags, of the accounts that may be deployed into,
// and of what a provider checks before its first call: no call here has to do with those.
func configOf(ctx context.Context, s provider.Settings) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithRegion(s.Region),
		config.WithHTTPClient(httpClient(s)),
		config.WithRetryer(func() aws.Retryer { return retryer(s) }),
		config.WithLogger(logging.Nop{}),
		config.WithServiceOptions(func(_ string, options any) { endpoints(s, options) }),
		// The SDK makes the clients that assume the roles of profiles before those options count.
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
			if o.Client != nil { // The SDK tries the options out without one.
				o.Client = assumer{s, o.Client}
			}
		}),
		config.WithWebIdentityRoleCredentialOptions(func(o *stscreds.WebIdentityRoleOptions) {
			if o.Client != nil {
				o.Client = tokenAssumer{s, o.Client}
			}
		}),
	}
	options, err := files(s, options)
	if err != nil {
		return aws.Config{}, err
	}
	options = append(options, metadata(s)...)
	if s.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(s.Profile))
	}
	if s.AccessKey != "" || s.SecretKey != "" || s.Token != "" {
		static := credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, s.Token)
		options = append(options, config.WithCredentialsProvider(static))
	}
	if yes(s.UseDualstackEndpoint) {
		options = append(options, config.WithUseDualStackEndpoint(aws.DualStackEndpointStateEnabled))
	}
	if yes(s.UseFIPSEndpoint) {
		options = append(options, config.WithUseFIPSEndpoint(aws.FIPSEndpointStateEnabled))
	}
	found, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, err
	}
	assumeWithToken(&found, s)
	assume(&found, s)
	return found, nil
}

func yes(b *bool) bool { return b != nil && *b }

// files are the settings that name files. The provider reads "~" as the home folder.
func files(
	s provider.Settings,
	options []func(*config.LoadOptions) error,
) ([]func(*config.LoadOptions) error, error) {
	if len(s.SharedConfigFiles) > 0 {
		options = append(options, config.WithSharedConfigFiles(expandAll(s.SharedConfigFiles)))
	}
	if len(s.SharedCredentialsFiles) > 0 {
		options = append(options, config.WithSharedCredentialsFiles(expandAll(s.SharedCredentialsFiles)))
	}
	if s.CustomCABundle != "" {
		bundle, err := os.ReadFile(expand(s.CustomCABundle))
		if err != nil {
			return nil, fmt.Errorf("aws:customCaBundle: %w", err)
		}
		options = append(options, config.WithCustomCABundle(bytes.NewReader(bundle)))
	}
	return options, nil
}

func expandAll(paths []string) []string {
	var out []string
	for _, path := range paths {
		out = append(out, expand(path))
	}
	return out
}

func expand(path string) string {
	path = os.ExpandEnv(path)
	home, err := os.UserHomeDir()
	if rest, under := strings.CutPrefix(path, "~"); err == nil && under && (rest == "" || rest[0] == '/') {
		return filepath.Join(home, rest)
	}
	return path
}

// metadata are the settings of the instance metadata service.
func metadata(s provider.Settings) []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	if s.EC2MetadataServiceEndpoint != "" {
		options = append(options, config.WithEC2IMDSEndpoint(s.EC2MetadataServiceEndpoint))
	}
	switch strings.ToLower(s.EC2MetadataServiceEndpointMode) {
	case "ipv4":
		options = append(options, config.WithEC2IMDSEndpointMode(imds.EndpointModeStateIPv4))
	case "ipv6":
		options = append(options, config.WithEC2IMDSEndpointMode(imds.EndpointModeStateIPv6))
	}
	if skip := s.SkipMetadataAPICheck; skip != nil {
		state := imds.ClientEnabled
		if *skip {
			state = imds.ClientDisabled
		}
		options = append(options, config.WithEC2IMDSClientEnableState(state))
	}
	return options
}

// retryer waits and repeats as the provider does.
func retryer(s provider.Settings) aws.Retryer {
	standard := func(o *retry.StandardOptions) {
		o.MaxAttempts, o.RateLimiter = attempts, ratelimit.None
		if most := s.MaxRetries; most != nil {
			o.MaxAttempts = cmp.Or(*most, retry.DefaultMaxAttempts) // Zero leaves it to the SDK, in the provider too.
		}
		if tokens := s.TokenBucketRateLimiterCapacity; tokens != nil && *tokens > 0 {
			o.RateLimiter = ratelimit.NewTokenRateLimit(uint(*tokens))
		}
	}
	if s.RetryMode == string(aws.RetryModeAdaptive) {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, standard)
		})
	}
	return retry.NewStandard(standard)
}

// httpClient goes through the proxies of the settings, and through those of the environment where nothing is set. As
// in the provider, a proxy for HTTP that stands alone is taken for HTTPS too.
func httpClient(s provider.Settings) *awshttp.BuildableClient {
	proxies := httpproxy.FromEnvironment()
	if s.HTTPProxy != "" {
		proxies.HTTPProxy = s.HTTPProxy
		proxies.HTTPSProxy = cmp.Or(proxies.HTTPSProxy, s.HTTPProxy)
	}
	proxies.HTTPSProxy = cmp.Or(s.HTTPSProxy, proxies.HTTPSProxy)
	proxies.NoProxy = cmp.Or(s.NoProxy, proxies.NoProxy)
	through := proxies.ProxyFunc()
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = func(request *http.Request) (*url.URL, error) { return through(request.URL) }
		if s.Insecure {
			if t.TLSClientConfig == nil {
				t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			t.TLSClientConfig.InsecureSkipVerify = true
		}
	})
}

// assumer and tokenAssumer ask the AWS STS of the settings.
type assumer struct {
	settings provider.Settings
	stscreds.AssumeRoleAPIClient
}

type tokenAssumer struct {
	settings provider.Settings
	stscreds.AssumeRoleWithWebIdentityAPIClient
}

func (a assumer) AssumeRole(
	ctx context.Context,
	in *sts.AssumeRoleInput,
	options ...func(*sts.Options),
) (*sts.AssumeRoleOutput, error) {
	there := func(o *sts.Options) { endpoints(a.settings, o) }
	return a.AssumeRoleAPIClient.AssumeRole(ctx, in, append(options, there)...)
}

func (a tokenAssumer) AssumeRoleWithWebIdentity(
	ctx context.Context,
	in *sts.AssumeRoleWithWebIdentityInput,
	options ...func(*sts.Options),
) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	there := func(o *sts.Options) { endpoints(a.settings, o) }
	return a.AssumeRoleWithWebIdentityAPIClient.AssumeRoleWithWebIdentity(ctx, in, append(options, there)...)
}

// endpoints gives a client of the SDK the address and the Region of the settings.
func endpoints(s provider.Settings, options any) {
	var given provider.Endpoints
	for _, each := range s.Endpoints {
		given.SSOAdmin, given.STS = cmp.Or(each.SSOAdmin, given.SSOAdmin), cmp.Or(each.STS, given.STS)
	}
	switch o := options.(type) {
	case *ssoadmin.Options:
		if given.SSOAdmin != "" {
			o.BaseEndpoint = aws.String(given.SSOAdmin)
		}
	case *sts.Options:
		o.Region = cmp.Or(s.STSRegion, o.Region)
		if given.STS != "" {
			o.BaseEndpoint = aws.String(given.STS)
		}
	}
}

// assumeWithToken takes the role of an OpenID Connect token.
func assumeWithToken(found *aws.Config, s provider.Settings) {
	r := s.AssumeRoleWithWebIdentity
	if r == nil {
		return
	}
	var token stscreds.IdentityTokenRetriever = stscreds.IdentityTokenFile(expand(r.WebIdentityTokenFile))
	if r.WebIdentityToken != "" {
		token = givenToken(r.WebIdentityToken)
	}
	anonymous := found.Copy()
	anonymous.Credentials = nil
	role := stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(anonymous), r.RoleARN, token,
		func(o *stscreds.WebIdentityRoleOptions) {
			o.RoleSessionName, o.Duration, o.PolicyARNs = r.SessionName, r.Duration, descriptors(r.PolicyARNs)
			o.Policy = optional(r.Policy)
		})
	found.Credentials = aws.NewCredentialsCache(role)
}

type givenToken string

func (t givenToken) GetIdentityToken() ([]byte, error) { return []byte(t), nil }

// assume takes the role of the settings with the credentials that were found so far.
func assume(found *aws.Config, s provider.Settings) {
	r := s.AssumeRole
	if r == nil {
		return
	}
	role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(*found), r.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.Duration, o.PolicyARNs = r.SessionName, r.Duration, descriptors(r.PolicyARNs)
		o.ExternalID, o.Policy, o.SourceIdentity = optional(r.ExternalID), optional(r.Policy), optional(r.SourceIdentity)
		for key, value := range r.Tags {
			o.Tags = append(o.Tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
		}
		o.TransitiveTagKeys = r.TransitiveTagKeys
	})
	found.Credentials = aws.NewCredentialsCache(role)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

func descriptors(arns []string) []types.PolicyDescriptorType {
	var out []types.PolicyDescriptorType
	for _, arn := range arns {
		out = append(out, types.PolicyDescriptorType{Arn: aws.String(arn)})
	}
	return out
}
