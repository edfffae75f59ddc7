package prove_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A change of what somebody's own policies let through on resources of other accounts is a difference, said to need the
// policy of the resource; what changes on resources of both is told once, of one's own.
func TestADifferenceOnResourcesOfOtherAccountsIsTold(t *testing.T) {
	const home, other = "111122223333", "444455556666"
	key := "arn:aws:kms:us-east-1:" + other + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	allow := func(action string, on ...string) policy.Statement { return policy.Allow("Key", action).On(on...) }
	none := policy.Allow("None", "ec2:DescribeInstances").On("*")
	engineOf := func(st ...policy.Statement) *engine.Engine {
		e, err := engine.Compile(world.World{Accounts: []world.Account{{
			ID: home, Users: []world.User{{Name: "bob", Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(st...)}}}},
		}}})
		require.NoError(t, err)
		return e
	}
	for name, c := range map[string]struct {
		before, after []policy.Statement
		elsewhere     bool
		gained, lost  bool
	}{
		"a key of another account":   {[]policy.Statement{none}, []policy.Statement{none, allow("kms:CreateGrant", key)}, true, true, false},
		"and back":                   {[]policy.Statement{none, allow("kms:CreateGrant", key)}, []policy.Statement{none}, true, false, true},
		"a Deny that leaves it out":  {[]policy.Statement{allow("kms:*", "*")}, []policy.Statement{allow("kms:*", "*"), policy.Deny("No", "kms:*").On(key)}, true, false, true},
		"keys everywhere":            {[]policy.Statement{none}, []policy.Statement{none, allow("kms:CreateGrant", "*")}, false, true, false},
		"users of another account":   {[]policy.Statement{none}, []policy.Statement{none, allow("iam:TagUser", "arn:aws:iam::"+other+":user/*")}, false, false, false},
		"the same in other words":    {[]policy.Statement{allow("kms:CreateGrant", key)}, []policy.Statement{allow("kms:CreateGrant", key, key)}, false, false, false},
		"a key of one's own account": {[]policy.Statement{none}, []policy.Statement{none, allow("kms:CreateGrant", "arn:aws:kms:*:"+home+":key/*")}, false, true, false},
	} {
		found := prove.Compare(engineOf(c.before...), engineOf(c.after...), engine.SomeDay)
		require.Empty(t, found.Undecided, name)
		var gained, lost bool
		for _, d := range found.Differences {
			assert.Equal(t, c.elsewhere, d.Elsewhere, "%s: %v", name, d.Request)
			assert.Empty(t, d.Unreal, name)
			gained, lost = gained || d.Gained, lost || !d.Gained
		}
		assert.Equal(t, []bool{c.gained, c.lost}, []bool{gained, lost}, name)
	}
}
