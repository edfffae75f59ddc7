package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
)

func newDestroy(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "destroy stack ...",
		Short: "Delete what stacks deployed, but for what would open a door",
		Long: `Deletes the resources of the named stacks. Those whose loss would open a door stay in AWS on purpose and are
listed.

It goes the other way than up: what was deployed last goes first. A real run shows its plans first and asks
once; --yes answers.`,
		Example: `  guardrails destroy dev --sandbox`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(f.names(args)) == 0 {
				return exit.Usef(
					"destroy wants the names of the stacks; nothing is destroyed by leaving a word out",
				)
			}
			return f.run(cmd, result.Destroy, args)
		},
	}
	f.deployFlags(cmd)
	return cmd
}
