package assignments

import (
	"context"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile/provider"
)

// atOnce repeats without waiting.
type atOnce struct{ aws.Retryer }

func (atOnce) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

// without leaves out what this machine has of AWS.
func without(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	for _, each := range os.Environ() {
		key, _, _ := strings.Cut(each, "=")
		if strings.HasPrefix(key, "AWS_") || strings.HasSuffix(strings.ToUpper(key), "_PROXY") {
			t.Setenv(key, "")
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "none"))
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// keys are the credentials that settings find.
func keys(t *testing.T, s provider.Settings) (aws.Credentials, error) {
	t.Helper()
	found, err := configOf(t.Context(), s)
	require.NoError(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	return found.Credentials.Retrieve(ctx)
}

// accessKey is the id of the key that settings find.
func accessKey(t *testing.T, s provider.Settings) string {
	t.Helper()
	found, err := keys(t, s)
	require.NoError(t, err)
	return found.AccessKeyID
}

var static = provider.Settings{
	Region:    "eu-west-1",
	AccessKey: "AKIAIOSFODNN7EXAMPLE",
	SecretKey: "secret",
	Token:     "token",
}

// asked asks with the settings, and gives the requests that came to the address of IAM Identity Center.
func asked(t *testing.T, s provider.Settings, start func(http.Handler) *httptest.Server) []*http.Request {
	t.Helper()
	var got []*http.Request
	server := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		_, _ = w.Write([]byte(`{"AccountIds":[]}`))
	}))
	defer server.Close()
	s.Endpoints = append(s.Endpoints, provider.Endpoints{SSOAdmin: server.URL})
	reader, err := Open(t.Context(), s)
	require.NoError(t, err)
	_, err = reader.Of(t.Context(), instance, set)
	if err != nil {
		t.Logf("%v", err)
		return nil
	}
	return got
}

// tokens answers as AWS STS does, and keeps what it was asked.
func tokens(t *testing.T) (address string, got *[]*http.Request) {
	t.Helper()
	got = &[]*http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		*got = append(*got, r)
		action := r.Form.Get("Action")
		fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>`+
			`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`+
			`</Credentials></%[1]sResult></%[1]sResponse>`, action)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

const deployer = "arn:aws:iam::111122223333:role/GuardrailDeployer"

// settled is how each setting of a stack is followed, by the name of its field.
var settled = map[string]func(*testing.T){
	"Region": func(t *testing.T) {
		got := asked(t, static, httptest.NewServer)
		require.Len(t, got, 1)
		assert.Contains(t, got[0].Header.Get("Authorization"), "/eu-west-1/sso/aws4_request")
	},
	"Profile": func(t *testing.T) {
		file := write(
			t,
			"[a]\naws_access_key_id=AKIAA\naws_secret_access_key=s\n[b]\naws_access_key_id=AKIAB\naws_secret_access_key=s\n",
		)
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
		assert.Equal(
			t,
			"AKIAB",
			accessKey(t, provider.Settings{Region: "eu-west-1", Profile: "b", SharedCredentialsFiles: []string{file}}),
		)
		assert.Equal(t, "AKIAENVIRONMENT", accessKey(t, provider.Settings{Region: "eu-west-1"}))
	},
	"AccessKey": staticKeys, "SecretKey": staticKeys, "Token": staticKeys,
	"AssumeRole": func(t *testing.T) {
		address, got := tokens(t)
		s := static
		s.Endpoints = []provider.Endpoints{{STS: address}}
		s.AssumeRole = &provider.AssumeRole{
			RoleARN: deployer, ExternalID: "outside", SessionName: "ci", SourceIdentity: "me", Policy: "{}",
			Duration: 20 * time.Minute, PolicyARNs: []string{"arn:aws:iam::aws:policy/A"},
			Tags: map[string]string{"Stack": "dev"}, TransitiveTagKeys: []string{"Stack"},
		}
		assert.Equal(t, "ASIAIOSFODNN7EXAMPLE", accessKey(t, s))
		require.Len(t, *got, 1)
		assert.Contains(t, (*got)[0].Header.Get("Authorization"), static.AccessKey)
		sent := (*got)[0].Form
		sent.Del("Version")
		assert.Equal(t, url.Values{
			"Action": {"AssumeRole"}, "RoleArn": {deployer}, "ExternalId": {"outside"}, "RoleSessionName": {"ci"},
			"SourceIdentity": {"me"}, "Policy": {"{}"}, "DurationSeconds": {"1200"},
			"PolicyArns.member.1.arn": {"arn:aws:iam::aws:policy/A"}, "Tags.member.1.Key": {"Stack"},
			"Tags.member.1.Value": {"dev"}, "TransitiveTagKeys.member.1": {"Stack"},
		}, sent)
	},
	"AssumeRoleWithWebIdentity": func(t *testing.T) {
		for _, given := range []provider.AssumeRoleWithWebIdentity{
			{WebIdentityToken: "jwt"}, {WebIdentityTokenFile: write(t, "jwt")},
		} {
			address, got := tokens(t)
			given.RoleARN, given.SessionName, given.Policy = deployer, "ci", "{}"
			given.Duration, given.PolicyARNs = time.Hour, []string{"arn:aws:iam::aws:policy/A"}
			s := provider.Settings{
				Region: "eu-west-1", Endpoints: []provider.Endpoints{{STS: address}}, AssumeRoleWithWebIdentity: &given,
			}
			assert.Equal(t, "ASIAIOSFODNN7EXAMPLE", accessKey(t, s))
			require.Len(t, *got, 1)
			assert.Empty(t, (*got)[0].Header.Get("Authorization"))
			sent := (*got)[0].Form
			sent.Del("Version")
			assert.Equal(t, url.Values{
				"Action": {"AssumeRoleWithWebIdentity"}, "RoleArn": {deployer}, "RoleSessionName": {"ci"}, "Policy": {"{}"},
				"DurationSeconds": {"3600"}, "PolicyArns.member.1.arn": {"arn:aws:iam::aws:policy/A"},
				"WebIdentityToken": {"jwt"},
			}, sent)
			s.AssumeRole = &provider.AssumeRole{RoleARN: deployer}
			assert.Equal(t, "ASIAIOSFODNN7EXAMPLE", accessKey(t, s))
			require.Len(t, *got, 3, "the role is assumed with those of the token")
			assert.Contains(t, (*got)[2].Header.Get("Authorization"), "ASIAIOSFODNN7EXAMPLE")
		}
	},
	"Endpoints": func(t *testing.T) {
		address, got := tokens(t)
		s := static
		s.Endpoints = []provider.Endpoints{{IAM: "http://iam.invalid"}, {STS: address}}
		s.AssumeRole = &provider.AssumeRole{RoleARN: deployer}
		require.Len(t, asked(t, s, httptest.NewServer), 1)
		assert.Len(t, *got, 1)
		// Also where the SDK itself assumes the role of a profile.
		file := write(
			t,
			"[profile b]\nrole_arn="+deployer+"\nsource_profile=a\n[profile a]\naws_access_key_id=AKIAA\naws_secret_access_key=s\n",
		)
		assert.Equal(t, "ASIAIOSFODNN7EXAMPLE", accessKey(t, provider.Settings{
			Region: "eu-west-1", Profile: "b", SharedConfigFiles: []string{file}, Endpoints: []provider.Endpoints{{STS: address}},
		}))
		t.Setenv("AWS_ROLE_ARN", deployer)
		t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", write(t, "jwt"))
		assert.Equal(t, "ASIAIOSFODNN7EXAMPLE", accessKey(t, provider.Settings{
			Region: "eu-west-1", Endpoints: []provider.Endpoints{{STS: address}},
		}))
		assert.Len(t, *got, 3)
	},
	"CustomCABundle": func(t *testing.T) {
		var bundle string
		start := func(h http.Handler) *httptest.Server {
			server := httptest.NewTLSServer(h)
			bundle = write(
				t,
				string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
			)
			return server
		}
		once := static
		once.MaxRetries = aws.Int(1)
		assert.Empty(t, asked(t, once, start), "nobody trusts it")
		once.CustomCABundle = bundle
		assert.Len(t, asked(t, once, httptest.NewTLSServer), 1, "all of these servers have one certificate")
		once.CustomCABundle = filepath.Join(t.TempDir(), "none")
		_, err := Open(t.Context(), once)
		assert.ErrorContains(t, err, "aws:customCaBundle: ")
	},
	"Insecure": func(t *testing.T) {
		s := static
		s.Insecure = true
		assert.Len(t, asked(t, s, httptest.NewTLSServer), 1)
	},
	"EC2MetadataServiceEndpoint": func(t *testing.T) {
		s := provider.Settings{Region: "eu-west-1", EC2MetadataServiceEndpoint: machine(t)}
		assert.Equal(t, "ASIAMACHINE", accessKey(t, s))
	},
	"SkipMetadataAPICheck": func(t *testing.T) {
		s := provider.Settings{
			Region:                     "eu-west-1",
			EC2MetadataServiceEndpoint: machine(t),
			SkipMetadataAPICheck:       aws.Bool(true),
		}
		_, err := keys(t, s)
		require.Error(t, err)
		t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
		s.SkipMetadataAPICheck = aws.Bool(false)
		assert.Equal(t, "ASIAMACHINE", accessKey(t, s), "a setting outweighs the environment")
	},
	"EC2MetadataServiceEndpointMode": func(t *testing.T) {
		for mode, state := range map[string]imds.EndpointModeState{
			"IPv4": imds.EndpointModeStateIPv4, "IPv6": imds.EndpointModeStateIPv6,
		} {
			var options config.LoadOptions
			for _, set := range metadata(provider.Settings{EC2MetadataServiceEndpointMode: mode}) {
				require.NoError(t, set(&options))
			}
			assert.Equal(t, state, options.EC2IMDSEndpointMode)
		}
	},
	"HTTPProxy": func(t *testing.T) {
		assert.Equal(t, "http://p:1", through(t, "http://sts.example.com", provider.Settings{HTTPProxy: "http://p:1"}))
		assert.Equal(t, "http://p:1", through(t, "https://sts.example.com", provider.Settings{HTTPProxy: "http://p:1"}))
	},
	"HTTPSProxy": func(t *testing.T) {
		s := provider.Settings{HTTPProxy: "http://p:1", HTTPSProxy: "http://p:2"}
		assert.Equal(t, "http://p:2", through(t, "https://sts.example.com", s))
		assert.Equal(t, "http://p:1", through(t, "http://sts.example.com", s))
		t.Setenv("HTTPS_PROXY", "http://p:3")
		assert.Equal(t, "http://p:3", through(t, "https://sts.example.com", provider.Settings{}))
		assert.Equal(t, "http://p:3", through(t, "https://sts.example.com", provider.Settings{HTTPProxy: "http://p:1"}))
		assert.Equal(t, "http://p:2", through(t, "https://sts.example.com", s))
	},
	"NoProxy": func(t *testing.T) {
		s := provider.Settings{HTTPSProxy: "http://p:2", NoProxy: "example.com"}
		assert.Empty(t, through(t, "https://sts.example.com", s))
		assert.Equal(t, "http://p:2", through(t, "https://sts.example.org", s))
	},
	"MaxRetries": func(t *testing.T) {
		for given, attempts := range map[int]int{1: 1, 7: 7, 0: retry.DefaultMaxAttempts} {
			assert.Equal(t, attempts, retryer(provider.Settings{MaxRetries: &given}).MaxAttempts())
		}
		assert.Equal(t, attempts, retryer(provider.Settings{}).MaxAttempts())
	},
	"RetryMode": func(t *testing.T) {
		assert.IsType(t, &retry.AdaptiveMode{}, retryer(provider.Settings{RetryMode: "adaptive"}))
		assert.Equal(t, attempts, retryer(provider.Settings{RetryMode: "adaptive"}).MaxAttempts())
		assert.IsType(t, &retry.Standard{}, retryer(provider.Settings{RetryMode: "standard"}))
	},
	"TokenBucketRateLimiterCapacity": func(t *testing.T) {
		failed := fmt.Errorf("throttled")
		repeats := func(s provider.Settings) (n int) {
			for r := retryer(s); n < 100; n++ {
				if _, err := r.GetRetryToken(t.Context(), failed); err != nil {
					return n
				}
			}
			return n
		}
		some := repeats(provider.Settings{TokenBucketRateLimiterCapacity: aws.Int(100)})
		assert.Positive(t, some)
		assert.Less(t, some, 100)
		assert.Equal(t, 100, repeats(provider.Settings{}))
		assert.Equal(t, 100, repeats(provider.Settings{TokenBucketRateLimiterCapacity: aws.Int(0)}))
	},
	"SharedConfigFiles": func(t *testing.T) {
		t.Setenv("THERE", filepath.Dir(write(t, "[profile b]\naws_access_key_id=AKIAB\naws_secret_access_key=s\n")))
		s := provider.Settings{Region: "eu-west-1", Profile: "b", SharedConfigFiles: []string{"$THERE/file"}}
		assert.Equal(t, "AKIAB", accessKey(t, s))
	},
	"SharedCredentialsFiles": func(t *testing.T) {
		home := os.Getenv("HOME")
		text := "[default]\naws_access_key_id=AKIAHOME\naws_secret_access_key=s\n"
		require.NoError(t, os.WriteFile(filepath.Join(home, "keys"), []byte(text), 0o600))
		s := provider.Settings{Region: "eu-west-1", SharedCredentialsFiles: []string{"~/keys"}}
		assert.Equal(t, "AKIAHOME", accessKey(t, s))
	},
	"STSRegion": func(t *testing.T) {
		address, got := tokens(t)
		s := static
		s.STSRegion, s.Endpoints = "us-west-2", []provider.Endpoints{{STS: address}}
		s.AssumeRole = &provider.AssumeRole{RoleARN: deployer}
		accessKey(t, s)
		require.Len(t, *got, 1)
		assert.Contains(t, (*got)[0].Header.Get("Authorization"), "/us-west-2/sts/aws4_request")
	},
	"UseDualstackEndpoint": func(t *testing.T) {
		s := static
		s.UseDualstackEndpoint = aws.Bool(true)
		found, err := configOf(t.Context(), s)
		require.NoError(t, err)
		assert.Equal(
			t,
			aws.DualStackEndpointStateEnabled,
			ssoadmin.NewFromConfig(found).Options().EndpointOptions.UseDualStackEndpoint,
		)
	},
	"UseFIPSEndpoint": func(t *testing.T) {
		s := static
		s.UseFIPSEndpoint = aws.Bool(true)
		found, err := configOf(t.Context(), s)
		require.NoError(t, err)
		assert.Equal(
			t,
			aws.FIPSEndpointStateEnabled,
			ssoadmin.NewFromConfig(found).Options().EndpointOptions.UseFIPSEndpoint,
		)
	},
}

// meaningless are the settings that no question about assignments depends on.
var meaningless = []string{
	"AllowedAccountIDs",         // The instance is named in every question, and one account has it.
	"DefaultTags",               // Nothing is made.
	"IgnoreTags",                // No tags are read.
	"SkipCredentialsValidation", // Nothing is validated.
	"SkipRegionValidation",      // Nothing is validated.
}

func staticKeys(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	found, err := keys(t, static)
	require.NoError(t, err)
	assert.Equal(t, []string{"AKIAIOSFODNN7EXAMPLE", "secret", "token"},
		[]string{found.AccessKeyID, found.SecretAccessKey, found.SessionToken})
}

// through is the proxy of a request; empty where none is.
func through(t *testing.T, address string, s provider.Settings) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
	require.NoError(t, err)
	proxy, err := httpClient(s).GetTransport().Proxy(request)
	require.NoError(t, err)
	if proxy == nil {
		return ""
	}
	return proxy.String()
}

// machine is the metadata service of an instance with a role.
func machine(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := strings.TrimSuffix(r.URL.Path, "/"); {
		case strings.HasSuffix(path, "/token"):
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
			_, _ = w.Write([]byte("token"))
		case strings.HasSuffix(path, "/security-credentials"):
			_, _ = w.Write([]byte("role"))
		case strings.HasSuffix(path, "/role"):
			_, _ = w.Write([]byte(`{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAMACHINE","SecretAccessKey":"s",` +
				`"Token":"t","Expiration":"2099-01-01T00:00:00Z"}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The reader follows every setting that a stack gives its providers, or it does not matter.
func TestEverySettingOfTheProviderIsFollowed(t *testing.T) {
	var fields []string
	for i := range reflect.TypeFor[provider.Settings]().NumField() {
		fields = append(fields, reflect.TypeFor[provider.Settings]().Field(i).Name)
	}
	assert.ElementsMatch(t, fields, append(slices.Collect(maps.Keys(settled)), meaningless...))
	for name, holds := range settled {
		t.Run(name, func(t *testing.T) {
			without(t)
			holds(t)
		})
	}
}

// What answers in place of AWS is asked once, at its own address, with credentials of nobody.
func TestASandboxIsAskedWithoutCredentials(t *testing.T) {
	without(t)
	c := &center{
		answers: map[string][]string{"ListAccountsForProvisionedPermissionSet": {`500 {"__type":"ServiceFailure"}`}},
	}
	server := httptest.NewServer(c)
	defer server.Close()
	_, err := At(server.URL+"/111122223333", "eu-west-1").Of(t.Context(), instance, set)
	require.ErrorContains(t, err, "ServiceFailure")
	assert.Len(t, c.calls, 1)
}
