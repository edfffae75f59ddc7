package program

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
)

func read(t *testing.T, text string) *stack.Stack {
	t.Helper()
	stack, problems := stack.Read(stackfile.Source{File: "Pulumi.dev.yaml", Data: []byte(text)}, nil)
	require.NoError(t, problems.Err())
	return stack
}

// The outputs are known before anything exists, and follow the partition.
func TestOutputsAreKnownAtPreview(t *testing.T) {
	got := outputs(read(t, `config:
  aws:region: cn-north-1
  guardrails:account: {id: "111122223333", alias: jump}
  guardrails:users: [{name: alice}]
  guardrails:operationRoles: [{users: [alice], project: Shop, runAs: operator, documents: [AWS-StartPortForwardingSession]}]
`))
	want := pulumi.Map{
		"groupName": pulumi.String("guardrails-mfa"),
		"roleArns": pulumi.StringMap{
			"Shop-operator": pulumi.String("arn:aws-cn:iam::111122223333:role/guardrails/operation/Shop-operator"),
		},
		"switchRoleUrls": pulumi.StringMap{
			"Shop-operator": pulumi.String(
				"https://signin.amazonaws.cn/switchrole?account=jump&roleName=guardrails/operation/Shop-operator",
			),
		},
		"signInUrl": pulumi.String("https://jump.signin.amazonaws.cn/console"),
		"attachedPolicies": pulumi.StringArrayMap{
			"guardrails-mfa": pulumi.ToStringArray([]string{"mfa-guard", "self-service"}),
			"Shop-operator": pulumi.ToStringArray([]string{
				"session-documents",
				"arn:aws-cn:iam::111122223333:policy/guardrails/guardrails-operation-guard",
				"arn:aws-cn:iam::111122223333:policy/guardrails/guardrails-operation-sessions",
				"arn:aws-cn:iam::111122223333:policy/guardrails/guardrails-operation-start-stop",
			}),
		},
	}
	assert.Empty(t, cmp.Diff(want, got))
}

// A stack without people has no group, and its outputs name none.
func TestOutputsNameNoGroupWhereThereIsNone(t *testing.T) {
	got := outputs(read(t, "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n"))
	assert.NotContains(t, got, "groupName")
	assert.Equal(t, pulumi.String("https://111122223333.signin.aws.amazon.com/console"), got["signInUrl"])
}

// Cloud Control gives an inline policy as an object or as text; nothing in it is no policy.
func TestAnInlinePolicyIsReadInEitherForm(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":[]}`
	text, err := json.Marshal(document)
	require.NoError(t, err)
	for found, want := range map[string]string{
		"": "", "null": "", "{}": "", `""`: "", `" "`: "", document: document, string(text): document,
	} {
		assert.Equal(t, want, inlineText(json.RawMessage(found)), found)
	}
}
