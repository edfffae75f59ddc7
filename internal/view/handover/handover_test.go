package handover

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
)

func handoverText(t *testing.T, people []Person, options Options) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteText(&out, people, options))
	return out.String()
}

// The texts that people get, for reviewers to read.
func TestHandoverReadsAsItShould(t *testing.T) {
	dev, prod := stacktest.Read(t, "Pulumi.dev.yaml"), stacktest.Read(t, "Pulumi.prod.yaml")
	testkit.Golden(t, "dev.txt", handoverText(t, Of(dev), Options{}))
	testkit.Golden(t, "prod.txt", handoverText(t, Of(prod), Options{}))
	people, err := Only(Of(dev), "non-97-test-user1")
	require.NoError(t, err)
	testkit.Golden(t, "session-token.txt", handoverText(t, people, Options{SessionToken: true}))
}

// Whoever lives in one account and works in others gets one handover with the roles of all of them.
func TestAPersonOfSeveralStacksAppearsOnce(t *testing.T) {
	home := stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "444455556666"}
  guardrails:mfa: {roleAccounts: ["777788889999"]}
  guardrails:users: [{name: machamp}]
`)
	people := Of(home, stacktest.Read(t, "Pulumi.prod.yaml"))
	machamp, err := Only(people, "arn:aws:iam::444455556666:user/machamp")
	require.NoError(t, err)
	require.Len(t, machamp, 1)
	assert.True(t, machamp[0].Managed)
	require.Len(t, machamp[0].Roles, 1)
	role := machamp[0].Roles[0]
	assert.Equal(t, "arn:aws:iam::777788889999:role/guardrails/delegated/AdminRole", role.ARN)
	assert.Equal(t, "machamp", role.SessionName)
	assert.Equal(t, 3600, role.MFAMaxAgeSeconds)
}

// A person whom nobody knows is refused with the name that was probably meant.
func TestAnUnknownPersonIsRefused(t *testing.T) {
	_, err := Only(Of(stacktest.Read(t, "Pulumi.dev.yaml")), "non-97-test-user4")
	assert.ErrorContains(t, err, `"non-97-test-user4" is nobody in these stacks; did you mean "non-97-test-user1"?`)
}

// What the stack switches off is not handed over: no password change, no access keys, no session name that no rule
// wants.
func TestTheHandoverFollowsTheSwitches(t *testing.T) {
	people := Of(stacktest.ReadText(t, `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333", alias: jump}
  guardrails:mfa: {firstPasswordChange: false, selfService: {accessKeys: false, awsLogin: true}}
  guardrails:users: [{name: alice, path: /ops/}]
  guardrails:operationRoles: [{users: [alice], project: P, runAs: a, sessionName: any}]
`))
	require.Len(t, people, 1)
	assert.Equal(t, "arn:aws:iam::111122223333:user/ops/alice", people[0].ARN)
	assert.Empty(t, people[0].Roles[0].SessionName)
	text := handoverText(t, people, Options{})
	assert.Contains(t, text, `Leave out "User must create new password at next sign-in"`)
	assert.Contains(t, text, "https://jump.signin.aws.amazon.com/console")
	assert.Contains(t, text, "aws login")
	assert.NotContains(t, text, "access key")
	assert.NotContains(t, text, "~/.aws/config")
}

// Profiles are written for a program: no line of the part for ~/.aws/config is indented.
func TestProfilesAreNotIndented(t *testing.T) {
	text := handoverText(t, Of(stacktest.Read(t, "Pulumi.dev.yaml")), Options{})
	for _, line := range strings.Split(text, "\n") {
		for _, key := range []string{"[profile ", "role_arn", "source_profile", "mfa_serial", "role_session_name", "duration_seconds"} {
			if strings.Contains(line, key) && strings.Contains(line, "=") {
				assert.True(t, strings.HasPrefix(line, key), line)
			}
		}
	}
}

// In another partition nothing names the first one: neither an ARN nor a host.
func TestTheHandoverNamesNoOtherPartition(t *testing.T) {
	dev, err := os.ReadFile(testkit.Path(t, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	for region, partition := range map[string]string{"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		text := strings.NewReplacer("ap-northeast-1", region, "arn:aws:", "arn:"+partition+":").Replace(string(dev))
		people := Of(stacktest.ReadText(t, text))
		for _, options := range []Options{{}, {SessionToken: true}} {
			out := handoverText(t, people, options)
			assert.NotContains(t, out, "arn:aws:")
			assert.NotContains(t, out, "aws.amazon.com")
			assert.Contains(t, out, "arn:"+partition+":iam::111122223333:role/guardrails/operation/")
		}
	}
}
