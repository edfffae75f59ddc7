package change

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/policy"
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
	case len(r.People)+len(r.Calls)+len(r.Assignments)+len(r.Guardrails) == 0 && len(r.Open) > 0:
		return "No one is seen to gain or lose, and not everything could be compared."
	case len(r.People)+len(r.Calls)+len(r.Assignments) == 0:
		return "What policies decide is the same for everyone, but guardrails or settings differ."
	}
	gains, losses := r.touched(true), r.touched(false)
	switch {
	case losses == "":
		return gains + " more; no one loses."
	case gains == "":
		return losses + " less; no one gains."
	}
	return gains + " more, " + losses + " less."
}

// touched counts who can do more, or less: people, and roles and others of whom no line of a person speaks.
func (r *Report) touched(gains bool) string {
	people, roles, others := map[string]bool{}, map[string]bool{}, map[string]bool{}
	spoken := map[string]bool{}
	portal := slices.ContainsFunc(r.Assignments, func(a AssignmentChange) bool { return a.Gains == gains })
	for _, p := range r.People {
		if p.Gains == gains {
			spoken[p.RoleARN] = true
			if isMember(p.PersonARN) {
				portal = true
			} else {
				people[p.PersonARN] = true
			}
		}
	}
	for _, c := range r.Calls {
		for _, subject := range c.ARNs {
			switch arn, err := policy.ParseARN(subject); {
			case c.Gains != gains || spoken[subject]:
			case err != nil:
				others[subject] = true
			case strings.HasPrefix(arn.Resource, "user/"):
				people[subject] = true
			default:
				roles[subject] = true
			}
		}
	}
	var parts []string
	for _, counted := range []struct {
		n         int
		one, many string
	}{{len(people), "1 person", "people"}, {len(roles), "1 role", "roles"}} {
		switch {
		case counted.n == 1:
			parts = append(parts, counted.one)
		case counted.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", counted.n, counted.many))
		}
	}
	if portal {
		parts = append(parts, "people of IAM Identity Center")
	}
	if len(others) > 0 {
		parts = append(parts, "others whom no stack lists")
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + " can do"
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
		{
			"people",
			lines(len(r.People), func(i int) string { return sign(r.People[i].Gains) + " " + r.People[i].Line }),
		},
		{"calls", lines(len(r.Calls), func(i int) string { return sign(r.Calls[i].Gains) + " " + r.Calls[i].Line })},
		{
			"permission sets",
			lines(
				len(r.Assignments),
				func(i int) string { return sign(r.Assignments[i].Gains) + " " + r.Assignments[i].Line },
			),
		},
		{
			"guardrails",
			lines(
				len(r.Guardrails),
				func(i int) string { return sign(r.Guardrails[i].Attached) + " " + r.Guardrails[i].Line },
			),
		},
		{"replaced and deleted", r.resourceLines("replace", "delete", "retain")},
		{"not compared", r.Open},
		{"proofs", lines(len(r.Proofs), func(i int) string { return r.Proofs[i].Line })},
		{"settings", lines(len(r.Settings), func(i int) string { return r.Settings[i].Line })},
		{"documents", lines(len(r.Documents), func(i int) string { return r.Documents[i].Line })},
		{"resources", r.resourceLines("create", "update")},
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

// WriteBrief writes what the report says of people, permission sets, guardrails and settings, for a screen: of the
// sections that say where that comes from it writes how much there is, and more: how to see it, empty where there is
// no way.
func (r *Report) WriteBrief(w io.Writer, more string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.headline())
	var counts []string
	for _, s := range r.sections() {
		switch {
		case len(s.lines) == 0:
		case slices.Contains([]string{"calls", "documents", "resources", "proofs", "replaced and deleted"}, s.title):
			counts = append(counts, fmt.Sprintf("%s: %d", s.title, len(s.lines)))
		default:
			for _, line := range s.lines {
				fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(line, "\n", "\n    "))
			}
		}
	}
	if len(counts) > 0 {
		if more != "" {
			more = "; " + more
		}
		fmt.Fprintf(&b, "  and %s%s\n", strings.Join(counts, ", "), more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// folded are the sections that a comment shows on demand: what the ones above come from.
var folded = map[string]bool{"settings": true, "documents": true, "resources": true}

// WriteMarkdown writes the report for a comment on a pull request.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"### Access: %s\n\nFrom `%s` to %s.\n",
		r.headline(),
		strings.ReplaceAll(visible.Line(r.From), "`", "'"),
		visible.Markdown(r.To),
	)
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
			fmt.Fprintf(&b, "- %s%s\n", mark, visible.Markdown(strings.ReplaceAll(line, "\n", " ")))
		}
		if folded[s.title] {
			b.WriteString("\n</details>\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the report as one line of JSON.
func (r *Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// resourceLines are those of the resources to which one of the things happens.
func (r *Report) resourceLines(ops ...string) []string {
	var out []string
	for i := range r.Resources {
		if slices.Contains(ops, r.Resources[i].Op) {
			out = append(out, r.Resources[i].Line)
		}
	}
	return out
}
