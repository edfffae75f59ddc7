// Package audit writes what was found in an account that stands already.
package audit

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"aws-access-guardrails/internal/judge/existing"
	"aws-access-guardrails/internal/view/jsonline"
)

// Report is an audit with its words.
type Report struct{ *existing.Audit }

// WriteJSON writes the audit as one line of JSON.
func (r Report) WriteJSON(w io.Writer) error { return jsonline.Write(w, r.Audit) }

// WriteText writes the audit for people: what does not hold with the way that shows it, the escalations, what differs
// from the stack file, what decides nothing, then what was assumed, who administers, and how much was examined.
func (r Report) WriteText(w io.Writer) error {
	a := r.Audit
	var b strings.Builder
	verdict := "holds"
	if !a.Holds {
		verdict = "does not hold"
	}
	if a.Stack != "" {
		verdict += ", held against stack " + a.Stack
	}
	fmt.Fprintf(&b, "account %s: %s\n", a.Account, verdict)
	for _, u := range a.Unread {
		ofAWS := ""
		if u.OfAWS {
			ofAWS = "; AWS made it, so it decides nothing"
		}
		fmt.Fprintf(&b, "not read: %s: %s; taken as: %s%s\n", u.Place, u.Problem, u.Taken, ofAWS)
	}
	writeFindings(&b, a, false)
	writeEscalations(&b, a, false)
	if len(a.Differences) > 0 {
		fmt.Fprintf(&b, "\nFAIL  differs from the stack file\n")
		for _, d := range a.Differences {
			fmt.Fprintf(&b, "      %s: %s\n", d.Subject, d.Problem)
		}
	}
	writeFindings(&b, a, true)
	writeEscalations(&b, a, true)
	held := 0
	for _, f := range a.Findings {
		if !f.Open() {
			held++
		}
	}
	hold := "findings hold"
	if held == 1 {
		hold = "finding holds"
	}
	fmt.Fprintf(
		&b,
		"\n%d %s, %d do not; %d classes of requests examined\n",
		held,
		hold,
		len(a.Findings)-held,
		a.Classes,
	)
	fmt.Fprintf(
		&b,
		"looked at, as AWS printed them: users: %d, groups: %d, roles: %d, managed policies: %d\n",
		a.Listed.Users, a.Listed.Groups, a.Listed.Roles, a.Listed.Policies,
	)
	seen := map[string]bool{}
	for _, f := range a.Findings {
		for _, text := range f.Assumed {
			if !seen[text] {
				seen[text] = true
				fmt.Fprintf(&b, "assumed: %s\n", text)
			}
		}
	}
	for _, one := range a.Administrators {
		fmt.Fprintf(&b, "administrator: %s, by %s\n", one.ARN, one.By)
	}
	for _, dead := range a.Dead {
		fmt.Fprintf(&b, "dead: %s: %s\n", dead.Policy, dead.Problem)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFindings writes what does not hold: what decides, or what is only advice. What one statement opens for many
// people is told once.
func writeFindings(b *strings.Builder, a *existing.Audit, advice bool) {
	told := func(f existing.Finding) bool { return f.Open() && f.Advice == advice }
	for i, f := range a.Findings {
		like := func(other existing.Finding) bool {
			return told(other) && other.ID == f.ID && other.Problem == f.Problem
		}
		if !told(f) || slices.ContainsFunc(a.Findings[:i], like) {
			continue
		}
		verdict, why := "FAIL", ""
		if advice {
			verdict, why = "note", "      nobody said that it should work: this decides nothing\n"
		}
		fmt.Fprintf(b, "\n%s  %s  %s\n", verdict, f.ID, f.Page)
		for _, other := range a.Findings[i:] {
			if like(other) {
				fmt.Fprintf(b, "      %s\n", other.Subject)
			}
		}
		fmt.Fprintf(b, "      %s\n%s", f.Problem, why)
		for line := range strings.Lines(f.Witness) {
			fmt.Fprintf(b, "        %s\n", strings.TrimRight(line, "\n"))
		}
		if f.Unconfirmed != "" {
			fmt.Fprintf(b, "      %s\n", f.Unconfirmed)
		}
	}
}

// writeEscalations writes the ways: those that decide, or those that are meant.
func writeEscalations(b *strings.Builder, a *existing.Audit, meant bool) {
	for _, e := range a.Escalations {
		if e.Meant != meant {
			continue
		}
		verdict, why := "FAIL", ""
		if meant {
			verdict, why = "note", "      the trust policy or the stack file says so: this decides nothing\n"
		}
		fmt.Fprintf(b, "\n%s  escalation  docs/safety.md#escalations\n      %s %s\n%s", verdict, e.From, e.Ends, why)
		for i, s := range e.Steps {
			fmt.Fprintf(
				b,
				"        %d. %s %s %s (%s): allowed by %s\n",
				i+1,
				s.As,
				s.It,
				s.On,
				strings.Join(s.Calls, ", "),
				s.By,
			)
		}
	}
}
