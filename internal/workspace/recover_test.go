package workspace

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/workspace/state"
	"aws-access-guardrails/policy"
)

// What is there is taken for what was being made when it has every property that was given, and an empty one is one
// that is absent.
func TestOnlyWhatIsExactlyOursIsTaken(t *testing.T) {
	wanted := map[string]any{"name": "alice", "path": "/", "tags": map[string]any{}, "__defaults": []any{"x"}}
	for there, want := range map[string]struct {
		inputs map[string]any
		ours   bool
	}{
		"the same":          {map[string]any{"name": "alice", "path": "/", "tags": map[string]any{}}, true},
		"nothing for empty": {map[string]any{"name": "alice", "path": "/", "arn": "computed"}, true},
		"another path":      {map[string]any{"name": "alice", "path": "/x/"}, false},
		"a tag that we unset": {map[string]any{"name": "alice", "path": "/", "tags": map[string]any{"Owner": "bob"}},
			false},
		"nothing": {nil, false},
	} {
		assert.Equal(t, want.ours, includes(want.inputs, wanted), there)
	}
}

// The ids of what AWS refuses to create twice follow from names, in every partition.
func TestIDsFollowFromNames(t *testing.T) {
	to := target{account: "111122223333", partition: policy.AWSChina}
	assert.Equal(t, "arn:aws-cn:iam::111122223333:policy/guardrails/p",
		idOf("aws:iam/policy:Policy", map[string]any{"name": "p", "path": "/guardrails/"}, to))
	assert.Equal(
		t,
		"arn:aws-cn:iam::111122223333:policy/p",
		idOf("aws:iam/policy:Policy", map[string]any{"name": "p"}, to),
	)
	assert.Empty(t, idOf("aws:iam/policy:Policy", map[string]any{}, to))
	assert.Equal(t, "alice", idOf("aws:iam/user:User", map[string]any{"name": "alice"}, to))
}

// Whatever AWS refuses to make twice, and an older copy of the state does not know, has a way on: the message names the
// verb that takes it over, or the next run looks it up. Only approval documents are taken over by hand.
func TestEveryTypeThatIsMadeOnceHasAWayOn(t *testing.T) {
	byHand := []string{"aws-native:ssm:Document"}
	var types []string
	for _, typ := range awstype.Types() {
		if typ.ID.Follows() {
			types = append(types, typ.Token)
		}
	}
	for _, typ := range []string{"aws:organizations/policy:Policy", "aws:ssoadmin/permissionSet:PermissionSet"} {
		_, found := named(state.Resource{"urn": "urn:x::" + typ, "type": typ, "inputs": map[string]any{"name": "x"}})
		assert.True(t, found, typ)
		types = append(types, typ)
	}
	for _, typ := range types {
		ways := 0
		for _, way := range []bool{adoptable(typ), ours(typ), slices.Contains(byHand, typ)} {
			if way {
				ways++
			}
		}
		assert.Positive(t, ways, "%s: nothing takes over what is there", typ)
	}
}
