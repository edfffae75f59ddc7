package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/report"
	"aws-access-guardrails/internal/workspace"
)

func newUp(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [stack ...]",
		Short: "Deploy stacks: into the sandbox, or into their accounts",
		Long: `Checks the stack files, deploys them one after the other, and says what was made and what each person does next.

Without names it deploys every stack of the folder. A run that was interrupted goes on where it stopped when it is run again.
A real run shows its plan first and asks; --yes answers.`,
		Example: `  guardrails up dev --sandbox          deploy dev on this machine, no AWS account needed
  guardrails up dev --sandbox --fresh  the same from an empty sandbox
  guardrails up prod --yes             deploy prod into its account, in CI`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.run(cmd, workspace.Up, args); err != nil || f.json {
				return err
			}
			people, err := f.people(args)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprint(cmd.OutOrStdout(), "\nWhat each person does next (\"guardrails handover\" prints it again)\n\n"); err != nil {
				return err
			}
			return report.WriteHandover(cmd.OutOrStdout(), people, report.HandoverOptions{})
		},
	}
	f.engineFlags(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask before a real run changes an account")
	return cmd
}
