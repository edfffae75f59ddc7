package policy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/policy"
)

// What to write instead stays apart from why, whatever places were put before it and whatever the value has in it.
func TestReasonKeepsPlacesAndWhatToWriteApart(t *testing.T) {
	refused := policy.PlaceError("step 2", policy.PlaceError(`"a; b"`, policy.ValidateTagKey("a; b")))
	why, fix := policy.Reason(refused)
	assert.Regexp(t, `^step 2: "a; b": has the character`, why)
	assert.NotEmpty(t, fix)
	assert.Equal(t, why+"; "+fix, refused.Error())

	why, fix = policy.Reason(policy.PlaceError("step 1", errors.New("nobody knows; ask")))
	assert.Equal(t, "step 1: nobody knows; ask", why)
	assert.Empty(t, fix)
}
