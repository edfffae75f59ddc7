package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/report"
	"aws-access-guardrails/internal/workspace"
)

func newGrants(f *flags) *cobra.Command {
	var (
		at, inZone    string
		prune, dryRun bool
	)
	cmd := &cobra.Command{
		Use:   "grants [stack ...]",
		Short: "Which grants are open, coming and over",
		Long: `Lists the grants of the stack files: those that are open with what is left of them, those to come, and those that are over. A grant is open at its from, and over at its until.

--prune takes those out of the files that are over, and whose last shell has ended too: up then deletes their roles.`,
		Example: `  guardrails grants
  guardrails grants workload --at "tomorrow 09:00"
  guardrails grants --prune --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error {
			now := f.clock()
			folder, err := workspace.Open(f.dir)
			if err != nil {
				return err
			}
			names, err := folder.Select(f.names(args))
			if err != nil {
				return err
			}
			stacks, err := folder.Read(names...)
			if err != nil {
				return err
			}
			zone, err := zoneOf(inZone, folder.RelativeFile(names[0]))
			if err != nil {
				return err
			}
			for _, s := range stacks { // Of several stacks, the first one that says which zone.
				if inZone == "" && s.TimeZone != "" {
					zone = s.Zone()
					break
				}
			}
			if at != "" {
				if now, err = clock.Say(at, now, time.Time{}, zone); err != nil {
					return workspace.Usef("--at: %v", err)
				}
			}
			switch {
			case dryRun && !prune:
				return workspace.Usef("--dry-run says how --prune is done; add --prune")
			case prune:
				return f.prune(cmd, folder, names, now, dryRun)
			}
			return f.write(cmd, report.GrantsOf(now, zone, stacks...), nil)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&at,
		"at",
		"",
		"time at which the grants are looked at, such as \"tomorrow 09:00\"; now where it is not given",
	)
	flags.StringVar(
		&inZone,
		"zone",
		"",
		"zone of times that name none, such as Europe/Berlin; without it guardrails:timeZone, or this machine's",
	)
	flags.BoolVar(&prune, "prune", false, "take out of the stack files what is over")
	flags.BoolVar(&dryRun, "dry-run", false, "with --prune: print what would be taken out, and write nothing")
	return cmd
}

// pruned is what --prune prints with --json.
type pruned struct {
	Written bool          `json:"written"`
	Files   []changedFile `json:"files"`
	Removed []string      `json:"removed"`
	Deploy  []string      `json:"deploy"`
}

// prune takes grants out of stack files: out of all of them, or of none.
func (f *flags) prune(cmd *cobra.Command, folder *workspace.Folder, names []string, now time.Time, dryRun bool) error {
	told := pruned{Written: !dryRun, Files: []changedFile{}, Removed: []string{}, Deploy: []string{}}
	var paths []string
	for _, name := range names {
		paths = append(paths, folder.RelativeFile(name))
	}
	changes := func() (all []*edit.Change, err error) {
		for i, path := range paths {
			change, gone, err := edit.Prune(path, now)
			if err != nil {
				return nil, editError(names[i], err)
			}
			if change == nil {
				continue
			}
			all = append(all, change)
			told.Files = append(told.Files, changedFile{path, change.Diff()})
			for _, grant := range gone {
				told.Removed = append(told.Removed, grant.RoleARN())
			}
			told.Deploy = append(told.Deploy, f.setting().Line("up", names[i]))
		}
		return all, nil
	}
	var err error
	if dryRun {
		_, err = changes()
	} else {
		_, err = edit.ApplyAll(cmd.Context(), paths, changes)
	}
	if err != nil {
		return editError(names[0], err)
	}
	out := cmd.OutOrStdout()
	if f.json {
		return json.NewEncoder(out).Encode(told)
	}
	if len(told.Files) == 0 {
		fmt.Fprintln(out, "No grant is over whose shells have ended too.")
		return nil
	}
	title := "%s\n%s"
	if dryRun {
		title = "%s would become, and was not touched:\n%s"
	}
	for _, file := range told.Files {
		fmt.Fprintf(out, title, file.File, file.Diff)
	}
	if !dryRun {
		tellEnds(out, told.Deploy, nil)
	}
	return nil
}
