package page

import "aws-access-guardrails/internal/visible"

// Change is what a change does.
type Change struct {
	From, To string
	// NoOne says that no one gains or loses anything.
	NoOne    bool
	Sections []ChangeSection
}

// ChangeSection is a list of what changes.
type ChangeSection struct {
	Title string
	Lines []ChangeLine
}

// ChangeLine is one thing that changes. Sign is "+" for what is gained, "-" for what is lost and "~" for what is
// neither.
type ChangeLine struct{ Sign, Text string }

// Class is the class of the line's style.
func (l ChangeLine) Class() string {
	return map[string]string{"+": "gains", "-": "loses"}[l.Sign]
}

// Words are what the sign means, for who does not see it.
func (l ChangeLine) Words() string {
	if c := l.Class(); c != "" {
		return c
	}
	return "differs"
}

// harmless is the change with texts that nobody can take for something else.
func (c *Change) harmless() *Change {
	if c == nil {
		return nil
	}
	out := &Change{From: line(c.From), To: line(c.To), NoOne: c.NoOne}
	for _, s := range c.Sections {
		section := ChangeSection{Title: line(s.Title)}
		for _, l := range s.Lines {
			section.Lines = append(section.Lines, ChangeLine{line(l.Sign), textOf(l.Text)})
		}
		out.Sections = append(out.Sections, section)
	}
	return out
}

// textOf is a text of several lines, harmless.
func textOf(s string) string { return visible.Text(s) }
