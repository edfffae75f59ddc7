package explain

import (
	"fmt"
	"io"
	"strings"

	"aws-access-guardrails/internal/view/jsonline"
)

// WriteText writes the answers for people who know no IAM: the question, the answer, and each step with what decided
// it.
func (e *Explanations) WriteText(w io.Writer) error {
	var b strings.Builder
	for i := range e.Answers {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", 80) + "\n\n")
		}
		e.Answers[i].write(&b, e)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the answers as one line of JSON.
func (e *Explanations) WriteJSON(w io.Writer) error { return jsonline.Write(w, e) }

// place tells answers to one question apart.
func (e *Explanations) place(x *Explanation) string {
	var words []string
	for _, other := range e.Answers {
		if other.Stack != x.Stack {
			words = append(words, "In the account of "+x.Stack)
			break
		}
	}
	for _, other := range e.Answers {
		if other.Stack == x.Stack && other.Region != x.Region {
			words = append(words, "in "+x.Region)
			break
		}
	}
	return upperFirst(strings.Join(words, ", "))
}

func (x *Explanation) write(b *strings.Builder, all *Explanations) {
	b.WriteString(x.Question + "\n")
	if place := all.place(x); place != "" {
		b.WriteString(place + ": ")
	}
	b.WriteString(x.Answer + "\n")
	if x.Door != "" {
		b.WriteString(x.Door + "\n")
	}
	for _, a := range x.Assumptions {
		fmt.Fprintf(b, "  if %s\n", a.Text)
	}
	for i := range x.Steps {
		x.Steps[i].write(b, i+1)
	}
}

// Sentence is what the step does, and from which network.
func (s *Step) Sentence() string {
	if s.From == "" {
		return s.Does
	}
	return s.Does + ", from " + s.From
}

func (s *Step) write(b *strings.Builder, number int) {
	fmt.Fprintf(b, "\n%d. %s", number, s.Sentence())
	switch {
	case s.Fails != "":
		fmt.Fprintf(b, ": FAILS\n   %s\n", s.Fails)
	case s.Outcome != "":
		fmt.Fprintf(b, ": %s\n", strings.ToUpper(s.Outcome))
	default:
		b.WriteString("\n")
	}
	for i := range s.Calls {
		s.Calls[i].write(b, len(s.Calls) > 1)
	}
	if s.Note != "" {
		fmt.Fprintf(b, "   note: %s\n", s.Note)
	}
}

func (c *Call) write(b *strings.Builder, several bool) {
	indent := "   "
	fmt.Fprintf(b, "%s%s", indent, c.Action)
	if c.Resource != "*" {
		fmt.Fprintf(b, " on %s", c.Resource)
	}
	if several {
		fmt.Fprintf(b, ": %s", c.Outcome)
	}
	b.WriteString("\n")
	if c.Rule != "" {
		fmt.Fprintf(b, "%s  AWS decides this itself: %s\n", indent, c.Rule)
	}
	for i := range c.Layers {
		c.Layers[i].write(b, indent+"  ")
	}
}

func (l *Layer) write(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s %s\n", indent, upperFirst(layerWords(*l)), l.saysWords())
	for _, unknown := range l.Unknown {
		if !strings.HasSuffix(unknown, ":"+l.Owner) {
			fmt.Fprintf(b, "%s  not known here: %s\n", indent, unknown)
		}
	}
	near := false
	for _, s := range l.Statements {
		if !s.Applies && !near {
			near = true
			lead := "What comes nearest to allowing it:"
			if l.Says == "denies" {
				lead = "Without that it would be refused too, because nothing allows it. What comes nearest:"
			}
			fmt.Fprintf(b, "%s  %s\n", indent, lead)
		}
		s.write(b, indent+"  ")
	}
}

func (s *Statement) write(b *strings.Builder, indent string) {
	verb := "does not apply"
	switch {
	case s.Applies && s.Effect == "Deny":
		verb = "denies it"
	case s.Applies:
		verb = "allows it"
	}
	if len(s.Reasons) > 0 {
		verb += ", because"
	}
	fmt.Fprintf(b, "%s%s %s\n", indent, statementWords(*s), verb)
	for _, reason := range s.Reasons {
		fmt.Fprintf(b, "%s  %s\n", indent, reason)
	}
}

// saysWords completes the sentence that begins with the set of policies.
func (l *Layer) saysWords() string {
	switch l.Says {
	case "denies":
		return "deny it."
	case "allows":
		return "allow it."
	case "is not needed":
		return "need not allow it: the role names its users itself."
	case "is not known":
		return "are not known here; they may allow it."
	}
	return "do not allow it."
}
