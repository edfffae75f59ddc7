package against

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/awstype"
)

// Each type whose state reads into a World has a reader, and no other type has one.
func TestEveryTypeThatReadsIntoAWorldIsRead(t *testing.T) {
	read := map[string]bool{}
	for token := range owners {
		read[token] = true
	}
	for token := range owned {
		assert.False(t, read[token], "%s is read twice", token)
		read[token] = true
	}
	delete(read, groupAttachment)
	for _, typ := range awstype.Types() {
		assert.Equal(t, typ.World == awstype.ReadIntoWorld, read[typ.Token],
			"%s: World of its file in awstype, and its reader in owners or owned", typ.Token)
		delete(read, typ.Token)
	}
	assert.Empty(t, read, "readers of types that the product does not register")
}
