package main

import (
	"os"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/view/matrix"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

func newMatrix(f *flags) *cobra.Command {
	var (
		markdown        bool
		wide, csv       bool
		instant, person string
	)
	cmd := &cobra.Command{
		Use:   "matrix [stack ...]",
		Short: "Who reaches which nodes, through which role and door, as which OS user, until when",
		Long: `Prints a table of everybody whom the stacks name: the roles that each person can take, the projects whose nodes
they reach, the doors that open there, the OS user behind them, and what the sign-in needs. Values that no
policy names are tried too, so that a row speaks of every node. A person who reaches nothing is listed as well.

Where the stack that carries IAM Identity Center is among them, its users and groups are people too, and
permission sets the roles. A profile is taken to say what no policy names: ${path:userName} as OS user is
whatever the profile of each person says there.

Without names it covers every stack of the folder.`,
		Example: `  guardrails matrix
  guardrails matrix dev --person non-97-test-user1
  guardrails matrix --at 2030-12-01T10:00:00+09:00 --markdown`,
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := f.instantOrNow(instant)
			if err != nil {
				return err
			}
			stacks, err := f.read(args)
			if err != nil {
				return err
			}
			m, err := matrix.Of(when, stacks...)
			if err != nil {
				return err
			}
			if person != "" {
				if err := m.Only(person); err != nil {
					return exit.Usef("%v", err)
				}
			}
			switch {
			case markdown && csv, markdown && f.json, csv && f.json:
				return exit.Usef("matrix: --markdown, --csv and --json are three forms; write one of them")
			case csv:
				return m.WriteCSV(cmd.OutOrStdout())
			case !wide:
				m.Width = terminal.Width(os.Stdout)
			}
			if markdown {
				return m.WriteMarkdown(cmd.OutOrStdout())
			}
			return f.write(cmd, m, nil)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().
		BoolVar(&wide, "wide", false, "on a terminal: lines as long as they are, and not as wide as the terminal")
	cmd.Flags().BoolVar(&csv, "csv", false, "print a table for a spreadsheet, with the ids of accounts and the ARNs")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print a table of Markdown")
	cmd.Flags().
		StringVar(&instant, "at", "", "time from which the table looks on, with its offset or zone; now where it is not given")
	cmd.Flags().StringVarP(&person, "person", "p", "", "name, alias/name or ARN of the one person to show")
	return cmd
}

// read reads the named stacks, be it that they hold or not: whoever asks why they do not must get an answer.
func (f *flags) read(args []string) ([]*stack.Stack, error) {
	folder, err := project.Open(f.dir)
	if err != nil {
		return nil, err
	}
	return folder.Read(f.names(args)...)
}
