package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"aws-access-guardrails/internal/workspace/urn"
)

// ops are all ops in the order in which totals name them, each with the sign that stands before a change.
var ops = []struct {
	op   Op
	sign string
}{{Create, "+"}, {Update, "~"}, {Replace, "±"}, {Import, "="}, {Delete, "-"}, {Retain, "!"}}

// WriteJSON writes the summary as one line of JSON.
func (s *Summary) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(s) }

// WriteText writes the summary for people: every resource that changes, one stack after the other, and where there
// are several stacks a line for each of them at the end.
func (s *Summary) WriteText(w io.Writer) error {
	if err := s.WriteReports(w); err != nil || len(s.Stacks) < 2 {
		return err
	}
	return s.writeTotals(w)
}

// WriteReports writes what happened, or would happen, to each stack that was reached.
func (s *Summary) WriteReports(w io.Writer) error {
	first := true
	for _, report := range s.Stacks {
		if report.Outcome == OutcomeNotRun {
			continue
		}
		if !first {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		first = false
		if err := report.writeText(w); err != nil {
			return err
		}
	}
	return nil
}

// writeTotals says of each stack how it ended and why, and how long shells were shut.
func (s *Summary) writeTotals(w io.Writer) error {
	var out bytes.Buffer
	counts := map[Outcome]int{}
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, r := range s.Stacks {
		counts[r.Outcome]++
		took := ""
		if r.Outcome != OutcomeNotRun {
			took = fmt.Sprintf("%.1f s", r.Seconds)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", r.Stack, r.Outcome, took, r.Cause())
	}
	_ = table.Flush() // Into memory.
	var totals []string
	for _, o := range []Outcome{
		OutcomeDone, OutcomeDiffers, OutcomeRefused, OutcomeUndeployed, OutcomeFailed, OutcomeNotRun,
	} {
		if counts[o] > 0 {
			totals = append(totals, fmt.Sprintf("%d %s", counts[o], o))
		}
	}
	atOnce := ""
	if s.Parallel > 1 {
		atOnce = fmt.Sprintf(", up to %d at once", s.Parallel)
	}
	if _, err := fmt.Fprintf(
		w,
		"\n%s of %d stacks: %s (%.1f s%s)\n",
		s.Operation,
		len(s.Stacks),
		strings.Join(totals, ", "),
		s.Seconds,
		atOnce,
	); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return s.writeShut(w)
}

// Cause is what happened to the stack, in one line. Why something failed or was refused is the command's error, which
// is told once.
func (r *Report) Cause() string {
	switch {
	case r.Outcome == OutcomeNotRun && r.Because != "":
		return "needs " + r.Because + ", which did not end well"
	case r.Outcome == OutcomeNotRun:
		return r.Error
	}
	return r.counts()
}

// oneLine is a text of several lines as one, cut to a width.
func oneLine(text string, width int) string {
	line := strings.TrimPrefix(strings.Join(strings.Fields(text), " "), ": ")
	if runes := []rune(line); len(runes) > width {
		line = string(runes[:width-3]) + "..."
	}
	return line
}

func (r *Report) writeText(w io.Writer) error {
	where := "in AWS"
	if r.Sandbox {
		where = "in the sandbox"
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s, account %s: %s %s\n", r.Stack, r.Account, r.Operation, where)
	for line := range strings.Lines(r.changesText()) {
		out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	fmt.Fprintf(&out, "  %s (%.1f s)\n", r.totals(), r.Seconds)
	if !r.Read && (r.Operation == Up || r.Operation == Preview) && r.Outcome == OutcomeDone {
		out.WriteString("  AWS was not read first: what somebody changed by hand is not seen, and not put back\n")
	}
	for _, question := range r.Unread {
		fmt.Fprintf(&out, "  AWS did not say %s\n", oneLine(question, 300))
	}
	if r.Planned && len(r.ChangesBy(Create, Update, Replace, Delete)) > 0 { // What was done has shown them before.
		for _, note := range r.Notes {
			fmt.Fprintf(&out, "\n%s\n", note)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// changesText lists the resources that change, those that failed, and what somebody changed by hand.
func (r *Report) changesText() string {
	var lines bytes.Buffer
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	for _, o := range ops {
		for _, change := range r.ChangesBy(o.op) {
			if r.Told != nil && r.Told[change.URN] == change.Op {
				continue // The plan has listed it.
			}
			fmt.Fprintf(
				table,
				"  %s %s\t%s\t%s\t%s\n",
				o.sign,
				o.op,
				urn.ShortType(change.Type),
				change.Name,
				change.remark(),
			)
		}
	}
	for _, change := range r.Failures {
		fmt.Fprintf(table, "  x %s failed\t%s\t%s\t\n", change.Op, urn.ShortType(change.Type), change.Name)
	}
	_ = table.Flush() // Into memory.
	for _, d := range r.Drift {
		lines.WriteString(d.text())
	}
	if r.Told == nil {
		heading := "changed by hand, and put back"
		if r.Planned {
			heading = "changed by hand, and up puts it back"
		}
		writeList(&lines, heading, r.PutBack)
	}
	writeList(&lines, "changed by hand, and not put back, because the run ended before", r.NotPutBack)
	writeList(&lines, "added by hand, and left", r.Beside)
	return lines.String()
}

// writeList writes resources that somebody changed below a heading, nothing where there are none.
func writeList(lines *bytes.Buffer, heading string, list []Drifted) {
	if len(list) > 0 {
		fmt.Fprintf(lines, "  %s:\n", heading)
	}
	for _, d := range list {
		lines.WriteString(d.text())
	}
}

// remark is what the line of a change says after its name.
func (c Change) remark() string {
	switch {
	case c.Op == Retain:
		return strings.TrimSpace(c.ID + " stays in AWS on purpose")
	case len(c.Properties) > 0:
		return strings.Join(c.Properties, ", ")
	default:
		return ""
	}
}

// totals say how it ended, and count resources.
func (r *Report) totals() string {
	switch {
	case r.Outcome == OutcomeDiffers && r.Operation != Drift: // What it did is true, and not the whole of it.
	case r.Outcome.ended():
		return r.counts()
	}
	counts := r.counts()
	if counts == "" {
		return string(r.Outcome)
	}
	return string(r.Outcome) + ": " + counts
}

// counts count resources; components exist in the program alone. What failed or was refused before anything was heard
// of a resource counts nothing.
func (r *Report) counts() string {
	ended := r.Outcome.ended()
	if r.Operation == Drift {
		if !ended {
			return ""
		}
		return r.driftTotals()
	}
	var parts []string
	for _, o := range ops {
		n := len(r.ChangesBy(o.op))
		switch {
		case n == 0:
		case r.Planned:
			parts = append(parts, fmt.Sprintf("%d to %s", n, o.op))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, o.op.Past()))
		}
	}
	if n := len(r.Failures); n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	switch {
	case len(parts) > 0:
	case r.Outcome == OutcomeRefused && r.Operation.Changes():
		return "nothing was changed"
	case ended:
		parts = append(parts, "no changes")
	default:
		return ""
	}
	if r.Same > 0 && ended {
		parts = append(parts, fmt.Sprintf("%d unchanged", r.Same))
	}
	text := strings.Join(parts, ", ")
	if n := len(r.PutBack); n > 0 {
		text += fmt.Sprintf("; %d of them changed by hand", n)
	}
	return text
}
