package workspace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// ops are all ops in the order in which totals name them, each with the sign that stands before a change.
var ops = []struct {
	op   Op
	sign string
}{{Create, "+"}, {Update, "~"}, {Replace, "±"}, {Import, "="}, {Delete, "-"}, {Retain, "!"}}

// WriteJSON writes the summary as one line of JSON.
func (s *Summary) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(s) }

// WriteText writes the summary for people: every resource that changes, and the totals, one stack after the other.
func (s *Summary) WriteText(w io.Writer) error {
	for i, report := range s.Stacks {
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := report.writeText(w); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) writeText(w io.Writer) error {
	where := "in AWS"
	if r.Sandbox {
		where = "in the sandbox"
	}
	if _, err := fmt.Fprintf(w, "%s, account %s: %s %s\n", r.Stack, r.Account, r.Operation, where); err != nil {
		return err
	}
	var lines bytes.Buffer
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	for _, o := range ops {
		for _, change := range r.Of(o.op) {
			fmt.Fprintf(table, "  %s %s\t%s\t%s\t%s\n", o.sign, o.op, shortType(change.Type), change.Name, change.remark())
		}
	}
	for _, change := range r.Failures {
		fmt.Fprintf(table, "  x %s failed\t%s\t%s\t\n", change.Op, shortType(change.Type), change.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(lines.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "  %s (%.1f s)\n", r.totals(), r.Seconds); err != nil {
		return err
	}
	if !r.Planned || len(r.Of(Create, Update, Replace, Delete)) == 0 { // What was done has shown them before.
		return nil
	}
	for _, note := range r.Notes {
		if _, err := fmt.Fprintf(w, "\n%s\n", note); err != nil {
			return err
		}
	}
	return nil
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

// totals count resources; components exist in the program alone.
func (r *Report) totals() string {
	var parts []string
	for _, o := range ops {
		n := len(r.Of(o.op))
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
	if len(parts) == 0 {
		parts = append(parts, "no changes")
	}
	if r.Same > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", r.Same))
	}
	return strings.Join(parts, ", ")
}
