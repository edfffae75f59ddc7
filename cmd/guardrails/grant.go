package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
)

func newGrant(f *flags) *cobra.Command {
	var (
		given       edit.Grant
		from, until string
		inZone      string
		length      time.Duration
		dryRun      bool
		patch       bool
	)
	cmd := &cobra.Command{
		Use:   "grant stack person",
		Short: "Write OS access or a role for one person and for a while into a stack file",
		Long: `Adds a grant to the section guardrails:grants of the stack file. Comments, order and spacing of everything else
stay as they are. The new content is read first, and nothing is written when any of it is refused. No account is
touched: up applies the file.

The person is a user of the stack, alias/name for a user of another stack of the folder or for somebody of its
identityCenter.users, or the ARN of a user. --opens names a role of operationRoles or delegatedRoles: the person
gets its rights, in a role of their own, and nobody else's way into it changes.

Times are said as in 19:00, 7pm, "in 2h", "tonight 19:00", "tomorrow 09:00", "friday 09:00", "2030-12-01 09:00",
"19:00 Asia/Tokyo" or 2030-12-01T09:00+09:00. Those without a zone are in that of --zone, of guardrails:timeZone
in the stack file, or of this machine. A time that clocks show twice on the day on which they are set back, or
not at all when they are set forward, is refused with what to write. What is printed is in that zone and in UTC.`,
		Example: `  guardrails grant workload jump/alice --run-as alice --for 4h --ticket CHG1234
  guardrails grant workload identity/dave --opens AdminRole --from "tonight 19:00" --for 2h --ticket CHG1236
  guardrails grant workload jump/bob --run-as bob --from "tonight 19:00" --for 2h --zone Europe/Berlin --ticket CHG1235
  guardrails grant workload jump/bob --run-as bob --from 2030-12-01T09:00+09:00 --until 2030-12-01T13:00+09:00 --ticket CHG1235 --dry-run
  guardrails grant workload jump/bob --run-as bob --for 2h --ticket CHG1236 --patch | git apply`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			now := f.clock()
			given.Person = args[1]
			stack, file, err := f.stackFile(args[0])
			if err != nil {
				return err
			}
			zone, err := zoneOf(inZone, file)
			if err != nil {
				return err
			}
			if given.From, given.Until, err = window(now, zone, from, until, length); err != nil {
				return err
			}
			if given.Ticket == "" {
				return exit.Usef("--ticket is missing; write why the grant exists, such as --ticket CHG1234")
			}
			change, err := changeFile(
				cmd,
				stack,
				file,
				dryRun || patch,
				func() (*edit.Change, error) { return edit.AddGrant(file, given) },
			)
			if err != nil {
				return err
			}
			if patch {
				return f.writePatch(cmd, change)
			}
			means := fmt.Sprintf(
				"\n%s%s can assume %s for %s, once it is deployed:\n  from  %s\n  until %s\n",
				reach(change.Grant),
				given.Person,
				change.Grant.RoleARN(),
				clock.Left(given.Until.Sub(given.From)),
				clock.Show(given.From, zone),
				clock.Show(given.Until, zone),
			)
			left := "  " + f.setting().Line("up", stack) + "\n"
			return f.tell(cmd, stack, file, change, dryRun || patch, nil, means, left)
		},
	}
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&given.RunAs,
		"run-as",
		"",
		"OS user of the shells; without it they start as sessions.runAs.defaultUser",
	)
	flags.StringVar(
		&given.Opens,
		"opens",
		"",
		"role of operationRoles or delegatedRoles whose rights the person gets; without it OS access",
	)
	flags.StringVar(&given.Ticket, "ticket", "", "why the grant exists, such as CHG1234")
	flags.StringVar(&given.AskedBy, "asked-by", "", "who asked for the grant: a tag of its role")
	flags.StringVar(&given.ApprovedBy, "approved-by", "", "who approves the grant, somebody else: a tag of its role")
	flags.StringArrayVar(
		&given.Projects,
		"project",
		nil,
		"project that the grant reaches, of those of what it opens; repeatable, without it all of them",
	)
	flags.StringVar(&from, "from", "", "when it begins, such as \"tonight 19:00\"; without it now")
	flags.StringVar(&until, "until", "", "when it ends, such as 21:00, which is the first one after it begins")
	flags.StringVar(
		&inZone,
		"zone",
		"",
		"zone of times that name none, such as Europe/Berlin; without it guardrails:timeZone, or this machine's",
	)
	flags.DurationVar(&length, "for", 0, "how long it lasts, such as 4h, in place of --until")
	flags.BoolVar(&dryRun, "dry-run", false, "print what would be written, and write nothing")
	cmd.Flags().BoolVar(&patch, "patch", false, patchUsage)
	return cmd
}

// reach says what a grant reaches that names no project; empty for one that names some.
func reach(g *grant.Args) string {
	projects := strings.Join(g.Reaches(), ", ")
	switch {
	case g.DelegatedRole != nil:
		return fmt.Sprintf("It carries %s in the whole account.\n", strings.Join(g.DelegatedRole.ManagedPolicies, ", "))
	case len(g.Projects) > 0:
		return ""
	case g.OSAccess == nil:
		return fmt.Sprintf("It reaches the nodes of %s, as %s does.\n", projects, g.Opens)
	case projects != "":
		return fmt.Sprintf(
			"It reaches the nodes of every project of osAccess: %s. --project narrows it.\n",
			projects,
		)
	}
	return "It reaches every node of the account: osAccess names no projects, and neither does the grant. --project narrows it where osAccess.projects lists them.\n"
}

// zoneOf is the zone in which times without an offset are read, and all are shown: that of --zone, of the stack file,
// or of the machine.
func zoneOf(name, file string) (*time.Location, error) {
	if name != "" {
		zone, err := clock.Zone(name)
		if err != nil {
			return nil, exit.Usef(
				"--zone: %v; write a name of the IANA time zone database, such as Asia/Tokyo, Europe/Berlin or UTC",
				err,
			)
		}
		return zone, nil
	}
	stack, problems := stack.ReadFile(file)
	if len(problems) > 0 {
		return time.Local, nil // The file is refused when it is edited.
	}
	return stack.Zone(), nil
}

// window is what the flags say, in whole seconds. A time of day in until is the first one after the beginning.
func window(
	now time.Time,
	zone *time.Location,
	from, until string,
	length time.Duration,
) (begin, end time.Time, err error) {
	begin = now.In(zone).Truncate(time.Second)
	if from != "" {
		if begin, err = clock.Say(from, now, time.Time{}, zone); err != nil {
			return begin, end, exit.Usef("--from: %v", err)
		}
	}
	switch {
	case until != "" && length != 0:
		return begin, end, exit.Usef("--until and --for say the same; write one of them")
	case until == "" && length == 0:
		return begin, end, exit.Usef("when the grant ends is missing; write --for 4h, or --until with a time")
	case length < 0:
		return begin, end, exit.Usef("--for %s goes backwards; write how long the grant lasts, such as 4h", length)
	case length%time.Second != 0:
		return begin, end, exit.Usef(
			"--for %s is not in whole seconds; write how long the grant lasts, such as 4h",
			length,
		)
	case length != 0:
		// So long on a clock that does not change: an hour is an hour, whatever clocks on walls do in it.
		end = begin.Add(length)
	default:
		if end, err = clock.Say(until, now, begin, zone); err != nil {
			return begin, end, exit.Usef("--until: %v", err)
		}
	}
	if !end.After(now) {
		return begin, end, exit.Usef("the window ended at %s already; write a later end", clock.Show(end, zone))
	}
	return begin, end, nil
}
