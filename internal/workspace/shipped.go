package workspace

import (
	"context"
	"errors"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
)

// shipped is the program of this repository, and its sandbox.
func shipped() parts {
	return parts{
		check: func(file string) (target, error) {
			stack, err := checkFile(file)
			if err != nil {
				return target{}, err
			}
			return targetOf(stack), nil
		},
		run:          program.In,
		account:      program.Account,
		accountHolds: func(err error) bool { return errors.Is(err, program.ErrAccountHolds) },
		refused:      program.Refused,
		provide:      func(ctx context.Context, o sandbox.Options) (provider, error) { return sandbox.Start(ctx, o) },
	}
}

// targetOf is what a stack file says about where it deploys to and after what.
func targetOf(stack *stack.Stack) target {
	return target{
		account:      stack.Account.ID,
		alias:        stack.Account.Alias,
		partition:    stack.Account.Partition,
		environments: stack.Environments,
		peopleFrom:   stack.PeopleFrom(),
		preparedBy:   stack.PreparedBy(),
		governs:      stack.Governs(),
		shuts:        stack.ShutsShells(),
		adopts:       stack.Adopts(),
		protect:      stack.Protect,
		positionOf:   stack.Position,
		advice: func(message string, setting commandline.Setting) string {
			return program.Advice(stack, message, setting)
		},
	}
}

func checkFile(file string) (*stack.Stack, error) {
	stack, problems := stack.ReadFile(file)
	if len(problems) > 0 {
		return nil, problems.Err()
	}
	return stack, program.Check(stack)
}
