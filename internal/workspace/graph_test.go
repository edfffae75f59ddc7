package workspace

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

// People come before the accounts that name them, and service control policies before the accounts that they govern,
// or after them where the doors go first; accounts come before permission sets that open shells in them, destroy goes
// the other way, and a preview waits for nothing. An account that no organization of the folder governs waits for its
// people alone.
func TestStacksRunInTheOrderOfWhatTheyNeed(t *testing.T) {
	targets := map[string]target{
		"jump": {
			account: "1",
		},
		"identity": {account: "2", peopleFrom: []string{"jump"}},
		"workload": {account: "3", peopleFrom: []string{"jump", "elsewhere"}},
		"management": {
			account: "0",
			governs: []string{"0", "1", "2", "3"},
		},
		"alone":  {account: "9", peopleFrom: []string{"jump"}},
		"center": {account: "2", peopleFrom: []string{"jump"}, preparedBy: []string{"workload", "elsewhere"}},
		"both":   {account: "1", preparedBy: []string{"staff", "beyond"}},
		"staff":  {account: "5", peopleFrom: []string{"both"}},
		"beyond": {account: "6", peopleFrom: []string{"staff"}},
		"left":   {account: "7", peopleFrom: []string{"right"}},
		"right":  {account: "8", peopleFrom: []string{"left"}},
	}
	type levels = [][]string
	for _, c := range []struct {
		name       string
		operation  result.Operation
		doorsFirst bool
		given      []string
		want       levels
	}{
		{"a folder", result.Up, false, []string{"identity", "jump", "management", "workload"},
			levels{{"management"}, {"jump"}, {"identity", "workload"}}},
		{"doors first", result.Up, true, []string{"identity", "jump", "management", "workload"},
			levels{{"jump"}, {"identity", "workload"}, {"management"}}},
		{"preview waits for nothing", result.Preview, false, []string{"workload", "management", "jump"},
			levels{{"management", "jump", "workload"}}},
		{"destroy the other way", result.Destroy, false, []string{"jump", "management", "workload"},
			levels{{"workload"}, {"jump"}, {"management"}}},
		{"destroy, doors first built", result.Destroy, true, []string{"jump", "management", "workload"},
			levels{{"management"}, {"workload"}, {"jump"}}},
		{"not governed", result.Up, false, []string{"alone", "management", "jump"},
			levels{{"management"}, {"jump"}, {"alone"}}},
		{"the people's stack is not among them", result.Up, false, []string{"workload", "identity"},
			levels{{"workload", "identity"}}},
		{"shells of permission sets", result.Up, false, []string{"center", "jump", "workload"},
			levels{{"jump"}, {"workload"}, {"center"}}},
		{"shells of permission sets end first", result.Destroy, false, []string{"jump", "workload", "center"},
			levels{{"center"}, {"workload"}, {"jump"}}},
		{
			"people and permission sets of one stack",
			result.Up,
			false,
			[]string{"staff", "both"},
			levels{{"both"}, {"staff"}},
		},
		{"people of people of it", result.Up, false, []string{"beyond", "staff", "both"},
			levels{{"both"}, {"staff"}, {"beyond"}}},
		{"people of each other", result.Up, false, []string{"right", "left"}, levels{{"right"}, {"left"}}},
		{"names with an organization of the backend", result.Up, false, []string{"acme/workload", "acme/jump"},
			levels{{"acme/jump"}, {"acme/workload"}}},
		{"none", result.Up, false, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var given []target
			for _, stack := range c.given {
				given = append(given, targets[project.ShortName(stack)])
			}
			assert.Equal(t, c.want, graphFor(c.operation, c.given, given, c.doorsFirst).Levels())
		})
	}
}
