package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/replay/view"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
)

// replayFlags are those of replay, and of diff --replay.
type replayFlags struct {
	against, from, to, accept, state string
	accounts                         []string
	deployed, roles, markdown        bool
	athena, lake                     string
}

func newReplay(f *flags) *cobra.Command {
	r := &replayFlags{}
	cmd := &cobra.Command{
		Use:   "replay PATH...",
		Short: "Hold service control policies against recorded CloudTrail events: who would have been refused",
		Long: `Reads what CloudTrail recorded and holds every call that was made against the service control policies of the
stack files as they are: who would have been refused what, by which statement, how often, and when last. Nothing
is asked of AWS.

PATH is a file or a folder, - is standard input: log files as CloudTrail delivers them to S3, also compressed
and in their folders; what "aws cloudtrail lookup-events" prints; events in the envelope of EventBridge; exports
of CloudTrail Lake and Athena as CSV or JSON lines. An event that came twice counts once.

What CloudTrail does not record, such as a tag of the caller, is not guessed: where it decides, the call
"depends on" it. Not judged, and counted with the reason: what failed already, AWS services, service-linked
roles, the management account, accounts outside of the tree, and events without an IAM action.

Commands through Systems Manager are judged in a section of their own as if they were denied, where
osAccessOnly.remoteExecution.mode is report. The last section says who opened shells or ran commands, with the
lines of the stack files that keep it working.

Refusals that are meant stand in replay.yaml beside Pulumi.yaml, or in the file of --accept: a list of {sid,
who, action, account, because} under the key accept.

It exits with 1 when a call would be refused for certain and is not accepted, or when a part of the input could
not be read. What is uncertain does not change the status.`,
		Example: `  guardrails replay AWSLogs/
  guardrails replay --against main... AWSLogs/ --markdown > comment.md
  guardrails replay --from 2026-11-01T00:00:00Z --account 444455556666 AWSLogs/
  guardrails replay --athena cloudtrail_logs > query.sql
  guardrails replay result.csv
  aws cloudtrail lookup-events --output json | guardrails replay -`,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, f, args) },
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	r.questionFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&r.against,
		"against",
		"",
		"tell only what a change since this revision of git refuses newly, or no longer; \"main...\" is where this branch left main",
	)
	flags.BoolVar(&r.deployed, "deployed", false, "tell only what differs from what is deployed, as AWS has it now")
	f.refreshFlag(cmd)
	flags.BoolVar(&f.sandbox, "sandbox", false, "with --deployed: what is deployed in the sandbox")
	flags.BoolVar(&r.markdown, "markdown", false, "print Markdown, for a comment on a pull request")
	flags.StringVar(
		&r.athena,
		"athena",
		"",
		"print the SQL that groups this table of Athena into what replay reads as CSV, and read nothing",
	)
	flags.StringVar(&r.lake, "lake", "", "the same for this event data store of CloudTrail Lake")
	return cmd
}

// questionFlags are those that say which calls are held against what.
func (r *replayFlags) questionFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(
		&r.roles,
		"roles",
		false,
		"hold calls also against the policies of roles and users that stacks manage",
	)
	if cmd.Name() == "replay" {
		flags.StringVar(&r.from, "from", "", "time of the first event that is judged, with its offset or zone")
		flags.StringVar(&r.to, "to", "", "time before which events are judged, with its offset or zone")
	}
	flags.StringArrayVar(&r.accounts, "account", nil, "judge calls of this account alone; repeatable")
	flags.StringVar(
		&r.accept,
		"accept",
		"",
		"file of refusals that are meant (default replay.yaml beside Pulumi.yaml, where there is one)",
	)
	flags.StringVar(
		&r.state,
		"state",
		"",
		"folder in which the replay is kept, so that it goes on where it was interrupted and reads only new files the next time",
	)
}

func (r *replayFlags) run(cmd *cobra.Command, f *flags, args []string) error {
	switch {
	case r.against != "" && r.deployed:
		return exit.Usef("--against and --deployed are two things to compare with; write one of them")
	case f.sandbox && !r.deployed, f.noRefresh && !r.deployed:
		return exit.Usef("--sandbox and --no-refresh say how what is deployed is read; add --deployed")
	case r.athena != "" && r.lake != "":
		return exit.Usef("--athena and --lake are two tables; write one of them")
	case r.athena+r.lake == "" && len(args) == 0:
		return exit.Usef("replay what? write the files or folders of CloudTrail, or - for standard input")
	}
	folder, err := project.Open(f.dir)
	if err != nil {
		return err
	}
	asked, against, notes, err := r.ask(cmd.Context(), f, folder)
	if err != nil {
		return err
	}
	if table := r.athena + r.lake; table != "" {
		_, writeErr := io.WriteString(cmd.OutOrStdout(), asked.Statement(table, r.lake != ""))
		return writeErr
	}
	report, err := r.report(cmd, folder, asked, args)
	if err != nil {
		return err
	}
	report.Against, report.Notes = against, append(report.Notes, notes...)
	shown := view.Report{Report: report}
	if !report.Holds {
		err = &exit.RefusedError{Err: errReplay, Headline: "replay: does not hold"}
	}
	if r.markdown && !f.json {
		return f.write(cmd, replayComment{shown}, err)
	}
	return f.write(cmd, shown, err)
}

var errReplay = errors.New("calls would be refused, or could not be read")

// replayComment is a report whose text is Markdown.
type replayComment struct{ view.Report }

func (c replayComment) WriteText(w io.Writer) error { return c.WriteMarkdown(w) }

// ask makes the question of the stacks.
func (r *replayFlags) ask(
	ctx context.Context,
	f *flags,
	folder *project.Folder,
) (asked *replay.Asked, other string, notes []string, err error) {
	stacks, err := folder.Read(f.stacks...)
	if err != nil {
		return nil, "", nil, err
	}
	var then *access.World
	switch {
	case r.deployed:
		ws := workspace.New(
			folder,
			workspace.Options{Sandbox: f.sandbox, NoRefresh: f.noRefresh, Progress: progress.New(os.Stderr)},
		)
		world, worldErr := against.WorldDeployed(ctx, ws, stacks)
		if worldErr != nil {
			return nil, "", nil, worldErr
		}
		then, other = &world, "what is deployed"
	case r.against != "":
		var world access.World
		if world, other, notes, err = against.WorldAt(ctx, folder, r.against, f.stacks...); err != nil {
			return nil, "", nil, err
		}
		then = &world
	}
	if asked, err = replay.Ask(stacks, then, r.roles); err != nil {
		return nil, "", nil, exit.Usef("%v", err)
	}
	asked.Accounts = r.accounts
	for i := range asked.Homes {
		asked.Homes[i].Setting = f.setting()
	}
	for _, bound := range []struct {
		flag, text string
		into       *time.Time
	}{{"--from", r.from, &asked.From}, {"--to", r.to, &asked.To}} {
		if bound.text == "" {
			continue
		}
		if *bound.into, err = f.instantOf(bound.flag, bound.text); err != nil {
			return nil, "", nil, err
		}
	}
	return asked, other, notes, nil
}

// report reads the paths.
func (r *replayFlags) report(
	cmd *cobra.Command,
	folder *project.Folder,
	asked *replay.Asked,
	paths []string,
) (*replay.Report, error) {
	accepts, err := r.accepts(folder)
	if err != nil {
		return nil, err
	}
	run := replay.NewRun(&asked.Question)
	if r.state != "" {
		if err := run.Resume(r.state, asked.ID+r.from+r.to); err != nil {
			return nil, exit.Usef("--state: %v", err)
		}
	}
	if err := run.Read(cmd.Context(), cmd.InOrStdin(), paths...); err != nil {
		return nil, err
	}
	return run.Report(accepts, asked.Homes), nil
}

func (r *replayFlags) accepts(folder *project.Folder) ([]replay.Accept, error) {
	name := r.accept
	if name == "" {
		name = filepath.Join(folder.Dir, "replay.yaml")
		if _, err := os.Lstat(name); err != nil {
			return nil, nil //nolint:nilerr // Nothing is accepted where there is no file.
		}
	}
	data, err := files.Read(name)
	if err != nil {
		return nil, exit.Usef("%v", err)
	}
	accepts, err := replay.ReadAccepts(name, data)
	if err != nil {
		return nil, &exit.RefusedError{Err: err}
	}
	return accepts, nil
}
