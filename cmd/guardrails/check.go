package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/workspace/project"
)

func newCheck(f *flags) *cobra.Command {
	var (
		strict, brief, all bool
		instant            string
	)
	cmd := &cobra.Command{
		Use:   "check [stack ...]",
		Short: "Hold stack files against everything that can be known before a deployment",
		Long: `Reads the stack files, renders every document as it would be deployed, makes the standing proofs on them, and
holds them against the expectations of the files. It needs no network, no credentials and no Pulumi.

What does not hold comes first: each claim as a sentence, with FAIL, the page that describes it, and the
shortest way that shows it. Of a stack that holds it says how many claims are proven, what they rest on that
nobody has accepted, and notices. --all writes every claim and expectation with its verdict: "ok", "ok if" what
is listed below as assumed, or "waived" by a switch.

--strict fails on waivers and assumptions too, unless guardrails:accept repeats them. A notice whose id stands
there with a reason is quiet; the id is its path, with the name of a role or permission set in place of its
number.

It looks from now on, or from --at: what a grant or a condition on the time opened before is over, and what
opens later counts.

Without names it checks every stack of the folder.`,
		Example: `  guardrails check
  guardrails check dev --strict
  guardrails check --json | jq '.stacks[].proofs[] | select(.verdict == "does not hold")'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := f.instantOrNow(instant)
			if err != nil {
				return err
			}
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			summary, err := folder.Judge(strict, from, f.names(args)...)
			summary.Brief, summary.All = brief, all
			return f.write(cmd, summary, err)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().
		BoolVar(&strict, "strict", false, "fail on waivers and assumptions that guardrails:accept does not repeat")
	cmd.Flags().
		StringVar(&instant, "at", "", "time from which the proofs look on, with its offset or zone; now where it is not given")
	cmd.Flags().BoolVarP(&brief, "brief", "b", false, "leave out everything that holds")
	cmd.Flags().
		BoolVarP(&all, "all", "a", false, "write every claim and expectation, and every reason that is accepted")
	cmd.MarkFlagsMutuallyExclusive("brief", "all")
	return cmd
}
