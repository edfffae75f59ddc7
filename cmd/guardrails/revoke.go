package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/workspace/project"
)

func newRevoke(f *flags) *cobra.Command {
	var (
		person, inZone string
		dryRun, patch  bool
	)
	cmd := &cobra.Command{
		Use:   "revoke stack ticket",
		Short: "End a grant of a stack file now, and print what ends its open shells",
		Long: `Ends the grant with the ticket: the until of a grant that is open becomes now, and a grant that has not begun is
taken out of the file with the comment right above it and with the expectations about its role. A grant that is
over is refused. Comments, order and spacing of everything else stay as they are. No account is touched: up
applies the file, and the printed lines end the shells that are open, which AWS does not do by itself.`,
		Example: `  guardrails revoke workload CHG1234
  guardrails revoke workload CHG1234 --person jump/alice --dry-run`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			stack, file, err := f.stackFile(args[0])
			if err != nil {
				return err
			}
			zone, err := zoneOf(inZone, file)
			if err != nil {
				return err
			}
			change, err := changeFile(cmd, stack, file, dryRun || patch, f.revokes(stack, file, args[1], person))
			if err != nil {
				return err
			}
			if patch {
				return f.writePatch(cmd, change)
			}
			var shells []string
			if !change.Removed {
				shells = change.Grant.EndShells()
			}
			return f.tell(
				cmd,
				stack,
				file,
				change,
				dryRun || patch,
				shells,
				revoked(change, zone),
				f.afterRevoke(stack, change, shells),
			)
		},
	}
	f.jsonFlag(cmd)
	cmd.Flags().StringVar(&person, "person", "", "the person as the file writes it, where a ticket has several grants")
	cmd.Flags().
		StringVar(&inZone, "zone", "", "zone in which times are shown, such as Europe/Berlin; without it guardrails:timeZone, or this machine's")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be written, and write nothing")
	cmd.Flags().BoolVar(&patch, "patch", false, patchUsage)
	return cmd
}

// revokes ends the grant, and says of a ticket that the stack does not have which other one has it.
func (f *flags) revokes(stack, file, ticket, person string) func() (*edit.Change, error) {
	return func() (*edit.Change, error) {
		change, err := edit.Revoke(file, ticket, person, f.clock())
		if folder, folderErr := project.Open(f.dir); folderErr == nil {
			err = edit.InPlaceOf(err, folder.OtherFiles(stack), stack)
		}
		return change, err
	}
}

// revoked says what becomes of the grant.
func revoked(change *edit.Change, zone *time.Location) string {
	grant := change.Grant
	if change.Removed {
		return fmt.Sprintf(
			"\n%s would have had %s from %s; now it never opens.\n",
			grant.Person,
			grant.RoleName(),
			clock.Show(grant.From, zone),
		)
	}
	return fmt.Sprintf(
		"\n%s has %s until %s in place of\n%s.\n",
		grant.Person,
		grant.RoleName(),
		clock.Show(grant.Until, zone),
		clock.Show(change.Was, zone),
	)
}

// afterRevoke says what is left to do, in its order: a shell that is ended before the window is shut can be opened
// again.
func (f *flags) afterRevoke(stack string, change *edit.Change, shells []string) string {
	grant := change.Grant
	var b strings.Builder
	before := "can still use"
	if change.Removed {
		before = "will be able to use"
	}
	fmt.Fprintf(
		&b,
		"\n1. Shut the window; until then %s %s the grant as it was deployed:\n  %s\n",
		grant.Person,
		before,
		f.setting().Line("up", stack),
	)
	b.WriteString(change.Refused())
	if change.Removed {
		b.WriteString("The grant had not begun, so there are no shells of it.\n")
		return b.String()
	}
	fmt.Fprintf(
		&b,
		"2. End the shells that are open, in account %s; without this the last one can go on for sessions.maxDuration after step 1:\n",
		grant.Account().ID,
	)
	for _, line := range shells {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}
