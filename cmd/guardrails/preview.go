package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/result"
)

func newPreview(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "preview [stack ...]",
		Short: "What up would change, resource by resource",
		Long: `Checks the stack files, reads what stands in AWS, then asks the engine what "up" would change. What somebody
changed by hand, and "up" puts back, is listed apart from the changes. Nothing is changed.

Without names it previews every stack of the folder. A real preview uses the backend, the credentials and the
plugins that the pulumi command would use in this folder.`,
		Example: `  guardrails preview dev --sandbox
  guardrails preview prod --json | jq '.stacks[].changes[] | select(.op == "replace")'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, result.Preview, args)
		},
	}
	f.engineFlags(cmd)
	f.refreshFlag(cmd)
	return cmd
}
