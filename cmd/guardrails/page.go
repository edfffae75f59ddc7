package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/against"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/view/page"
	"aws-access-guardrails/internal/workspace/project"
)

func newPage(f *flags) *cobra.Command {
	var out, revision, instant string
	cmd := &cobra.Command{
		Use:   "page [stack ...]",
		Short: "Write who reaches what as one HTML file, for a browser",
		Long: `Writes one HTML file that needs nothing else: no network, no server. It shows the organization as a picture; who
reaches what, with search and filters, and for each row the journey step by step with the statements that
decide; the doors and the statements that shut them; grants on a time line; the proofs as sentences; and with
--against what a change does.

The file holds what the stack files say of people, roles and accounts, and no secret. Whoever has it can read
all of it.

Without names it covers every stack of the folder. It is written also when a proof does not hold: the page says
so.`,
		Example: `  guardrails page
  guardrails page --out review.html --against main...
  guardrails page workload --out - | gzip > page.html.gz`,
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := f.instantOrNow(instant)
			if err != nil {
				return err
			}
			folder, err := project.Open(f.dir)
			if err != nil {
				return err
			}
			stacks, err := folder.Read(f.names(args)...)
			if err != nil {
				return err
			}
			in, err := page.Of(when, folder.Project, stacks...)
			if err != nil {
				return err
			}
			if revision != "" {
				// What refuses the stack files as they are stands on the page itself.
				report, fromErr := against.FromRevision(cmd.Context(), folder, revision, when, f.names(args)...)
				if report == nil {
					return fromErr
				}
				in.Change = changeOf(report)
			}
			var written bytes.Buffer
			if writeErr := page.Write(&written, in); writeErr != nil {
				return writeErr
			}
			if out == "-" {
				_, writeErr := os.Stdout.Write(written.Bytes())
				return writeErr
			}
			if writeErr := os.WriteFile(out, written.Bytes(), 0o644); writeErr != nil {
				return writeErr
			}
			_, err = fmt.Fprintf(
				cmd.OutOrStdout(),
				"%s: %d accounts, %d ways, %d kB. Open it in a browser.\n",
				out,
				len(stacks),
				len(in.Facts.Ways),
				(written.Len()+999)/1000,
			)
			return err
		},
	}
	f.stackFlags(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "guardrails.html", "file to write; - for standard output")
	cmd.Flags().
		StringVar(
			&revision, "against", "", "also show what changes since this revision of git, written as for diff --from",
		)
	cmd.Flags().
		StringVar(&instant, "at", "", "time from which the page looks on, with its offset or zone; now where it is not given")
	return cmd
}

// changeOf is a report as the page shows it.
func changeOf(r *change.Report) *page.Change {
	out := &page.Change{From: r.From, To: r.To, NoOne: r.NoOne}
	for _, listed := range r.Listed() {
		section := page.ChangeSection{Title: listed.Title}
		for _, l := range listed.Lines {
			section.Lines = append(section.Lines, page.ChangeLine(l))
		}
		out.Sections = append(out.Sections, section)
	}
	return out
}
