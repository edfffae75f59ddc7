package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace"
)

func newCheck(f *flags) *cobra.Command {
	var strict, brief bool
	cmd := &cobra.Command{
		Use:   "check [stack ...]",
		Short: "Hold stack files against everything that can be known before a deployment",
		Long: `Reads the stack files, renders every document as it would be deployed, makes the standing proofs on them, and holds them against
the expectations of the files. It needs no network, no credentials and no Pulumi.

Every proof is listed with its verdict and the page that describes it: "ok", "ok if" what is listed below as assumed, "waived" by a switch,
or FAIL with the shortest way that shows it. --strict fails on waivers and assumptions too, unless guardrails:accept repeats them.

Without names it checks every stack of the folder.`,
		Example: `  guardrails check
  guardrails check dev --strict
  guardrails check --json | jq '.stacks[].proofs[] | select(.verdict == "does not hold")'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := workspace.Open(f.dir)
			if err != nil {
				return err
			}
			summary, err := folder.Judge(strict, f.names(args)...)
			summary.Brief = brief
			return f.write(cmd, summary, err)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().BoolVar(&strict, "strict", false, "fail on waivers and assumptions that guardrails:accept does not repeat")
	cmd.Flags().BoolVarP(&brief, "brief", "b", false, "leave out what holds")
	return cmd
}
