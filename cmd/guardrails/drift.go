package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace"
)

func newDrift(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drift [stack ...]",
		Short: "What somebody changed by hand since it was deployed",
		Long: `Reads every resource of the stacks from AWS and says what is not as it was deployed: resource by resource, property by property, policies
statement by statement. Policies that others attached to the group and the roles of the stacks are seen too. Nothing is changed, in AWS or in the state.

It exits with 1 when something differs. "up" puts it back, but for what is gone from the stack file as well.`,
		Example: `  guardrails drift
  guardrails drift prod --json | jq '.stacks[].drift[]?.differences[]?.text'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, workspace.Drift, args)
		},
	}
	f.engineFlags(cmd)
	return cmd
}
