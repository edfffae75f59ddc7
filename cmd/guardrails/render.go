package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/view/render"
	"aws-access-guardrails/internal/workspace/project"
)

func newRender(f *flags) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "render [stack ...]",
		Short: "The documents that would be deployed, as files for reviewers or as JSON",
		Long: `Writes every document of the stacks as it would be deployed: a folder per stack, a file per document. Files of
an earlier run that no longer exist are removed. With --json it prints one object per stack instead, in the form
of "aws iam get-account-authorization-details" where AWS has a form.

It proves nothing, because its output does not depend on a proof: a stack that "guardrails check" refuses is
rendered too, so that a reviewer can read what is refused. A file that cannot be read is refused as in every
verb.

Without names it renders every stack of the folder.`,
		Example: `  guardrails render --out rendered
  guardrails render dev --json | jq '.authorizationDetails.RoleDetailList[].RoleName'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			stacks, err := folder.Read(f.names(args)...)
			if err != nil {
				return err
			}
			var renderings []*render.Rendering
			for _, stack := range stacks {
				rendering, renderErr := render.Of(stack)
				if renderErr != nil {
					return renderErr
				}
				renderings = append(renderings, rendering)
			}
			if f.json {
				return render.WriteJSON(cmd.OutOrStdout(), renderings...)
			}
			written, err := render.WriteFiles(out, renderings...)
			for _, path := range written {
				fmt.Fprintln(cmd.OutOrStdout(), path)
			}
			return err
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "rendered", "folder to write to")
	return cmd
}
