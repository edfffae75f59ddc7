package result

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/beside"
)

// What a resource of the state made, by its id or by its arguments, an edit takes away, and nobody added it; what a
// resource stands for that an earlier run took note of, somebody added.
func TestWhatAnEditTakesAwayNobodyAdded(t *testing.T) {
	t.Parallel()
	const membership, policy = "aws:iam/userGroupMembership:UserGroupMembership", "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
	had := func(typ, id string, inputs map[string]any) *Standing {
		return &Standing{Type: typ, Before: &apitype.StepEventStateMetadata{ID: id, Inputs: inputs}}
	}
	r := &Report{Standing: map[string]*Standing{
		"urn::alice-membership": had(membership, "m", map[string]any{"user": "alice", "groups": []any{"staff", "old"}}),
		"urn::set-attachment":   had(policy, "arn:a,set,instance", map[string]any{"managedPolicyArn": "arn:a "}),
		"urn::set-b-by-hand":    had(policy, "arn:b,set,instance", map[string]any{"managedPolicyArn": "arn:b"}),
	}}
	group := func(user, name string) beside.Stray {
		return beside.Stray{Type: membership, Item: name, Inputs: map[string]any{"user": user, "groups": []any{name}}}
	}
	attached := func(arn string) beside.Stray {
		return beside.Stray{
			Type: policy, Item: arn, ID: arn + ",set,instance", Inputs: map[string]any{"managedPolicyArn": arn},
		}
	}
	for name, c := range map[string]struct {
		strays []beside.Stray
		want   []string
	}{
		"a group of before": {
			[]beside.Stray{group("alice", "old"), group("alice", "admins")},
			[]string{"admins"},
		},
		"of somebody else":           {[]beside.Stray{group("bob", "old")}, []string{"old"}},
		"an attachment by its id":    {[]beside.Stray{attached("arn:a"), attached("arn:c")}, []string{"arn:c"}},
		"one that was taken note of": {[]beside.Stray{attached("arn:b")}, []string{"arn:b"}},
		"nothing that anybody added": {[]beside.Stray{attached("arn:a")}, []string{}},
	} {
		b := beside.Found{Strays: c.strays}
		for _, s := range c.strays {
			b.Items = append(b.Items, s.Item)
		}
		got := r.NotOfEdits(b)
		assert.Equal(t, c.want, got.Items, name)
		assert.Len(t, got.Strays, len(c.want), name)
	}
	left := beside.Found{Items: []string{"outsider"}}
	assert.Equal(t, left, r.NotOfEdits(left), "what up leaves has no strays, and stays")
}
