package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/result"
)

func newDrift(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drift [stack ...]",
		Short: "What in AWS differs from what the stack files deploy",
		Long: `Reads every resource of the stacks from AWS, compares it with what the stack file would deploy, and says what
differs: resource by resource, property by property, policies statement by statement, other documents key by
key. What somebody changed by hand is told apart from what is not deployed yet. Policies that others attached to
the group and the roles of the stacks are seen too. Nothing is changed, in AWS or in the state.

It exits with 1 when something differs: "up" puts back what somebody changed, and deploys what is not deployed;
where it does not, the line says so. It exits with 2 when there was nothing to look at, because the backend does
not know the stack or its state is empty.`,
		Example: `  guardrails drift
  guardrails drift prod --json | jq '.stacks[].drift[]?.differences[]?.text'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, result.Drift, args)
		},
	}
	f.engineFlags(cmd)
	return cmd
}
