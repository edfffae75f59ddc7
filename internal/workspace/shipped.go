package workspace

import (
	"context"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/sandbox"
)

// shipped is the program of this repository, and its sandbox.
func shipped() parts {
	return parts{
		check: func(file string) (target, error) {
			stack, err := checkFile(file)
			if err != nil {
				return target{}, err
			}
			return target{
				account: stack.Account.ID, partition: stack.Account.Partition, environments: stack.Environments,
				peopleFrom: stack.PeopleFrom(), organization: stack.Organization != nil,
			}, nil
		},
		run:     program.In,
		refused: program.Refused,
		provide: func(ctx context.Context, o sandbox.Options) (provider, error) { return sandbox.Start(ctx, o) },
	}
}
