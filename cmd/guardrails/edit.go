package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/problem"
)

// stackFile is the name and the file of the one stack that is edited.
func (f *flags) stackFile(name string) (stack, file string, err error) {
	folder, err := project.Open(f.dir)
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
		problems problem.List
		byHand   *edit.ByHandError
		over     *edit.OverError
		missing  *edit.NotFoundError
		readOnly *edit.NotWritableError
	)
	switch {
	case errors.As(err, &problems), errors.As(err, &byHand), errors.As(err, &over):
		return &exit.RefusedError{Stack: stack, Err: err}
	case errors.As(err, &missing), errors.As(err, &readOnly), errors.Is(err, edit.ErrChanged):
		return exit.Usef("%v", err)
	}
	return err
}

// edited is what grant and revoke print with --json: what became of the file, and what is left to do.
type edited struct {
	Stack string `json:"stack"`
	File  string `json:"file"`
	// Written is false for a dry run.
	Written bool   `json:"written"`
	Diff    string `json:"diff"`
	// Removed says that the grant had not begun and was taken out of the file.
	Removed bool        `json:"removed"`
	Grant   editedGrant `json:"grant"`
	Next    string      `json:"next"`
	Shells  []string    `json:"endShells"`
}

// editedGrant is a grant as the file has it after the change; the window is in UTC, and over at until.
type editedGrant struct {
	Person   string   `json:"person"`
	Ticket   string   `json:"ticket"`
	Role     string   `json:"role"`
	RunAs    string   `json:"runAs,omitempty"`
	Projects []string `json:"projects,omitempty"`
	From     string   `json:"from"`
	Until    string   `json:"until"`
}

// changeFile makes a change of a stack file, and writes it unless dryRun is set.
func changeFile(
	cmd *cobra.Command,
	stack, file string,
	dryRun bool,
	edits func() (*edit.Change, error),
) (applied *edit.Change, err error) {
	if dryRun {
		applied, err = edits()
	} else {
		applied, err = edit.Apply(cmd.Context(), file, edits)
	}
	if err != nil {
		return nil, editError(stack, err)
	}
	return applied, nil
}

// tell prints what the change is: in JSON, or in words that end with what is left to do. means says what it is for
// people, also of a dry run. The lines that end shells are of a grant that has been open.
func (f *flags) tell(
	cmd *cobra.Command,
	stack, file string,
	change *edit.Change,
	dryRun bool,
	shells []string,
	means, left string,
) error {
	out := cmd.OutOrStdout()
	if f.json {
		g := change.Grant
		from, until := g.Window()
		return json.NewEncoder(out).Encode(edited{
			Stack:   stack,
			File:    file,
			Written: !dryRun,
			Diff:    change.Diff(),
			Removed: change.Removed,
			Grant: editedGrant{
				Person:   g.Person,
				Ticket:   g.Ticket,
				Role:     g.RoleARN(),
				RunAs:    g.RunAs,
				Projects: g.Projects,
				From:     from,
				Until:    until,
			},
			Next:   f.setting().Line("up", stack),
			Shells: append([]string{}, shells...),
		})
	}
	title := "%s\n%s%s%s"
	if dryRun {
		title, left = "%s would become, and was not touched:\n%s%s%s", ""
	}
	_, err := fmt.Fprintf(out, title, file, change.Diff(), terminal.Fit(means, terminal.Width(os.Stdout)), left)
	return err
}

// patchUsage is what --patch does.
const patchUsage = "print the change as a patch for git apply, and write nothing"

// writePatch prints changes as one patch. What git reads is written as it is; on a terminal what moves the cursor or
// hides is shown as an escape, as everywhere.
func (f *flags) writePatch(cmd *cobra.Command, changes ...*edit.Change) error {
	if f.json {
		return exit.Usef("--patch prints a patch and --json an object; write one of them")
	}
	out := cmd.OutOrStdout()
	if _, filtered := out.(*visible.Writer); filtered && terminal.Width(os.Stdout) == 0 {
		out = os.Stdout
	}
	for _, c := range changes {
		patch, err := c.Patch()
		if err != nil {
			return err
		}
		if _, err := out.Write(patch); err != nil {
			return err
		}
	}
	return nil
}

// setting is where the commands run that this one tells of: on the same folder, and in the sandbox where this one is.
func (f *flags) setting() commandline.Setting {
	return commandline.Setting{Dir: f.dir, Sandbox: f.sandbox}
}
