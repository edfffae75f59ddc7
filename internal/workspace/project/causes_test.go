package project

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/problem"
)

// A refusal that may follow from another stack file, which is wrong by itself, comes after that one and says so. Where
// the other file holds, or two files do not go together, each is wrong by itself.
func TestTheCauseComesFirst(t *testing.T) {
	refusal := func(stack string, others ...string) error {
		var list problem.List
		for _, other := range others {
			p := &problem.Problem{Path: "guardrails:x", Why: "is wrong", Fix: "write y", OtherStack: other}
			p.File = "Pulumi." + stack + ".yaml"
			list = append(list, p)
		}
		return &exit.RefusedError{Stack: stack, Err: list.Err()}
	}
	const follows = "guardrails:x: is wrong; this may follow from Pulumi.jump.yaml, " +
		"which is refused itself: mend that first"
	for name, c := range map[string]struct {
		errs  []error
		order []string
		says  map[string]string
	}{
		"one after its cause": {
			[]error{refusal("identity", "jump"), refusal("jump", ""), refusal("workload", "")},
			[]string{"jump", "workload", "identity"},
			map[string]string{"identity": follows, "jump": "guardrails:x: is wrong; write y"},
		},
		"one with a problem of its own": {
			[]error{refusal("identity", "", "jump"), refusal("jump", "")},
			[]string{"identity", "jump"},
			map[string]string{"identity": follows},
		},
		"the other file holds": {
			[]error{refusal("identity", "jump"), refusal("workload", "")},
			[]string{"identity", "workload"},
			map[string]string{"identity": "guardrails:x: is wrong; write y"},
		},
		"two that do not go together": {
			[]error{refusal("identity", "jump"), refusal("jump", "identity")},
			[]string{"identity", "jump"},
			map[string]string{"identity": "guardrails:x: is wrong; write y"},
		},
		"one that names itself": {
			[]error{refusal("identity", "jump"), refusal("jump", "jump")},
			[]string{"jump", "identity"},
			map[string]string{"identity": follows, "jump": "guardrails:x: is wrong; write y"},
		},
		"something else": {
			[]error{errors.New("a"), refusal("identity", "jump"), refusal("acme/jump", "")},
			[]string{"", "acme/jump", "identity"},
			map[string]string{"identity": follows},
		},
	} {
		var order []string
		for _, err := range CausesFirst(c.errs) {
			var refused *exit.RefusedError
			stack := ""
			if errors.As(err, &refused) {
				stack = refused.Stack
			}
			order = append(order, stack)
			assert.Contains(t, err.Error(), c.says[stack], name)
		}
		assert.Equal(t, c.order, order, name)
	}
}
