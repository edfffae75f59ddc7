package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/config"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/workspace"
)

// stackFile is the name and the file of the one stack that is edited.
func (f *flags) stackFile(name string) (stack, file string, err error) {
	folder, err := workspace.Open(f.dir)
	if err != nil {
		return "", "", err
	}
	names, err := folder.Select([]string{name})
	if err != nil {
		return "", "", err
	}
	return names[0], folder.RelativeFile(names[0]), nil
}

// editError gives the errors of an edit their exit status.
func editError(stack string, err error) error {
	var (
		problems config.Problems
		byHand   *edit.ByHandError
		over     *edit.OverError
		missing  *edit.NotFoundError
	)
	switch {
	case errors.As(err, &problems), errors.As(err, &byHand), errors.As(err, &over):
		return &workspace.RefusedError{Stack: stack, Err: err}
	case errors.As(err, &missing):
		return workspace.Usef("%v", err)
	}
	return err
}

// apply writes the change, or shows what it would be.
func (f *flags) apply(cmd *cobra.Command, file string, change *edit.Change, dryRun bool) error {
	title := "%s\n%s"
	if dryRun {
		title = "%s would become, and was not touched:\n%s"
	} else if err := change.Write(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), title, file, change.Diff())
	return err
}

// command is how a verb is written for a stack of this folder.
func (f *flags) command(verb, stack string) string {
	if f.dir != "." {
		return fmt.Sprintf("guardrails %s %s -C %s", verb, stack, f.dir)
	}
	return "guardrails " + verb + " " + stack
}
