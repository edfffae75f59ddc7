package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
)

func newStacks(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stacks [stack ...]",
		Short: "The stacks in the order in which up runs them, as levels",
		Long: `Prints the stacks of the folder as levels. The stacks of one level do not need each other; a level is begun when
the one before is done. A CI system that deploys each stack in a job of its own reads them with --json and runs
"guardrails up <stack>" for each.

Stack files are read and not checked: no network, no engine.`,
		Example: `  guardrails stacks
  guardrails stacks --json | jq -c '.levels[0]'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			levels, err := workspace.LevelsOf(folder, f.doorsFirst, f.names(args)...)
			if err != nil {
				return err
			}
			return f.write(cmd, levels, nil)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().BoolVar(&f.doorsFirst, "doors-first", false, "the order of up --doors-first")
	return cmd
}
