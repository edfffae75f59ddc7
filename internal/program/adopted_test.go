package program_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/problem"
)

// An entry of guardrails:adopt for what AWS does not have is refused with what to write, before anything is made;
// what AWS has is taken, and a question without an answer refuses nothing.
func TestWhatIsAdoptedExists(t *testing.T) {
	functions := map[string]string{
		"aws:ssm/getDocument:getDocument": "guardrails:adopt.sessions[0]",
		"aws:iam/getGroup:getGroup":       "guardrails:adopt.mfa",
		"aws:iam/getUser:getUser":         "guardrails:adopt.users[0]",
		"aws:iam/getRole:getRole":         "guardrails:adopt.roles[0]",
		"aws:iam/getPolicy:getPolicy":     "guardrails:adopt.policies[0]",
	}
	for function, path := range functions {
		rec, err := deploy(
			t,
			fullStack,
			mocks.Refuse(function, errors.New("api error NoSuchEntity: there is none; InvalidDocument")),
		)
		require.True(t, program.Refused(err), "%s: %v", function, err)
		var problems problem.List
		require.True(t, errors.As(err, &problems))
		require.Len(t, problems, 1)
		assert.Equal(t, problem.Path(path), problems[0].Path)
		assert.Equal(t, "remove the entry, and up makes it new", problems[0].Fix)
		for _, r := range rec.Resources() {
			assert.Equal(t, typeProvider, r.Type)
		}
	}
	_, err := deploy(t, fullStack, mocks.Refuse("aws:iam/getUser:getUser", errors.New("AccessDenied")))
	require.NoError(t, err)
	_, err = deploy(t, fullStack, mocks.Answer("aws:iam/getUser:getUser", resource.PropertyMap{}))
	require.NoError(t, err)
}
