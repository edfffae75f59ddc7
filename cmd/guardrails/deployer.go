package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/deployer"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

func newDeployer(f *flags) *cobra.Command {
	var out string
	var gitHub deployer.GitHub
	var gitLab deployer.GitLab
	var branch string
	var o deployer.Options
	cmd := &cobra.Command{
		Use:   "deployer [stack ...]",
		Short: "The least that the role which deploys a stack must be allowed, and who assumes it",
		Long: `Writes two roles for each stack, for an administrator to put in place: the deployer, which may make, change and
remove what the stack has, and a preview role, which may read it. Their policies follow from the resources that
the stack really has, and name its paths and names and nothing else of the account. With --github or --gitlab it
writes their trust policies too, for the OpenID Connect tokens of pipelines: the deployer for one branch or
environment, the preview role also for pull requests.

The deployer is not made by the stack: it could change what binds it. Run this again and put the policies in
place before an edit of the stack file that adds a name in the root path or a type of resource; --any-user
spares that for people who join and leave.

It proves nothing, because the policies follow from the resources alone: run "guardrails check" before you put
them in place.

Without names it writes the roles of every stack of the folder.`,
		Example: `  guardrails deployer --github example-org/guardrails --out deployer
  guardrails deployer workload --gitlab example-group/guardrails --branch production
  guardrails deployer dev --json | jq '.deployer.policies'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if gitHub.Repository != "" {
				gitHub.Branch, o.GitHub = branch, &gitHub
			}
			if gitLab.Project != "" {
				gitLab.Branch, o.GitLab = branch, &gitLab
			}
			return runDeployer(cmd, f, out, o, args)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&out, "out", "o", "deployer", "folder to write to")
	flags.BoolVar(
		&o.AnyUser,
		"any-user",
		false,
		"allow users of any name in the root path, so that people can join and leave",
	)
	flags.StringVar(&gitHub.Repository, "github", "", "repository, owner/name, whose workflows assume the roles")
	flags.StringVar(
		&gitHub.Environment,
		"environment",
		"",
		"with --github: the environment whose jobs deploy, in place of the branch",
	)
	flags.StringVar(&gitLab.Project, "gitlab", "", "path of the project whose pipelines assume the roles")
	flags.StringVar(&gitLab.Host, "gitlab-host", "gitlab.com", "with --gitlab: the host of your own GitLab")
	flags.StringVar(&branch, "branch", "main", "branch whose pipelines deploy")
	return cmd
}

func runDeployer(cmd *cobra.Command, f *flags, out string, o deployer.Options, args []string) error {
	folder, err := project.Open(f.dir)
	if err != nil {
		return err
	}
	stacks, err := folder.Read(f.names(args)...)
	if err != nil {
		return err
	}
	var renderings []*deployer.Rendering
	for _, stack := range stacks {
		rendering, renderErr := deployer.Render(stack, o)
		if renderErr != nil {
			return exit.Usef("stack %s: %v", stack.Name, renderErr)
		}
		renderings = append(renderings, rendering)
	}
	if f.json {
		return deployer.WriteJSON(cmd.OutOrStdout(), renderings...)
	}
	written, err := deployer.WriteFiles(out, renderings...)
	for _, path := range written {
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	if err != nil {
		return err
	}
	for _, rendering := range renderings {
		if err := rendering.WriteSteps(cmd.OutOrStdout(), out); err != nil {
			return err
		}
	}
	return nil
}
