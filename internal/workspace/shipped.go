package workspace

import (
	"context"
	"errors"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
)

// Check reads the files of the named stacks (none means all) and holds each against everything that can be known before a deployment: no
// network, no engine, no Pulumi CLI. The stacks come in the order of the names. When one is refused the error joins a RefusedError for each,
// and there are no stacks.
func (f *Folder) Check(names ...string) ([]*config.Stack, error) {
	names, err := f.Select(names)
	if err != nil {
		return nil, err
	}
	var (
		stacks []*config.Stack
		errs   []error
	)
	for _, name := range names {
		stack, err := checkFile(relative(f.StackFile(name)))
		if err != nil {
			errs = append(errs, &RefusedError{Stack: name, Err: err})
			continue
		}
		stacks = append(stacks, stack)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return stacks, nil
}

func checkFile(file string) (*config.Stack, error) {
	stack, problems := config.ReadFile(file)
	if len(problems) > 0 {
		return nil, problems.Err()
	}
	return stack, program.Check(stack)
}

// shipped is the program of this repository, and its sandbox.
func shipped() parts {
	return parts{
		check: func(file string) (target, error) {
			stack, err := checkFile(file)
			if err != nil {
				return target{}, err
			}
			return target{stack.Account.ID, stack.Account.Partition, stack.Environments}, nil
		},
		run:     program.Run,
		refused: program.Refused,
		provide: func(ctx context.Context, o sandbox.Options) (provider, error) { return sandbox.Start(ctx, o) },
	}
}
