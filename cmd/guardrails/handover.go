package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/report"
	"aws-access-guardrails/internal/workspace"
)

func newHandover(f *flags) *cobra.Command {
	var (
		person  string
		options report.HandoverOptions
	)
	cmd := &cobra.Command{
		Use:   "handover [stack ...]",
		Short: "What each person needs: sign-in, enrolment, roles, command line",
		Long: `Writes, for each person of the stacks, the sign-in page, the steps of the first sign-in, the roles with their Switch Role links, and the
profiles for the command line; and what the roles of nodes need for the logs and the key of sessions. It holds no secret: the first password is given by whoever runs the account.

Without names it covers every stack of the folder.`,
		Example: `  guardrails handover
  guardrails handover dev --person alice --session-token`,
		RunE: func(cmd *cobra.Command, args []string) error {
			stacks, err := f.checked(args)
			if err != nil {
				return err
			}
			people := report.Handover(stacks...)
			if person != "" {
				if people, err = report.Only(people, person); err != nil {
					return workspace.Usef("%v", err)
				}
			}
			if f.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(people)
			}
			if err := report.WriteHandover(cmd.OutOrStdout(), people, options); err != nil || person != "" {
				return err
			}
			return report.WriteNodeRights(cmd.OutOrStdout(), stacks...)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().StringVarP(&person, "person", "p", "", "name or ARN of the one person to write for")
	cmd.Flags().BoolVar(&options.SessionToken, "session-token", false, "for tools that take the credentials of GetSessionToken and ask for no MFA code")
	return cmd
}

// checked are the named stacks, all of which hold.
func (f *flags) checked(args []string) ([]*config.Stack, error) {
	folder, err := workspace.Open(f.dir)
	if err != nil {
		return nil, err
	}
	stacks, err := folder.Check(f.names(args)...)
	if err != nil {
		return nil, err
	}
	return stacks, nil
}
