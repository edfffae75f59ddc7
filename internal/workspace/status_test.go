package workspace

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every error has one exit status, and of joined ones the most severe counts.
func TestExitStatuses(t *testing.T) {
	refused := &RefusedError{Stack: "dev", Err: errors.New("bad")}
	failed := &EngineError{Stack: "dev", Operation: Up, Err: errors.New("broke")}
	for _, c := range []struct {
		err  error
		want Status
	}{
		{nil, Holds},
		{refused, Refused},
		{Usef("no"), WrongUse},
		{failed, Failed},
		{errors.New("unknown"), Failed},
		{fmt.Errorf("around: %w", refused), Refused},
		{errors.Join(refused, refused), Refused},
		{errors.Join(refused, failed), Failed},
	} {
		assert.Equal(t, c.want, StatusOf(c.err), "%v", c.err)
	}
}

// A failure names the resources that failed, in people's words; without any it says what the Automation API knows.
func TestAFailureNamesItsResources(t *testing.T) {
	err := &EngineError{Stack: "dev", Operation: Up, Err: errors.New("exit status 1"), Diagnostics: []Diagnostic{
		{
			URN:     "urn:pulumi:dev::guardrails::guardrails:iam:User$aws:iam/user:User::user-alice",
			Message: "creating IAM User (alice):\nEntityAlreadyExists",
		},
		{URN: "urn:pulumi:dev::guardrails::pulumi:pulumi:Stack::guardrails-dev", Message: "update failed"},
	}}
	assert.Equal(
		t,
		"dev: up failed\n  iam.User user-alice: creating IAM User (alice):\n    EntityAlreadyExists; up takes over nothing that it finds: "+
			"\"guardrails adopt dev\" writes it into the stack file, and the next up changes it in place; a sandbox starts over with --fresh\n  update failed",
		err.Error(),
	)
	err.Diagnostics = []Diagnostic{
		{
			URN:     "urn:pulumi:dev::guardrails::guardrails:ssm:SessionPreferences$aws:ssm/document:Document::sessions",
			Message: "DocumentAlreadyExists: it is there",
		},
	}
	assert.Contains(t, err.Error(), `"guardrails adopt dev" writes it into the stack file`)
	err.Diagnostics = []Diagnostic{
		{
			URN:     "urn:pulumi:dev::guardrails::aws:organizations/policy:Policy::os",
			Message: "DuplicatePolicyException: it is there",
		},
	}
	assert.Contains(t, err.Error(), `import it with "pulumi import"`)
	assert.Equal(t, "dev: up failed: exit status 1", (&EngineError{Stack: "dev", Operation: Up, Err: err.Err}).Error())
	interrupted := &EngineError{Stack: "dev", Operation: Up, Err: context.Canceled}
	assert.Contains(t, interrupted.Error(), "interrupted; run it again to go on")
}
