package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/view/handover"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/result"
)

func newUp(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [stack ...]",
		Short: "Deploy stacks: into the sandbox, or into their accounts",
		Long: `Checks the stack files, reads what stands in AWS, deploys, and says what was changed. What somebody changed by
hand is put back; the summary lists it apart.

Without names it deploys every stack of the folder: people before the accounts that name them, service control
policies before the accounts that they govern (after them with --doors-first), the rest side by side. A stack
that fails stops those that need it and no others. A run that was interrupted goes on where it stopped when it
is run again. The lock of a run that died on this machine is cancelled; about any other the command says whose
it is and which line removes it.

Nothing is changed anywhere when the plan of a stack deletes or replaces a guarded resource, or takes a
permissions boundary off a user or a role, that --allow-delete does not name. A real run is refused while files
of the folder are not committed, shows its plans first and asks once (--yes answers), and reads back from AWS at
the end whether another up would change anything.`,
		Example: `  guardrails up dev --sandbox          deploy dev on this machine, no AWS account needed
  guardrails up dev --sandbox --fresh  the same from an empty sandbox
  guardrails up prod --yes             deploy prod into its account, in CI
  guardrails up --doors-first          the first roll-out of an organization`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.run(cmd, result.Up, args); err != nil || f.json {
				return err
			}
			return f.next(cmd, args)
		},
	}
	f.deployFlags(cmd)
	f.refreshFlag(cmd)
	cmd.Flags().
		StringArrayVar(&f.allowDelete, "allow-delete", nil, "name or URN of a guarded resource that may be deleted, be replaced or lose its permissions boundary; repeatable")
	cmd.Flags().
		BoolVar(&f.verify, "verify", false, "read back from AWS at the end whether another up would change anything (default true in real runs)")
	return cmd
}

// next says what people do next for whom something changed: whose user was made or changed, or a role that the person
// can take.
func (f *flags) next(cmd *cobra.Command, args []string) error {
	folder, err := project.Open(f.dir)
	if err != nil {
		return err
	}
	stacks, err := folder.Read(f.names(args)...)
	if err != nil {
		return err
	}
	people := handover.Of(stacks...)
	touched := f.ran.Touched()
	var names []string
	for _, p := range people {
		if concerns(touched, p) {
			names = append(names, p.Name)
		}
	}
	command := f.setting().Line("handover", f.names(args)...)
	text := ""
	switch {
	case len(people) == 0:
		return nil
	case len(names) == len(people):
		text = "What each person does next: " + command
	case len(names) == 0:
		text = "Nobody's user, role or permission set was made or changed. What each person does: " + command
	case len(names) <= aFew:
		text = "Something changed for " + strings.Join(names, ", ") + "; what they do next:"
		for _, name := range names {
			text += "\n  " + f.setting().Line("handover", append(f.names(args), "--person", name)...)
		}
	default:
		text = fmt.Sprintf(
			"Something changed for %d of %d people; what each person does next: %s --out DIR",
			len(names),
			len(people),
			command,
		)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "\n%s\n", text)
	return err
}

// concerns reports whether one of the things that changed is the person's user, role or permission set.
func concerns(touched map[string]map[string]bool, p handover.Person) bool {
	for _, r := range p.Roles {
		if touched[r.Stack][r.Name] {
			return true
		}
	}
	for _, names := range touched {
		if p.Managed && names[p.Name] {
			return true
		}
		if p.Portal == nil {
			continue
		}
		for _, set := range p.Portal.PermissionSets {
			if names[set.Name] {
				return true
			}
		}
	}
	return false
}
