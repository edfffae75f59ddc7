package change

import (
	"strings"
)

// Listed is a part of a report as a list, for whoever shows it in another form than WriteText.
type Listed struct {
	Title string
	Lines []ListedLine
}

// ListedLine is one thing that changes. Sign is "+" for what is gained, "-" for what is lost, and "~" for what is
// neither; Text does not begin with it.
type ListedLine struct{ Sign, Text string }

// Listed is the report as lists, those that are empty left out. Resources are not among them: they are what the
// engine does, and not what it means.
func (r *Report) Listed() []Listed {
	var all []Listed
	list := func(title string, lines []ListedLine) {
		if len(lines) > 0 {
			all = append(all, Listed{title, lines})
		}
	}
	list("People", linesOf(r.People, func(p PersonChange) ListedLine { return gained(p.Gains, p.Line) }))
	list(
		"What users and roles may call",
		linesOf(r.Calls, func(c CallChange) ListedLine { return gained(c.Gains, c.Line) }),
	)
	list(
		"Permission sets",
		linesOf(r.Assignments, func(a AssignmentChange) ListedLine { return gained(a.Gains, a.Line) }),
	)
	list(
		"Service control policies",
		linesOf(r.Guardrails, func(g GuardrailChange) ListedLine { return gained(g.Attached, g.Line) }),
	)
	list("Proofs and expectations", linesOf(r.Proofs, func(p ProofChange) ListedLine { return otherwise(p.Line) }))
	list("Settings", linesOf(r.Settings, func(s Setting) ListedLine { return otherwise(s.Line) }))
	list("Policy documents", linesOf(r.Documents, func(d DocumentChange) ListedLine { return otherwise(d.Line) }))
	list("Questions that stay open", linesOf(r.Open, otherwise))
	list("Notes", linesOf(r.Notes, otherwise))
	return all
}

func linesOf[T any](all []T, line func(T) ListedLine) []ListedLine {
	var lines []ListedLine
	for _, one := range all {
		lines = append(lines, line(one))
	}
	return lines
}

func gained(gains bool, text string) ListedLine {
	return ListedLine{sign(gains), strings.TrimLeft(text, "+- ")}
}

func otherwise(text string) ListedLine { return ListedLine{"~", strings.TrimLeft(text, "+-~ ")} }
