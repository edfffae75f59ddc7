package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace"
)

func newCheck(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [stack ...]",
		Short: "Hold stack files against everything that can be known before a deployment",
		Long: `Reads the stack files, renders every document as it would be deployed, and checks them. It needs no network, no credentials and
no Pulumi. All problems of all stacks are listed, each with its place in the file and what to write instead.

Without names it checks every stack of the folder.`,
		Example: `  guardrails check
  guardrails check dev --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := workspace.Open(f.dir)
			if err != nil {
				return err
			}
			stacks, err := folder.Check(f.names(args)...)
			return f.write(cmd, workspace.Summarize(stacks, err), err)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	return cmd
}
