package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/cmd/guardrails/usage"
	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/people"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/view/render"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
)

func newPerson(f *flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "person",
		Short: "Bring people into the stack files, move them from team to team, or take them out of every file",
		Long: `Edits the stack files of the folder for somebody who comes, changes the team, or leaves. Every other byte of the
files stays. What the files would become is read and proven as a whole first: all of them are written, or none.
No account is touched: up applies the files.`,
		Args: cobra.ArbitraryArgs,
		RunE: usage.Group,
	}
	cmd.AddCommand(newPersonAdd(f), newPersonMove(f), newPersonRemove(f))
	return cmd
}

// personFlags are what the verbs of people share.
type personFlags struct {
	csv     string
	options people.Options
}

func (p *personFlags) register(f *flags, cmd *cobra.Command, columns string) {
	f.jsonFlag(cmd)
	cmd.Flags().StringVar(&p.csv, "csv", "", "CSV file with many people, whose first line names the columns: "+columns)
	cmd.Flags().BoolVar(&p.options.DryRun, "dry-run", false, "print what would be written, and write nothing")
}

// rows are the people of the arguments, of which the first is the stack, or of the CSV file.
func (p *personFlags) rows(f *flags, verb string, args []string) (*people.Rows, error) {
	names := args[1:]
	p.options.Now, p.options.Setting = f.clock(), f.setting()
	p.options.Compare, p.options.Documents = against.FromStacks, render.JSON
	switch {
	case p.csv != "" && len(names) > 0:
		return nil, exit.Usef("--csv and names are two lists of people; give one of them")
	case p.csv == "" && len(names) == 0 && strings.Contains(args[0], "/"):
		return nil, exit.Usef(
			"%q is a person; here the stack and the name are two words: %s", args[0], strings.Replace(args[0], "/", " ", 1),
		)
	case p.csv == "" && len(names) == 0:
		return nil, exit.Usef(
			"nobody is named; write the name of the person behind the stack, or --csv with a file",
		)
	case p.csv == "":
		for i, name := range names {
			if slices.Contains(names[:i], name) {
				return nil, exit.Usef("%q is named twice; name everybody once", name)
			}
		}
		return &people.Rows{Leavers: names}, nil
	}
	data, err := files.Read(p.csv)
	if err != nil {
		return nil, err
	}
	rows, err := people.ReadCSV(verb, p.csv, data)
	if err != nil {
		return nil, exit.Usef("%v", err)
	}
	return rows, nil
}

func newPersonAdd(f *flags) *cobra.Command {
	var (
		p    personFlags
		one  people.Joiner
		tags []string
	)
	cmd := &cobra.Command{
		Use:   "add stack [name ...]",
		Short: "Add users, and put them into teams",
		Example: `  guardrails person add jump dave --email dave@example.com --run-as dave --team shop
  guardrails person add jump --csv joiners.csv --dry-run`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := p.rows(f, "add", args)
			if err != nil {
				return err
			}
			if len(rows.Leavers) > 1 && (one.Email != "" || one.DisplayName != "" || one.RunAs != "") {
				return exit.Usef("--email, --display-name and --run-as are of one person; use --csv for several")
			}
			if one.Tags, err = tagsOf(tags); err != nil {
				return err
			}
			for _, name := range rows.Leavers { // Names alone.
				joiner := one
				joiner.Name = name
				rows.Joiners = append(rows.Joiners, joiner)
			}
			folder, stack, err := f.folderAndStack(args[0])
			if err != nil {
				return err
			}
			outcome, err := people.Add(cmd.Context(), folder, stack, rows.Joiners, p.options)
			return f.tellPeople(
				cmd,
				outcome,
				p.options.DryRun,
				nil,
				toDeploy(outcome, folder, stack),
				personError(stack, err),
			)
		},
	}
	p.register(f, cmd, "name, email, displayName, path, runAs, teams, tag:<key>")
	flags := cmd.Flags()
	flags.StringVar(&one.Email, "email", "", "address of the person")
	flags.StringVar(&one.DisplayName, "display-name", "", "name of the person")
	flags.StringVar(&one.Path, "path", "", "path of the IAM user")
	flags.StringVar(&one.RunAs, "run-as", "", "OS user of the person, for roles with runAs: fromUser")
	flags.StringArrayVar(
		&one.Teams,
		"team",
		nil,
		"team that the person joins; repeatable, and made where there is none of the name",
	)
	flags.StringArrayVar(&tags, "tag", nil, "another tag of the user, as key=value; repeatable")
	return cmd
}

func tagsOf(pairs []string) (map[string]string, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	tags := map[string]string{}
	for _, pair := range pairs {
		key, value, found := strings.Cut(pair, "=")
		if !found || key == "" {
			return nil, exit.Usef("--tag %q is no key=value; write it as in --tag Building=east", pair)
		}
		tags[key] = value
	}
	return tags, nil
}

func newPersonMove(f *flags) *cobra.Command {
	var (
		p   personFlags
		one people.Mover
	)
	cmd := &cobra.Command{
		Use:   "move stack [name ...]",
		Short: "Move people from teams to others",
		Long: `Moves people to the teams of --to: out of those of --from, or of every other team where --from is not given. What the teams open goes with them in every account, because
the other stack files name the team.`,
		Example: `  guardrails person move jump bob --to payments
  guardrails person move jump bob --from shop --to payments --dry-run`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := p.rows(f, "move", args)
			if err != nil {
				return err
			}
			if p.csv == "" && len(one.From)+len(one.To) == 0 {
				return exit.Usef("where to is missing; write --to with a team, or --from with one to leave")
			}
			for _, name := range rows.Leavers { // Names alone.
				mover := one
				mover.Name = name
				rows.Movers = append(rows.Movers, mover)
			}
			for i := range rows.Movers {
				if len(rows.Movers[i].From) == 0 {
					rows.Movers[i].From = nil
				}
			}
			folder, stack, err := f.folderAndStack(args[0])
			if err != nil {
				return err
			}
			outcome, err := people.Move(cmd.Context(), folder, stack, rows.Movers, p.options)
			return f.tellPeople(
				cmd,
				outcome,
				p.options.DryRun,
				nil,
				toDeploy(outcome, folder, stack),
				personError(stack, err),
			)
		},
	}
	p.register(f, cmd, "name, from, to")
	cmd.Flags().StringArrayVar(&one.To, "to", nil, "team that the person is in afterwards; repeatable")
	cmd.Flags().
		StringArrayVar(
			&one.From,
			"from",
			nil,
			"team that the person leaves; repeatable, without it every team but those of --to",
		)
	return cmd
}

func newPersonRemove(f *flags) *cobra.Command {
	var p personFlags
	cmd := &cobra.Command{
		Use:   "remove stack [name ...]",
		Short: "Take people out of every stack file, and prove that nothing names them",
		Long: `Takes the people out of the stack file that has them and out of every other one of the folder: users, teams, lists of roles, standing access, grants, people and
assignments of IAM Identity Center, and the expectations that are about them. A name is one person in the folder.

It is refused, with every place at once, where a file or a document would still name one of them, where others would go on as their OS user, and where a role would be left
with nobody who may take it; --with-roles removes such roles, and what is expected of them. Files that stack files name are read for it, those of other folders are not: look for the
person's ARN there. It ends with the lines that end keys, sessions and shells, which taking somebody out of the files does not do.`,
		Example: `  guardrails person remove jump carol --dry-run
  guardrails person remove jump alice bob --with-roles`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := p.rows(f, "remove", args)
			if err != nil {
				return err
			}
			folder, stack, err := f.folderAndStack(args[0])
			if err != nil {
				return err
			}
			left, err := people.Remove(cmd.Context(), folder, stack, rows.Leavers, p.options)
			return f.tellPeople(
				cmd,
				left.Outcome,
				p.options.DryRun,
				left.Ends,
				lastFirst(toDeploy(left.Outcome, folder, stack)),
				personError(stack, err),
			)
		},
	}
	p.register(f, cmd, "name")
	cmd.Flags().BoolVar(&p.options.WithRoles, "with-roles", false, "also remove roles that nobody else may take")
	return cmd
}

// folderAndStack is the folder, and the one stack of it that is meant.
func (f *flags) folderAndStack(name string) (*project.Folder, string, error) {
	folder, err := project.Open(f.dir)
	if err != nil {
		return nil, "", err
	}
	names, err := folder.Select([]string{name})
	if err != nil {
		return nil, "", err
	}
	return folder, names[0], nil
}

// toDeploy are the stacks whose files or documents change, that of the people first: a trust policy must not name a
// user who is not there yet.
func toDeploy(outcome *people.Outcome, folder *project.Folder, stack string) []string {
	names := []string{stack}
	if outcome == nil || outcome.Report == nil {
		return names
	}
	for _, s := range outcome.Stacks {
		edited := slices.ContainsFunc(
			outcome.Changes,
			func(c *edit.Change) bool { return c.Path() == folder.RelativeFile(s.Name) },
		)
		if s.Name != stack && (edited || touches(outcome.Report, s.Account.ID)) {
			names = append(names, s.Name)
		}
	}
	return names
}

// lastFirst puts the stack of the people behind the others: nobody may be gone whom a trust policy still names.
func lastFirst(names []string) []string { return append(slices.Clone(names[1:]), names[0]) }

func touches(r *change.Report, account string) bool {
	for _, d := range r.Documents {
		if d.Account == account {
			return true
		}
	}
	return false
}

// personError gives the errors of a change of people their exit status.
func personError(stack string, err error) error {
	var (
		nobody  *people.NobodyError
		refused *exit.RefusedError
	)
	switch {
	case errors.As(err, &refused):
		return err
	case errors.As(err, &nobody):
		return exit.Usef("%v", err)
	}
	return editError(stack, err)
}

// changedPeople is what the verbs of people print with --json.
type changedPeople struct {
	// Written is false for a dry run, and for a change that is refused.
	Written bool          `json:"written"`
	Files   []changedFile `json:"files"`
	// Report is what "diff --json" prints.
	Report *change.Report `json:"report"`
	// Deploy are the command lines that apply the files, Ends those that end what somebody who leaves has open.
	Deploy []string        `json:"deploy"`
	Ends   []people.Ending `json:"ends"`
}

type changedFile struct {
	File string `json:"file"`
	Diff string `json:"diff"`
}

// tellPeople prints what becomes of the files, what it means, and what is left to do. With an error it prints what
// there is, and gives the error back.
func (f *flags) tellPeople(
	cmd *cobra.Command,
	outcome *people.Outcome,
	dryRun bool,
	ends []people.Ending,
	stacks []string,
	err error,
) error {
	if outcome == nil {
		return err
	}
	out := cmd.OutOrStdout()
	var deploy []string
	for _, stack := range stacks {
		deploy = append(deploy, f.setting().Line("up", stack))
	}
	if f.json {
		told := changedPeople{
			Written: !dryRun && err == nil,
			Files:   []changedFile{},
			Report:  outcome.Report,
			Deploy:  deploy,
			Ends:    append([]people.Ending{}, ends...),
		}
		for _, c := range outcome.Changes {
			told.Files = append(told.Files, changedFile{c.Path(), c.Diff()})
		}
		return errors.Join(json.NewEncoder(out).Encode(told), err)
	}
	if err != nil {
		return err
	}
	title := "%s\n%s"
	if dryRun {
		title = "%s would become, and was not touched:\n%s"
	}
	for _, c := range outcome.Changes {
		fmt.Fprintf(out, title, c.Path(), c.Brief())
	}
	fmt.Fprintln(out)
	more := ""
	if !dryRun { // Before, there is nothing to compare.
		more = f.setting().Quoted("diff") + " lists them until they are committed"
	}
	var report strings.Builder
	if err := outcome.Report.WriteBrief(&report, more); err != nil {
		return err
	}
	fmt.Fprint(out, terminal.Fit(report.String(), terminal.Width(os.Stdout)))
	if !dryRun {
		tellEnds(out, deploy, ends)
	}
	return nil
}

// tellEnds prints what is left to do, in its order.
func tellEnds(out io.Writer, deploy []string, ends []people.Ending) {
	step := 0
	next := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		step++
		fmt.Fprint(out, terminal.Fit(fmt.Sprintf("\n%d. %s\n", step, title), terminal.Width(os.Stdout)))
		for _, line := range lines {
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
	for _, when := range []struct{ name, title string }{{"now", "End passwords and keys now, in account %s:"}, {"deployed", "End role sessions and shells, in account %s; " +
		"without this the last session goes on until it ends by itself. The next up of the account takes the policies EndSessionsOf-... away:"}} {
		accounts, lines := []string{}, map[string][]string{}
		for _, e := range ends {
			if e.When == when.name && len(e.Lines) > 0 {
				if lines[e.Account] == nil {
					accounts = append(accounts, e.Account)
				}
				lines[e.Account] = append(lines[e.Account], e.Lines...)
			}
		}
		for _, account := range accounts {
			next(fmt.Sprintf(when.title, visible.Line(account)), lines[account])
		}
		if when.name == "now" {
			next("Deploy, in this order:", deploy)
		}
	}
}
