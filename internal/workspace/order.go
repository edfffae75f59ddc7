package workspace

import (
	"slices"
	"strings"
)

// ordered puts stacks into the order in which the operation runs them, whatever the order of their names on the command line. People come before the
// accounts whose trust policies name them. The stack of the organization comes last: the doors that stay open are there before its service
// control policies shut the others. Destroy goes the other way. Stacks that do not depend on each other stay in the order in which they were named, and
// so do stacks that name people of one another, of which AWS takes neither first.
func ordered(operation Operation, stacks []string, targets []target) ([]string, []target) {
	short := func(stack string) string { return stack[strings.LastIndex(stack, "/")+1:] }
	var order []int
	done := map[string]bool{}
	ready := func(i int) bool {
		for j, other := range stacks {
			if done[other] || j == i {
				continue
			}
			if slices.Contains(targets[i].peopleFrom, short(other)) || targets[i].organization && !targets[j].organization {
				return false
			}
		}
		return true
	}
	for len(order) < len(stacks) {
		next := -1
		for i, stack := range stacks {
			if done[stack] {
				continue
			}
			if ready(i) {
				next = i
				break
			}
			if next < 0 {
				next = i
			}
		}
		done[stacks[next]] = true
		order = append(order, next)
	}
	if operation == Destroy {
		slices.Reverse(order)
	}
	outStacks, outTargets := make([]string, len(order)), make([]target, len(order))
	for at, i := range order {
		outStacks[at], outTargets[at] = stacks[i], targets[i]
	}
	return outStacks, outTargets
}
