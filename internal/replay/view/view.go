// Package view words what a replay found: for a terminal, as JSON, and as Markdown for a pull request. It decides
// nothing.
package view

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/replay"
	"aws-access-guardrails/internal/replay/judging"
	"aws-access-guardrails/internal/visible"
)

// Report is a report with its words.
type Report struct{ *replay.Report }

// WriteJSON writes the report as one object.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r.Report)
}

const (
	// mostLines bounds the callers that are told of one statement; the JSON has all.
	mostLines = 10
	day       = "2006-01-02 15:04"
)

// WriteText writes a summary that fits a screen, and then what would be refused.
func (r Report) WriteText(w io.Writer) error { return write(w, r.Report, style{line: visible.Line}) }

// WriteMarkdown writes the same for a comment on a pull request.
func (r Report) WriteMarkdown(w io.Writer) error {
	return write(w, r.Report, style{line: visible.Markdown, markdown: true})
}

// style is how text and Markdown differ.
type style struct {
	line     func(string) string
	markdown bool
}

func (s style) heading(text string) string {
	if s.markdown {
		return "\n### " + text + "\n\n"
	}
	return "\n" + text + ":\n"
}

func (s style) item(depth int, text string) string {
	if s.markdown {
		return strings.Repeat("  ", depth) + "- " + text + "\n"
	}
	return strings.Repeat("  ", depth+1) + text + "\n"
}

func write(w io.Writer, r *replay.Report, s style) error {
	var b strings.Builder
	if s.markdown {
		b.WriteString("### Replay of recorded calls\n\n" + s.line(headline(r)) + "\n")
	} else {
		b.WriteString(headline(r) + "\n")
	}
	if r.Against != "" {
		b.WriteString(s.item(0, "only what "+s.line(r.Against)+" decides otherwise is told"))
	}
	b.WriteString(s.item(0, summary(r)))
	if len(r.NotJudged) > 0 {
		b.WriteString(s.heading("not judged"))
		for _, c := range r.NotJudged {
			b.WriteString(s.item(0, fmt.Sprintf("%s: %s", number(c.Count), s.line(c.What))))
			for i, named := range c.Names {
				if i == mostLines {
					b.WriteString(s.item(1, fmt.Sprintf("and %d more names; --json has them", len(c.Names)-mostLines)))
					break
				}
				b.WriteString(s.item(1, fmt.Sprintf("%s: %s", number(named.Count), s.line(named.What))))
			}
		}
	}
	for _, section := range sections {
		section.write(&b, r, s)
	}
	shells(&b, r, s)
	problems(&b, r, s)
	_, err := io.WriteString(w, b.String())
	return err
}

// headline is the answer in one sentence.
func headline(r *replay.Report) string {
	refused, callers := open(r)
	switch {
	case r.Events == 0 && r.ProblemCount > 0:
		return "Nothing could be read."
	case r.Events == 0:
		return "There are no events."
	case refused > 0 && r.Against != "":
		return fmt.Sprintf(
			"%s of %s judged calls would be refused newly, of %s.",
			number(refused),
			number(r.Judged),
			plural(callers, "caller"),
		)
	case refused > 0:
		return fmt.Sprintf(
			"%s of %s judged calls would be refused, of %s.",
			number(refused),
			number(r.Judged),
			plural(callers, "caller"),
		)
	case r.Depends > 0:
		return fmt.Sprintf(
			"Nobody would be refused for certain; %s of %s judged calls depend on what CloudTrail does not record.",
			number(r.Depends),
			number(r.Judged),
		)
	case r.Refused > 0:
		return fmt.Sprintf(
			"Nobody would be refused but as accepted: %s of %s judged calls.",
			number(r.Refused),
			number(r.Judged),
		)
	}
	return fmt.Sprintf("Nobody would be refused: %s judged calls.", number(r.Judged))
}

// open are the calls that would be refused and are not accepted, and how many callers send them.
func open(r *replay.Report) (calls int64, callers int) {
	who := map[string]bool{}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Section == judging.SectionRefused && row.Outcome == "refused" && row.Accepted == "" {
			calls += row.Count
			who[row.Who] = true
		}
	}
	return calls, len(who)
}

func summary(r *replay.Report) string {
	text := fmt.Sprintf(
		"%s from %s: %s judged, %s refused, %s uncertain, %s allowed",
		plural(int(r.Events), "event"),
		plural(len(r.Accounts), "account"),
		number(r.Judged),
		number(r.Refused),
		number(r.Depends),
		number(r.Allowed),
	)
	if r.Doubles > 0 {
		text += fmt.Sprintf("; %s came twice and counted once", number(r.Doubles))
	}
	if !r.First.IsZero() {
		text += fmt.Sprintf("; %s to %s UTC", stamp(r.First), stamp(r.Last))
	}
	if r.Skipped > 0 {
		text += fmt.Sprintf("; %s of the folder passed over, as no export", plural(int(r.Skipped), "file"))
	}
	return text
}

func stamp(moment time.Time) string { return moment.UTC().Format(day) }

type section struct {
	section judging.Section
	outcome string
	title   string
	against string
}

// sections are the parts of a report, certain before uncertain.
var sections = []section{
	{judging.SectionRefused, "refused", "would be refused", "would be refused newly"},
	{
		judging.SectionRefused,
		"depends",
		"depends on what CloudTrail does not record",
		"may be refused newly: it depends on what CloudTrail does not record",
	},
	{judging.SectionNoLonger, "", "would no longer be refused", "would no longer be refused"},
	{
		judging.SectionRemote,
		"",
		"with remoteExecution.mode: deny (it is report now)",
		"with remoteExecution.mode: deny (it is report now)",
	},
}

func (x section) write(b *strings.Builder, r *replay.Report, s style) {
	groups := map[string][]*replay.Row{}
	var order []string
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Section != x.section || x.outcome != "" && row.Outcome != x.outcome {
			continue
		}
		id := statement(row)
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], row)
	}
	if len(order) == 0 {
		return
	}
	total := func(id string) (n int64) {
		for _, row := range groups[id] {
			n += row.Count
		}
		return n
	}
	slices.SortStableFunc(order, func(p, q string) int { return -cmp.Compare(total(p), total(q)) })
	title := x.title
	if r.Against != "" {
		title = x.against
	}
	b.WriteString(s.heading(title))
	for _, id := range order {
		b.WriteString(s.item(0, fmt.Sprintf("%s: %s", s.line(id), plural(int(total(id)), "call"))))
		for i, row := range groups[id] {
			if i == mostLines {
				b.WriteString(s.item(1, fmt.Sprintf("and %d more; --json has them", len(groups[id])-mostLines)))
				break
			}
			b.WriteString(s.item(1, line(row, s)))
		}
	}
}

func statement(row *replay.Row) string {
	if row.Sid != "" {
		return row.Sid
	}
	return cmp.Or(row.Rule, row.Policy, "no statement")
}

func line(row *replay.Row, s style) string {
	text := fmt.Sprintf("%s: %s, %s", s.line(row.Who), s.line(row.Action), plural(int(row.Count), "time"))
	if row.First.Equal(row.Last) {
		text += ", " + stamp(row.First)
	} else {
		text += ", " + stamp(row.First) + " to " + stamp(row.Last)
	}
	if len(row.DependsOn) > 0 {
		text += ", depends on " + s.line(strings.Join(row.DependsOn, ", "))
	}
	if row.Accepted != "" {
		text += " (accepted: " + s.line(row.Accepted) + ")"
	}
	return text
}

func shells(b *strings.Builder, r *replay.Report, s style) {
	if len(r.Shells) == 0 && r.OtherShells == 0 {
		return
	}
	b.WriteString(s.heading("who opened shells and ran commands, and what keeps it working"))
	if r.OtherShells > 0 {
		b.WriteString(
			s.item(0, fmt.Sprintf("%s whom the change does not concern", plural(int(r.OtherShells), "caller"))),
		)
	}
	for i := range r.Shells {
		if i == 2*mostLines {
			b.WriteString(s.item(0, fmt.Sprintf("and %d more; --json has them", len(r.Shells)-2*mostLines)))
			return
		}
		shell := &r.Shells[i]
		text := fmt.Sprintf(
			"%s: %s, %s, last %s",
			s.line(shell.Who),
			s.line(shell.Action),
			plural(int(shell.Count), "time"),
			stamp(shell.Last),
		)
		if len(shell.Sessions) > 0 {
			text += ", as " + s.line(strings.Join(shell.Sessions[:min(len(shell.Sessions), 5)], ", "))
		}
		if known := slices.DeleteFunc(
			slices.Clone(shell.Projects),
			func(p string) bool { return p == "" },
		); len(
			known,
		) > 0 {
			text += ", on nodes of " + s.line(strings.Join(known, ", "))
		}
		b.WriteString(s.item(0, text))
		for _, keep := range shell.Lines {
			b.WriteString(s.item(1, s.line(keep)))
		}
	}
}

func problems(b *strings.Builder, r *replay.Report, s style) {
	if r.ProblemCount > 0 {
		b.WriteString(s.heading("could not be read"))
		for i, p := range r.Problems {
			if i == mostLines {
				b.WriteString(
					s.item(
						0,
						fmt.Sprintf(
							"and %s more; --json has the first %d",
							number(r.ProblemCount-mostLines),
							len(r.Problems),
						),
					),
				)
				break
			}
			place := p.File
			if p.Line > 0 {
				place += fmt.Sprintf(":%d", p.Line)
			}
			if p.Record > 0 {
				place += fmt.Sprintf(" (record %d)", p.Record)
			}
			b.WriteString(s.item(0, s.line(place)+": "+s.line(p.Why)))
		}
	}
	if r.Overflow > 0 {
		b.WriteString(s.item(0, fmt.Sprintf("%s calls would make more lines than are kept", number(r.Overflow))))
	}
	for _, unused := range r.Unused {
		b.WriteString(s.item(0, "note: nothing here needs the accepted entry "+s.line(unused)))
	}
	for _, note := range r.Notes {
		b.WriteString(s.item(0, "note: "+s.line(note)))
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return number(int64(n)) + " " + word + "s"
}

// number writes a number with commas.
func number(n int64) string {
	text := fmt.Sprint(n)
	for position := len(text) - 3; position > 0; position -= 3 {
		text = text[:position] + "," + text[position:]
	}
	return text
}
