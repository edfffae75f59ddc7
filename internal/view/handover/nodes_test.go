package handover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
)

// Whoever makes nodes is told what their roles need: the policy where the stack makes one, the document where it does
// not, nothing where nothing is needed.
func TestHandoverSaysWhatNodesNeed(t *testing.T) {
	const head = "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n"
	written := func(sessions string) string {
		stack, problems := stack.ReadAs("Pulumi.dev.yaml", []byte(head+sessions))
		require.Empty(t, problems)
		var b strings.Builder
		require.NoError(t, WriteNodeRights(&b, stack))
		return b.String()
	}
	assert.Empty(t, written("  guardrails:sessions: {idleTimeout: 15m}\n"))
	text := written("  guardrails:sessions: {logs: {s3: {bucket: amzn-s3-demo-bucket}}}\n")
	assert.Contains(t, text, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
	assert.Contains(t, text, "s3:PutObject")
	assert.Contains(t, text, "kms:EncryptionContext:aws:s3:arn")
	text = written("  guardrails:sessions: {nodePolicy: true, logs: {s3: {bucket: amzn-s3-demo-bucket}}}\n")
	assert.Contains(
		t,
		text,
		"aws iam attach-role-policy --role-name NodeRole --policy-arn "+
			"arn:aws:iam::111122223333:policy/guardrails/guardrails-session-node\n",
	)
	assert.NotContains(t, text, "s3:PutObject")
}
