package workspace

import (
	"slices"

	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/schedule"
)

// graphOf says which stacks wait for which when they are deployed. The order of the names decides between stacks that
// do not need each other.
//
//   - People come before the accounts whose trust policies name them: AWS refuses a trust policy that names a user who does not exist. Of stacks that
//     name people of one another AWS takes neither first, so the first one named goes first.
//   - The accounts in which permission sets open shells, or whose customer managed policies they name, come before the stack of IAM Identity Center:
//     without the session preferences of the account a shell is that of ssm-user, and without the policy there is no role. Where those accounts name people of that stack, its people come first: AWS takes no other order, and permission sets
//     that open shells are better in a stack of their own.
//   - The service control policies of an organization come before its other stacks, so that nothing opens that is not guarded yet. With doorsFirst they
//     come last, so that the guarded doors are there before the others are shut.
func graphOf(stacks []string, targets []target, doorsFirst bool) *schedule.Graph {
	indexOf := map[string]int{}
	for i, stack := range stacks {
		indexOf[stack] = i
	}
	return schedule.New(stacks, func(stack string) []string {
		to := targets[indexOf[stack]]
		var needs []string
		for i, other := range stacks {
			from := targets[i]
			policies, doors := from, to
			if doorsFirst {
				policies, doors = to, from
			}
			if slices.Contains(to.peopleFrom, project.ShortName(other)) ||
				slices.Contains(to.preparedBy, project.ShortName(other)) &&
					!namesPeopleOf(stacks, targets, i, indexOf[stack]) ||
				slices.Contains(policies.governs, doors.account) && len(doors.governs) == 0 {
				needs = append(needs, other)
			}
		}
		return needs
	})
}

// namesPeopleOf reports whether a stack names people of another, or of one that does, by their places.
func namesPeopleOf(stacks []string, targets []target, from, whose int) bool {
	seen := map[int]bool{}
	var names func(i int) bool
	names = func(i int) bool {
		if seen[i] {
			return false
		}
		seen[i] = true
		for j, stack := range stacks {
			if slices.Contains(targets[i].peopleFrom, project.ShortName(stack)) && (j == whose || names(j)) {
				return true
			}
		}
		return false
	}
	return names(from)
}

// graphFor is the graph of an operation: destroy goes the other way, and what changes nothing waits for nothing.
func graphFor(operation result.Operation, stacks []string, targets []target, doorsFirst bool) *schedule.Graph {
	graph := graphOf(stacks, targets, doorsFirst)
	switch operation {
	case result.Up:
		return graph
	case result.Destroy:
		return graph.Reverse()
	default:
		return graph.Loose()
	}
}
