package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/replay/view"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/progress"
	"aws-access-guardrails/internal/workspace/project"
)

func newDiff(f *flags) *cobra.Command {
	var (
		from, instant  string
		markdown, exit bool
		deployed       bool
		logs           []string
		calls          = &replayFlags{}
	)
	cmd := &cobra.Command{
		Use:   "diff [stack ...]",
		Short: "What a change of the stack files means for people",
		Long: `Compares the stack files as they are with those of a revision of git, or with what is deployed, and says who
gains what, who loses what, as which OS user, until when, and by which journey. It compares what the documents
mean, over all requests: a change of a comment, of an order or of a name says that no one gains or loses, and
whatever it cannot compare it lists as such.

Without --from the revision is HEAD: what the edits mean that are not committed yet. "main..." is where this
branch left main: what a pull request means. --deployed reads what the states of the stacks list from AWS, as it
stands now. With --no-refresh it takes what the states say, and needs no credentials of AWS.

It exits with 0 whether there are differences or not (but see --exit-code), and with 1 when the stack files as
they are would be refused.

Without names it compares every stack of the folder; one that came, went or was renamed is found by its account.`,
		Example: `  guardrails diff
  guardrails diff --from main... --markdown > comment.md
  guardrails diff prod --deployed
  guardrails diff --from HEAD~1 --json | jq '.people[] | select(.gains) | .line'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := f.instantOrNow(instant)
			if err != nil {
				return err
			}
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			report, err := compare(cmd, f, folder, from, deployed, when, args)
			if report == nil {
				return err
			}
			if err == nil && exit {
				err = against.Differs(report)
			}
			if len(logs) > 0 {
				calls.against, calls.deployed = from, deployed
				if deployed {
					calls.against = ""
				}
				return f.writeWithReplay(cmd, folder, calls, logs, changed{report, markdown && !f.json}, err)
			}
			if markdown && !f.json {
				return f.write(cmd, commented{report}, err)
			}
			return f.write(cmd, report, err)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&from,
		"from",
		"HEAD",
		"the revision to compare with: a branch, a tag, a commit, or one of them with ... for where this branch left it",
	)
	flags.BoolVar(&deployed, "deployed", false, "compare with what is deployed, as AWS has it now")
	f.refreshFlag(cmd)
	flags.BoolVar(&f.sandbox, "sandbox", false, "with --deployed: what is deployed in the sandbox")
	flags.StringVar(
		&instant, "at", "", "time from which the report looks on, with its offset or zone; now where it is not given",
	)
	flags.BoolVar(&markdown, "markdown", false, "print Markdown, for a comment on a pull request")
	flags.StringArrayVar(
		&logs,
		"replay",
		nil,
		"hold recorded CloudTrail events under this path against the change too: who would be refused newly, or no longer; repeatable",
	)
	calls.questionFlags(cmd)
	flags.BoolVar(&exit, "exit-code", false, "exit with 1 when anything differs")
	return cmd
}

// compare compares with what is deployed, or with a revision.
func compare(
	cmd *cobra.Command,
	f *flags,
	folder *project.Folder,
	from string,
	deployed bool,
	when time.Time,
	args []string,
) (*change.Report, error) {
	switch {
	case f.sandbox && !deployed:
		return nil, exit.Usef(
			"--sandbox says where the deployment is that --deployed compares with; add --deployed",
		)
	case f.noRefresh && !deployed:
		return nil, exit.Usef("--no-refresh says how what is deployed is read; add --deployed")
	case deployed && cmd.Flags().Changed("from"):
		return nil, exit.Usef("--deployed and --from are two things to compare with; write one of them")
	case deployed:
		ws := workspace.New(
			folder,
			workspace.Options{Sandbox: f.sandbox, NoRefresh: f.noRefresh, Progress: progress.New(os.Stderr)},
		)
		return against.FromDeployed(cmd.Context(), folder, ws, when, f.names(args)...)
	default:
		return against.FromRevision(cmd.Context(), folder, from, when, f.names(args)...)
	}
}

// commented is a report whose text is Markdown.
type commented struct{ *change.Report }

func (c commented) WriteText(w io.Writer) error { return c.WriteMarkdown(w) }

// changed is a report of diff in the form that was asked for.
type changed struct {
	*change.Report
	markdown bool
}

func (c changed) WriteText(w io.Writer) error {
	if c.markdown {
		return c.WriteMarkdown(w)
	}
	return c.Report.WriteText(w)
}

// withReplay is what a change means, and what recorded calls come to by it.
type withReplay struct {
	change changed
	calls  view.Report
}

func (b withReplay) WriteText(w io.Writer) error {
	if err := b.change.WriteText(w); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	if b.change.markdown {
		return b.calls.WriteMarkdown(w)
	}
	return b.calls.WriteText(w)
}

func (b withReplay) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		*change.Report
		Replay any `json:"replay"`
	}{b.change.Report, b.calls.Report})
}

// writeWithReplay holds recorded calls against the change and writes both. What would be refused newly decides the
// status, as replay has it.
func (f *flags) writeWithReplay(
	cmd *cobra.Command,
	folder *project.Folder,
	calls *replayFlags,
	logs []string,
	report changed,
	err error,
) error {
	asked, against, notes, askErr := calls.ask(cmd.Context(), f, folder)
	if askErr != nil {
		return errors.Join(f.write(cmd, report, err), askErr)
	}
	replayed, readErr := calls.report(cmd, folder, asked, logs)
	if readErr != nil {
		return errors.Join(f.write(cmd, report, err), readErr)
	}
	replayed.Against, replayed.Notes = against, append(replayed.Notes, notes...)
	if err == nil && !replayed.Holds {
		err = &exit.RefusedError{Err: errReplay, Headline: "replay: does not hold"}
	}
	return f.write(cmd, withReplay{report, view.Report{Report: replayed}}, err)
}
