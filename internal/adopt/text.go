package adopt

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Nothing reports whether there is nothing to write into the stack file.
func (p *Plan) Nothing() bool { return len(p.Additions) == 0 }

// WriteJSON writes the plan as one line of JSON.
func (p *Plan) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(p) }

// WriteText writes the plan for people.
func (p *Plan) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, account %s: what exists\n", p.Stack, p.Account)
	if len(p.Adopted)+len(p.Left)+len(p.Refused)+len(p.Unread) == 0 {
		b.WriteString("  nothing that the stack wants and did not make\n")
	}
	if len(p.Adopted) > 0 {
		b.WriteString("  becomes the stack's\n")
	}
	for _, thing := range p.Adopted {
		fmt.Fprintf(&b, "    = %s\n", thing.What)
		for _, text := range thing.Written {
			fmt.Fprintf(&b, "        written   %s\n", text)
		}
		for _, text := range thing.Changes {
			fmt.Fprintf(&b, "        up        %s\n", text)
		}
	}
	for _, part := range []struct {
		title, sign string
		things      []Left
	}{{"cannot become the stack's", "x", p.Refused}, {"may exist, and could not be read", "?", p.Unread}, {"is left alone", "-", p.Left}} {
		if len(part.things) > 0 {
			fmt.Fprintf(&b, "  %s\n", part.title)
		}
		for _, thing := range part.things {
			fmt.Fprintf(
				&b,
				"    %s %s: %s\n",
				part.sign,
				thing.What,
				strings.ReplaceAll(strings.TrimSpace(thing.Why), "\n", "\n      "),
			)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
