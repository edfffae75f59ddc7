package program

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
)

// What the engine was told is not told again; a failure of AWS gets its hints, which name the stack and those that go
// first; a preview has none.
func TestWhatThePulumiCommandIsTold(t *testing.T) {
	stack, problems := stack.ReadFile("../../examples/organization/Pulumi.workload.yaml")
	require.NoError(t, problems.Err())
	said := func(o own, err error) string {
		var b bytes.Buffer
		o.tell(&b, err)
		return b.String()
	}
	assert.Empty(t, said(own{stack: stack, told: true}, strictyaml.Problems{{Why: "is refused"}}))
	assert.Contains(t, said(own{}, errors.New("missing project name")), "missing project name")
	failed := said(own{stack: stack}, errors.New("waiting for RPCs: canceled"))
	assert.Contains(t, failed, `"guardrails adopt workload"`)
	assert.Contains(t, failed, "name people of jump, which is deployed first")
	assert.Empty(t, said(own{stack: stack, preview: true}, errors.New("waiting for RPCs: canceled")))
}
