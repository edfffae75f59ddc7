package change

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// section is one part of the report, a line for each thing.
type section struct {
	title string
	// marked lines begin with "+" or "-".
	lines []string
}

// noOne is what the report says where nothing changes for people.
const noOne = "No one gains or loses."

// headline is what the report says first.
func (r *Report) headline() string {
	switch {
	case r.NoOne:
		return noOne
	case len(r.People)+len(r.Calls)+len(r.Guardrails) == 0 && len(r.Open) > 0:
		return "No one is seen to gain or lose, and not everything could be compared."
	case len(r.People)+len(r.Calls) == 0:
		return "No one gains or loses what policies decide, but settings that decide access differ."
	}
	gains, losses := map[string]bool{}, map[string]bool{}
	for _, p := range r.People {
		if p.Gains {
			gains[p.PersonARN] = true
		} else {
			losses[p.PersonARN] = true
		}
	}
	for _, c := range r.Calls {
		for _, arn := range c.ARNs {
			if c.Gains {
				gains[arn] = true
			} else {
				losses[arn] = true
			}
		}
	}
	switch {
	case len(losses) == 0:
		return fmt.Sprintf("%s; no one loses.", count(len(gains), "gains", "gain"))
	case len(gains) == 0:
		return fmt.Sprintf("%s; no one gains.", count(len(losses), "loses", "lose"))
	}
	return fmt.Sprintf("%s, %s.", count(len(gains), "gains", "gain"), count(len(losses), "loses", "lose"))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (r *Report) sections() []section {
	lines := func(n int, line func(int) string) []string {
		out := make([]string, n)
		for i := range n {
			out[i] = line(i)
		}
		return out
	}
	return []section{
		{"people", lines(len(r.People), func(i int) string { return sign(r.People[i].Gains) + " " + r.People[i].Line })},
		{"calls", lines(len(r.Calls), func(i int) string { return sign(r.Calls[i].Gains) + " " + r.Calls[i].Line })},
		{"guardrails", lines(len(r.Guardrails), func(i int) string { return sign(r.Guardrails[i].Attached) + " " + r.Guardrails[i].Line })},
		{"not compared", r.Open},
		{"proofs", lines(len(r.Proofs), func(i int) string { return r.Proofs[i].Line })},
		{"settings", lines(len(r.Settings), func(i int) string { return r.Settings[i].Line })},
		{"documents", lines(len(r.Documents), func(i int) string { return r.Documents[i].Line })},
		{"resources", lines(len(r.Resources), func(i int) string { return r.Resources[i].Line })},
		{"notes", r.Notes},
	}
}

// WriteText writes the report for a terminal.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, from %s to %s\n", strings.TrimSuffix(r.headline(), "."), r.From, r.To)
	for _, s := range r.sections() {
		if len(s.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %s\n", s.title)
		for _, line := range s.lines {
			fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(line, "\n", "\n      "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// folded are the sections that a comment shows on demand: what the ones above come from.
var folded = map[string]bool{"settings": true, "documents": true}

// WriteMarkdown writes the report for a comment on a pull request.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Access: %s\n\nFrom `%s` to %s.\n", r.headline(), r.From, r.To)
	for _, s := range r.sections() {
		if len(s.lines) == 0 {
			continue
		}
		if folded[s.title] {
			fmt.Fprintf(&b, "\n<details><summary>%s: %d</summary>\n\n", s.title, len(s.lines))
		} else {
			fmt.Fprintf(&b, "\n**%s**\n\n", s.title)
		}
		for _, line := range s.lines {
			mark := ""
			if len(line) > 1 && line[1] == ' ' && (line[0] == '+' || line[0] == '-') {
				mark, line = map[byte]string{'+': "➕ ", '-': "➖ "}[line[0]], line[2:]
			}
			fmt.Fprintf(&b, "- %s%s\n", mark, escape(strings.ReplaceAll(line, "\n", " ")))
		}
		if folded[s.title] {
			b.WriteString("\n</details>\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escape keeps names from being read as Markdown or HTML, or from calling people.
func escape(s string) string {
	return strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "<", "&lt;", "[", "\\[", "|", "\\|", "@", "@\u200b", "~", "\\~").Replace(s)
}

// WriteJSON writes the report as one line of JSON.
func (r *Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }
