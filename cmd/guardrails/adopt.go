package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/adopt"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
)

func newAdopt(f *flags) *cobra.Command {
	var (
		selected adopt.Selection
		dryRun   bool
	)
	cmd := &cobra.Command{
		Use:   "adopt stack",
		Short: "Write what exists in an account into its stack file, so that up takes it over",
		Long: `Asks the account for what the stack would collide with: preferences of Session Manager, the group that enforces
MFA, users, roles and policies of its names. What the stack file says stands; what it leaves open is filled with
what exists; the section guardrails:adopt lists what the next up imports and then changes in place. Nothing is
deleted, no account is touched, and every other byte of the file stays.

Users whom the stack file does not have are named and left alone; --user takes one.

It shows what it found and what it would write, and asks; --yes answers.`,
		Example: `  guardrails adopt prod
  guardrails adopt prod --user alice --user bob --dry-run
  guardrails adopt dev --sandbox --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			stack, path, err := f.stackFile(args[0])
			if err != nil {
				return err
			}
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			options := workspace.Options{Sandbox: f.sandbox, Progress: progress.New(os.Stderr)}
			existing, err := workspace.New(folder, options).Existing(cmd.Context(), stack, selected)
			if err != nil {
				return err
			}
			file, err := edit.Open(path)
			if err != nil {
				return editError(stack, err)
			}
			plan := adopt.Make(file, existing, selected)
			if writeErr := f.write(cmd, plan, nil); writeErr != nil {
				return writeErr
			}
			if !plan.Nothing() {
				err = f.adopt(cmd, stack, path, file, plan, dryRun)
			}
			if err == nil && len(plan.Refused) > 0 {
				err = &exit.RefusedError{
					Stack: stack,
					Err: fmt.Errorf(
						"%s: %d of what exists cannot become the stack's; up stops at it",
						stack,
						len(plan.Refused),
					),
				}
			}
			return err
		},
	}
	cmd.Flags().
		StringArrayVar(&selected.Users, "user", nil, "take a user whom the stack file does not have; repeatable")
	cmd.Flags().BoolVar(&selected.AllUsers, "all-users", false, "take every user of the account")
	cmd.Flags().
		BoolVar(
			&f.sandbox, "sandbox", false, "ask the local AWS in place of the account; the stack file is the real one",
		)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be written, and write nothing")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask before the stack file is written")
	f.jsonFlag(cmd)
	return cmd
}

// adopt writes the plan into the stack file, once somebody agrees to the difference.
func (f *flags) adopt(cmd *cobra.Command, stack, path string, file *edit.File, plan *adopt.Plan, dryRun bool) error {
	change, err := file.Add(plan.Additions...)
	if err != nil {
		return editError(stack, err)
	}
	out := cmd.OutOrStdout()
	if f.json {
		out = cmd.ErrOrStderr()
	}
	if dryRun {
		_, fprintfErr := fmt.Fprintf(out, "\n%s would become, and was not touched:\n%s", path, change.Diff())
		return fprintfErr
	}
	if _, fprintfErr := fmt.Fprintf(out, "\n%s\n%s", path, change.Diff()); fprintfErr != nil {
		return fprintfErr
	}
	if !f.yes {
		yes, askErr := workspace.AskYes(os.Stdin, os.Stderr, "write "+path)
		if askErr != nil {
			return askErr
		}
		if !yes {
			return exit.Usef("%s: not confirmed; nothing was written", path)
		}
	}
	if writeErr := change.Write(cmd.Context()); writeErr != nil {
		return editError(stack, writeErr)
	}
	_, err = fmt.Fprintf(
		out,
		"\nwritten; see what up makes of it:\n  %s\nOnce up has run, guardrails:adopt may stay or go.\n",
		f.setting().Line("preview", stack),
	)
	return err
}
