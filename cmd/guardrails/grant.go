package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/workspace"
)

func newGrant(f *flags) *cobra.Command {
	var (
		grant       edit.Grant
		from, until string
		length      time.Duration
		dryRun      bool
	)
	cmd := &cobra.Command{
		Use:   "grant stack person",
		Short: "Write OS access for one person and for a while into a stack file",
		Long: `Adds a grant to the section guardrails:grants of the stack file. Comments, order and spacing of everything else stay as they are. The new
content is read first, and nothing is written when any of it is refused. No account is touched: up applies the file.

The person is a user of the stack, alias/name for a user of another stack of the folder, or the ARN of a user.`,
		Example: `  guardrails grant workload jump/alice --run-as alice --for 4h --ticket CHG1234
  guardrails grant workload jump/bob --run-as bob --from 2026-12-01T09:00+09:00 --until 2026-12-01T13:00+09:00 --ticket CHG1235 --dry-run`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			now := time.Now()
			grant.Person = args[1]
			if grant.From, grant.Until, err = window(now, from, until, length); err != nil {
				return err
			}
			if grant.Ticket == "" {
				return workspace.Usef("--ticket is missing; write why the grant exists, such as --ticket CHG1234")
			}
			stack, file, err := f.stackFile(args[0])
			if err != nil {
				return err
			}
			change, err := changeFile(cmd, stack, file, dryRun, func() (*edit.Change, error) { return edit.AddGrant(file, grant) })
			if err != nil {
				return err
			}
			begin, end := change.Grant.Window()
			left := fmt.Sprintf("\n%s%s can assume %s from %s until %s, once it is deployed:\n  %s\n",
				reach(change.Grant.Projects, change.Grant.OSAccess.Projects), grant.Person, change.Grant.RoleARN(), begin, end, f.command("up", stack))
			return f.tell(cmd, stack, file, change, dryRun, nil, left)
		},
	}
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&grant.RunAs, "run-as", "", "OS user of the shells; without it they start as sessions.runAs.defaultUser")
	flags.StringVar(&grant.Ticket, "ticket", "", "why the grant exists, such as CHG1234")
	flags.StringArrayVar(&grant.Projects, "project", nil, "project of osAccess that the grant reaches; repeatable, without it all of them")
	flags.StringVar(&from, "from", "", "when it begins, with offset, such as 2026-12-01T09:00+09:00; without it now")
	flags.StringVar(&until, "until", "", "when it ends, with offset, such as 2026-12-01T13:00+09:00")
	flags.DurationVar(&length, "for", 0, "how long it lasts, such as 4h, in place of --until")
	flags.BoolVar(&dryRun, "dry-run", false, "print what would be written, and write nothing")
	return cmd
}

// reach says what a grant reaches that names no project, of those that osAccess lists; empty for one that names some.
func reach(named, listed []string) string {
	switch {
	case len(named) > 0:
		return ""
	case len(listed) > 0:
		return fmt.Sprintf("It reaches the nodes of every project of osAccess: %s. --project narrows it.\n", strings.Join(listed, ", "))
	}
	return "It reaches every node of the account: osAccess names no projects, and neither does the grant. --project narrows it where osAccess.projects lists them.\n"
}

// times are how --from and --until may be written: with or without seconds, always with an offset.
var times = []string{time.RFC3339, "2006-01-02T15:04Z07:00"}

// instant reads a time. The grant begins or ends with a second.
func instant(flag, value string) (time.Time, error) {
	for _, layout := range times {
		if at, err := time.Parse(layout, value); err == nil {
			if at.Nanosecond() != 0 {
				return at, workspace.Usef("%s %q has a part of a second; write whole seconds: %s", flag, value, at.Truncate(time.Second).Format(time.RFC3339))
			}
			return at, nil
		}
	}
	return time.Time{}, workspace.Usef(`%s %q is not a time that is read here; write date, "T", hours and minutes, seconds if they matter, and the offset or Z: `+
		`2026-12-01T09:00+09:00, 2026-12-01T09:00:30+09:00 or 2026-12-01T00:00Z`, flag, value)
}

// window is what the flags say, in whole seconds.
func window(now time.Time, from, until string, length time.Duration) (begin, end time.Time, err error) {
	begin = now.Truncate(time.Second)
	if from != "" {
		if begin, err = instant("--from", from); err != nil {
			return begin, end, err
		}
	}
	switch {
	case until != "" && length != 0:
		return begin, end, workspace.Usef("--until and --for say the same; write one of them")
	case until == "" && length == 0:
		return begin, end, workspace.Usef("when the grant ends is missing; write --for 4h, or --until with a time")
	case length < 0:
		return begin, end, workspace.Usef("--for %s goes backwards; write how long the grant lasts, such as 4h", length)
	case length != 0:
		end = begin.Add(length)
	default:
		if end, err = instant("--until", until); err != nil {
			return begin, end, err
		}
	}
	if !end.After(now) {
		return begin, end, workspace.Usef("the window ended at %s already; write a later end", end.Format(time.RFC3339))
	}
	return begin, end, nil
}
