package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace"
)

func newUp(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [stack ...]",
		Short: "Deploy stacks: into the sandbox, or into their accounts",
		Long: `Checks the stack files, reads what stands in AWS, deploys, and says what was changed. What somebody changed by hand is put back; the summary lists it apart.

Without names it deploys every stack of the folder: people before the accounts that name them, service control policies before the accounts that
they govern (after them with --doors-first), the rest side by side. A stack that fails stops those that need it and no others. A run that was
interrupted goes on where it stopped when it is run again. The lock of a run that died on this machine is cancelled; about any other the command says
whose it is and which line removes it.

Nothing is changed anywhere when the plan of a stack deletes or replaces a guarded resource that --allow-delete does not name. A real run is
refused while files of the folder are not committed, shows its plans first and asks once (--yes answers), and reads back from AWS at the end whether
another up would change anything.`,
		Example: `  guardrails up dev --sandbox          deploy dev on this machine, no AWS account needed
  guardrails up dev --sandbox --fresh  the same from an empty sandbox
  guardrails up prod --yes             deploy prod into its account, in CI
  guardrails up --doors-first          the first roll-out of an organization`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.run(cmd, workspace.Up, args); err != nil || f.json {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "\nWhat each person does next: %s\n",
				strings.Join(append([]string{"guardrails handover"}, f.names(args)...), " "))
			return err
		},
	}
	f.deployFlags(cmd)
	f.refreshFlag(cmd)
	cmd.Flags().StringArrayVar(&f.allowDelete, "allow-delete", nil, "name or URN of a guarded resource that may be deleted or replaced; repeatable")
	cmd.Flags().BoolVar(&f.verify, "verify", false, "read back from AWS at the end whether another up would change anything (default true in real runs)")
	return cmd
}
