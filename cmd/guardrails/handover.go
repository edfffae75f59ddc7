package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/view/handover"
	"aws-access-guardrails/internal/workspace/exit"
)

func newHandover(f *flags) *cobra.Command {
	var (
		person  string
		out     string
		all     bool
		options handover.Options
	)
	cmd := &cobra.Command{
		Use:   "handover [stack ...]",
		Short: "What each person needs: sign-in, enrolment, roles, command line",
		Long: `Writes, for each person of the stacks, the sign-in page, the steps of the first sign-in, the roles with their
Switch Role links, and the profiles for the command line; and what the roles of nodes need for the logs and the
key of sessions. It holds no secret: the first password is given by whoever runs the account.

Of more than a few people it says who there is, and writes all of it with --all, or a file for each person with
--out.

It proves nothing, because its output follows from the stack files alone: that the roles can be taken and the
shells open is what "guardrails check" proves.

Without names it covers every stack of the folder.`,
		Example: `  guardrails handover
  guardrails handover --out handover
  guardrails handover dev --person alice --session-token`,
		RunE: func(cmd *cobra.Command, args []string) error {
			stacks, err := f.read(args)
			if err != nil {
				return err
			}
			people := handover.Of(stacks...)
			if person != "" {
				if people, err = handover.Only(people, person); err != nil {
					return exit.Usef("%v", err)
				}
			}
			if out != "" && len(people) > 0 {
				return f.writeFiles(cmd, out, people, options)
			}
			if f.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(people)
			}
			if !all && person == "" && len(people) > aFew {
				return handover.WriteSummary(
					cmd.OutOrStdout(),
					people,
					f.setting().Line("handover", f.names(args)...),
				)
			}
			if err := handover.WriteText(cmd.OutOrStdout(), people, options); err != nil || person != "" {
				return err
			}
			return handover.WriteNodeRights(cmd.OutOrStdout(), stacks...)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().StringVarP(&person, "person", "p", "", "name or ARN of the one person to write for")
	cmd.Flags().StringVarP(&out, "out", "o", "", "folder to write a file for each person to, readable by you alone")
	cmd.Flags().BoolVar(&all, "all", false, "write all of it here, whatever the number of people")
	cmd.Flags().
		BoolVar(&options.SessionToken, "session-token", false, "for tools that take the credentials of GetSessionToken and ask for no MFA code")
	return cmd
}

// aFew are so many people that the text for all of them is what somebody wants to read at once.
const aFew = 6

// writeFiles writes a file for each person.
func (f *flags) writeFiles(
	cmd *cobra.Command,
	folder string,
	people []handover.Person,
	options handover.Options,
) error {
	if f.json {
		return exit.Usef("handover: --out writes texts; leave --json out, or redirect what it prints")
	}
	names, err := handover.WriteFiles(folder, people, options)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d files in %s, such as %s\n", len(names), folder, names[0])
	return err
}
