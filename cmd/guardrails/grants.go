package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/view/grants"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

// grantsFlags are those of grants.
type grantsFlags struct {
	instant, inZone, since string
	prune, dryRun, patch   bool
	records                []string
}

func newGrants(f *flags) *cobra.Command {
	g := &grantsFlags{}
	cmd := &cobra.Command{
		Use:   "grants [stack ...]",
		Short: "Which grants are open, coming and over",
		Long: `Lists the grants of the stack files: those that are open with what is left of them, those to come, and those
that are over. A grant is open at its from, and over at its until.

--replay reads records of CloudTrail, as "guardrails replay" does, and tells when each grant was used last: a
call by a session of its role, or somebody who assumed it.

--prune takes those out of the files that are over, and whose last shell has ended too: up then deletes their
roles.`,
		Example: `  guardrails grants
  guardrails grants workload --at "tomorrow 09:00"
  guardrails grants --replay AWSLogs/
  guardrails grants --since main... --json
  guardrails grants --prune --dry-run
  guardrails grants --prune --patch | git apply`,
		RunE: func(cmd *cobra.Command, args []string) error { return g.run(cmd, f, args) },
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&g.instant,
		"at",
		"",
		"time at which the grants are looked at, such as \"tomorrow 09:00\"; now where it is not given",
	)
	flags.StringVar(
		&g.inZone,
		"zone",
		"",
		"zone of times that name none, such as Europe/Berlin; without it guardrails:timeZone, or this machine's",
	)
	flags.StringArrayVar(
		&g.records,
		"replay",
		nil,
		"file or folder of CloudTrail records that tell when the grants were used last; repeatable",
	)
	flags.StringVar(
		&g.since,
		"since",
		"",
		"only grants that are new or changed since this revision of git; \"main...\" is where this branch left main",
	)
	flags.BoolVar(&g.patch, "patch", false, patchUsage)
	flags.BoolVar(&g.prune, "prune", false, "take out of the stack files what is over")
	flags.BoolVar(&g.dryRun, "dry-run", false, "with --prune: print what would be taken out, and write nothing")
	return cmd
}

func (g *grantsFlags) run(cmd *cobra.Command, f *flags, args []string) error {
	now := f.clock()
	folder, err := project.Open(f.dir)
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
	zone, err := zoneOf(g.inZone, folder.RelativeFile(names[0]))
	if err != nil {
		return err
	}
	for _, s := range stacks { // Of several stacks, the first one that says which zone.
		if g.inZone == "" && s.TimeZone != "" {
			zone = s.Zone()
			break
		}
	}
	if g.instant != "" {
		if now, err = clock.Say(g.instant, now, time.Time{}, zone); err != nil {
			return exit.Usef("--at: %v", err)
		}
	}
	switch {
	case (g.dryRun || g.patch) && !g.prune:
		return exit.Usef("--dry-run and --patch say how --prune is done; add --prune")
	case g.prune && (len(g.records) > 0 || g.since != ""):
		return exit.Usef(
			"--replay and --since say what is listed, on which --prune does not depend; leave them out",
		)
	case g.prune:
		return f.prune(cmd, folder, names, now, g.dryRun || g.patch, g.patch)
	}
	list := grants.Of(now, zone, stacks...)
	list.Width = terminal.Width(os.Stdout)
	if g.since != "" {
		then, _, notes, err := against.StacksAt(cmd.Context(), folder, g.since, f.names(args)...)
		if err != nil {
			return err
		}
		for _, note := range notes {
			fmt.Fprintln(cmd.ErrOrStderr(), "note: "+note)
		}
		list.Since(grants.Of(now, zone, then...))
	}
	if len(g.records) > 0 {
		if err := grantUses(cmd, list, g.records); err != nil {
			return err
		}
	}
	return f.write(cmd, list, nil)
}

// grantUses reads when grants were used last.
func grantUses(cmd *cobra.Command, list *grants.List, paths []string) error {
	var roles []replay.RoleWindow
	for _, g := range list.Grants {
		roles = append(roles, replay.RoleWindow{Account: g.Account, Role: g.Role, From: g.From, Until: g.Until})
	}
	found, unread, err := replay.Uses(cmd.Context(), cmd.InOrStdin(), roles, paths...)
	if err != nil {
		return err
	}
	known := func(moment time.Time) *time.Time {
		if moment.IsZero() {
			return nil
		}
		return &moment
	}
	var uses []grants.Use
	for _, u := range found {
		uses = append(uses, grants.Use{
			LastUsed: known(u.Last), RecordsFrom: known(u.RecordsFrom), RecordsTo: known(u.RecordsTo),
		})
	}
	list.Used(uses, unread)
	return nil
}

// pruned is what --prune prints with --json.
type pruned struct {
	Written bool          `json:"written"`
	Files   []changedFile `json:"files"`
	Removed []string      `json:"removed"`
	Deploy  []string      `json:"deploy"`
}

// prune takes grants out of stack files: out of all of them, or of none.
func (f *flags) prune(
	cmd *cobra.Command,
	folder *project.Folder,
	names []string,
	now time.Time,
	dryRun, patch bool,
) error {
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
	var applied []*edit.Change
	var err error
	if dryRun {
		applied, err = changes()
	} else {
		applied, err = edit.ApplyAll(cmd.Context(), paths, changes)
	}
	if err != nil {
		return editError(names[0], err)
	}
	if patch {
		return f.writePatch(cmd, applied...)
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
