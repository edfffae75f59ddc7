package program_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/internal/testkit/stackvalues"
)

// awsSettings are the settings of the provider that a stack file may have, each with its example as the engine would
// hand it over.
func awsSettings(t *testing.T) (values map[string]string, secrets []string) {
	t.Helper()
	values = map[string]string{}
	for _, k := range stackfile.Keys() {
		name, ok := strings.CutPrefix(string(k.Path), "aws:")
		if !ok || k.Refused || strings.ContainsAny(name, ".[") {
			continue
		}
		if k.Type == "encrypted text" {
			values["aws:"+name], secrets = "decrypted", append(secrets, "aws:"+name)
			continue
		}
		text, isText := k.Example.(string)
		if !isText {
			text = asJSON(t, k.Example)
		}
		values["aws:"+name] = text
	}
	return values, secrets
}

// Every setting of the stack reaches every provider: an explicit provider would otherwise ignore it, and nobody would
// notice.
func TestEverySettingReachesEveryProvider(t *testing.T) {
	settings, secrets := awsSettings(t)
	require.Greater(t, len(settings), 25)
	// The example switches it off, which is the same as leaving it out.
	settings["aws:insecure"], settings["aws:skipCredentialsValidation"] = "true", "true"
	values, err := stackvalues.Read("../../Pulumi.prod.yaml")
	require.NoError(t, err)
	maps.Copy(values, settings)
	values["aws:region"], values["aws:allowedAccountIds"] = "ap-northeast-1", `["777788889999", "999999999999"]`
	t.Setenv(pulumi.EnvConfigSecretKeys, asJSON(t, secrets))

	rec, err := mocks.Run(program.Run, mocks.Config(values), mocks.Account("777788889999", "aws", "ap-northeast-1"))
	require.NoError(t, err)
	providers := rec.OfType(typeProvider)
	require.Len(t, providers, 2)
	for _, p := range providers {
		for key := range settings {
			name := strings.TrimPrefix(key, "aws:")
			value, given := p.Inputs[resource.PropertyKey(name)]
			assert.True(t, given, "%s does not reach %s", key, p.Name)
			text := asJSON(t, plain(value))
			switch key {
			case "aws:region":
				assert.Equal(t, "aws-"+value.StringValue(), p.Name)
			case "aws:allowedAccountIds":
				assert.Contains(t, text, "777788889999")
				assert.NotContains(t, text, "999999999999", "another account is allowed")
			case "aws:assumeRole", "aws:assumeRoleWithWebIdentity":
				assert.Contains(t, text, "arn:aws:iam::111122223333:role/GuardrailDeployer")
			case "aws:endpoints":
				assert.Contains(t, text, "https://iam.example.com")
			case "aws:defaultTags":
				assert.Contains(t, text, "ManagedBy")
			case "aws:ignoreTags":
				assert.Contains(t, text, "finance:")
			}
		}
	}
}

// plain is a property as JSON would have it, secrets opened.
func plain(v resource.PropertyValue) any {
	return resource.NewProperty(resource.PropertyMap{"v": v}).MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if v.IsSecret() {
			return plain(v.SecretValue().Element), true
		}
		return nil, false
	})
}

// Credentials stay secret on their way to the provider.
func TestCredentialsStaySecret(t *testing.T) {
	settings, secrets := awsSettings(t)
	values, err := stackvalues.Read("../../Pulumi.dev.yaml")
	require.NoError(t, err)
	for _, key := range append(secrets, "aws:accessKey", "aws:assumeRole") {
		values[key] = settings[key]
	}
	values["aws:assumeRole"] = asJSON(
		t,
		map[string]string{"roleArn": "arn:aws:iam::111122223333:role/GuardrailDeployer", "externalId": "shared"},
	)
	t.Setenv(pulumi.EnvConfigSecretKeys, asJSON(t, append(secrets, "aws:assumeRole")))
	rec, err := mocks.Run(program.Run, mocks.Config(values))
	require.NoError(t, err)
	for _, p := range rec.OfType(typeProvider) {
		for _, name := range []string{"accessKey", "secretKey", "token"} {
			assert.True(t, p.Inputs[resource.PropertyKey(name)].IsSecret(), name)
		}
		assert.True(t, p.Inputs["assumeRole"].ContainsSecrets())
	}
}

// A secret of the stack's own sections is refused, because documents and names are none, and its value is not repeated.
func TestASecretSectionIsRefused(t *testing.T) {
	values, err := stackvalues.Read("../../Pulumi.dev.yaml")
	require.NoError(t, err)
	t.Setenv(pulumi.EnvConfigSecretKeys, `["guardrails:users"]`)
	rec, err := mocks.Run(program.Run, mocks.Config(values))
	require.True(t, program.Refused(err))
	assert.ErrorContains(t, err, "guardrails:users: is a secret")
	assert.NotContains(t, err.Error(), "test-user1@non-97.net")
	assert.Empty(t, rec.Resources())
}
