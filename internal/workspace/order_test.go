package workspace

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// People come before the accounts that name them and the organization comes last, however the stacks were named; destroy goes the other way.
func TestStacksRunInTheOrderOfWhatTheyNeed(t *testing.T) {
	needs := map[string]target{
		"jump": {}, "identity": {peopleFrom: []string{"jump"}}, "workload": {peopleFrom: []string{"jump", "elsewhere"}}, "management": {organization: true},
		"left": {peopleFrom: []string{"right"}}, "right": {peopleFrom: []string{"left"}},
	}
	for _, c := range []struct {
		name      string
		operation Operation
		given     []string
		want      []string
	}{
		{"a folder, by name", Up, []string{"identity", "jump", "management", "workload"}, []string{"jump", "identity", "workload", "management"}},
		{"the organization first", Up, []string{"management", "workload", "jump"}, []string{"jump", "workload", "management"}},
		{"preview as up", Preview, []string{"workload", "jump"}, []string{"jump", "workload"}},
		{"destroy the other way", Destroy, []string{"jump", "management", "workload"}, []string{"management", "workload", "jump"}},
		{"the people's stack is not among them", Up, []string{"workload", "identity"}, []string{"workload", "identity"}},
		{"people of each other", Up, []string{"right", "left"}, []string{"right", "left"}},
		{"names with an organization of the backend", Up, []string{"acme/workload", "acme/jump"}, []string{"acme/jump", "acme/workload"}},
		{"one", Destroy, []string{"jump"}, []string{"jump"}},
		{"none", Up, nil, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var targets []target
			for _, stack := range c.given {
				name := stack
				if stack[:min(5, len(stack))] == "acme/" {
					name = stack[5:]
				}
				to := needs[name]
				to.account = stack
				targets = append(targets, to)
			}
			got, gotTargets := ordered(c.operation, c.given, targets)
			assert.Equal(t, c.want, got)
			for i, to := range gotTargets {
				assert.Equal(t, got[i], to.account, "a target moves with its stack")
			}
		})
	}
}
