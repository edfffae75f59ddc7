package project

import (
	"errors"
	"fmt"
	"slices"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/problem"
)

// CausesFirst are the refusals of stack files in the order in which they are mended. What does not go together with the
// file of a stack that is wrong by itself may follow from that: it is said so, and a stack of which nothing else is
// known comes after the others. The order stays otherwise.
func CausesFirst(errs []error) []error {
	problemsOf := make([]problem.List, len(errs))
	refused := map[string]problem.List{}
	for i, err := range errs {
		var one *exit.RefusedError
		if errors.As(err, &one) && errors.As(err, &problemsOf[i]) {
			refused[ShortName(one.Stack)] = problemsOf[i]
		}
	}
	causes := map[string]bool{}
	for name, problems := range refused {
		// What does not go together with a file that holds, or with itself, is wrong here.
		causes[name] = slices.ContainsFunc(problems, func(p *problem.Problem) bool {
			return p.OtherStack == name || refused[p.OtherStack] == nil
		})
	}
	var first, after []error
	for i, err := range errs {
		follow := 0
		for _, p := range problemsOf[i] {
			if causes[p.OtherStack] && !isOf(err, p.OtherStack) {
				p.Fix = fmt.Sprintf(
					"this may follow from Pulumi.%s.yaml, which is refused itself: mend that first", p.OtherStack)
				follow++
			}
		}
		if follow > 0 && follow == len(problemsOf[i]) {
			after = append(after, err)
			continue
		}
		first = append(first, err)
	}
	return append(first, after...)
}

// isOf reports whether the refusal is of the stack.
func isOf(err error, stack string) bool {
	var refused *exit.RefusedError
	return errors.As(err, &refused) && ShortName(refused.Stack) == stack
}
