package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/claims/internal/claimtest"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/prove"
)

// Two users of one name have the sessions of a role in common, whatever accounts they are of; two names that differ
// by case do not.
func TestNamesakesShareTheSessionsOfARole(t *testing.T) {
	for other, want := range map[string]prove.Verdict{
		"arn:aws:iam::444455556666:user/bob":      prove.DoesNotHold,
		"arn:aws:iam::444455556666:user/team/bob": prove.DoesNotHold,
		"arn:aws:iam::444455556666:user/Bob":      prove.Holds,
		"arn:aws:iam::444455556666:user/bobby":    prove.Holds,
	} {
		r := claimtest.Proven(t, fixture.DevWorld(), func(in *intent.Account) {
			in.OperationRoles[0].Principals = []string{"arn:aws:iam::111122223333:user/bob", other}
		})
		assert.Equal(t, want, claimtest.Finding(t, r, "own-sessions-only", "TestProject1-os-user1").Verdict, other)
	}
}

// Session names that people choose let each of several users of a role take the sessions of the others; a single user
// has nobody to take from.
func TestFreeSessionNamesWeakenOwnSessions(t *testing.T) {
	waivers := func(users ...string) []prove.Waiver {
		r := claimtest.Proven(t, fixture.DevWorld(), func(in *intent.Account) {
			in.OperationRoles[0].AnySessionName, in.OperationRoles[0].Key, in.OperationRoles[0].Principals = true, "operationRoles[0]", users
		})
		return claimtest.Finding(t, r, "own-sessions-only", "TestProject1-os-user1").Waivers
	}
	two := waivers("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bobby")
	require.Len(t, two, 1)
	assert.Equal(t, "operationRoles[0].sessionName", two[0].Key)
	assert.Empty(t, waivers("arn:aws:iam::111122223333:user/bob"))
}
