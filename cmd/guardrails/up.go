package main

import (
	"github.com/spf13/cobra"

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
			_, err := f.run(cmd, workspace.Up, args)
			return err
		},
	}
	f.engineFlags(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask before a real run changes an account")
	return cmd
}
