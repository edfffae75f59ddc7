package judge

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/prove"
)

// Holds reports whether the stack may be deployed; a strict check wants the concessions accepted too.
func (j *Judgement) Holds(strict bool) bool {
	return len(j.Refusals()) == 0 && (!strict || len(j.StrictRefusals()) == 0)
}

// WriteText writes the judgement for people: whether the stack holds, each proof with its verdict and page, each
// expectation, and what the verdicts rest on. A brief one leaves out what holds.
func (j *Judgement) WriteText(w io.Writer, strict, brief bool) error {
	var b strings.Builder
	verdict := "holds"
	if !j.Holds(strict) {
		verdict = "does not hold"
	}
	fmt.Fprintf(&b, "%s: %s (account %s)\n", j.Stack.File, verdict, j.Stack.Account.ID)
	for _, p := range append(slices.Clone(j.Unreadable), j.Requesters...) {
		fmt.Fprintf(&b, "  %s\n", p.Error())
	}
	j.writeProofs(&b, brief)
	j.writeExpectations(&b, brief)
	if !brief || !j.Holds(strict) {
		j.writeConcessions(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Proof is what the findings of one standing proof come to.
type Proof struct {
	ID, Claim, Page string
	// Verdict is the worst of its findings, of which there are Subjects.
	Verdict  prove.Verdict
	Subjects int
	// Shut is what keeps the door shut for every subject, NotShut where that differs or there is no door.
	Shut prove.Shut
	// Failed are the findings that do not hold.
	Failed []prove.Finding
}

// ProofsMade are the standing proofs that had a subject, in their order.
func (j *Judgement) ProofsMade() []Proof {
	var all []Proof
	for _, p := range claims.StandingProofs() {
		made := Proof{ID: p.ID, Claim: p.Claim}
		for _, f := range j.Proofs.Findings {
			if f.ID != p.ID {
				continue
			}
			if made.Subjects == 0 {
				made.Shut = f.Shut
			} else if made.Shut != f.Shut {
				made.Shut = prove.NotShut
			}
			made.Page, made.Subjects, made.Verdict = f.Page, made.Subjects+1, max(made.Verdict, f.Verdict)
			if f.Verdict == prove.DoesNotHold {
				made.Failed = append(made.Failed, f)
			}
		}
		if made.Subjects > 0 {
			all = append(all, made)
		}
	}
	return all
}

// mark is the word that a line begins with.
func mark(v prove.Verdict) string {
	switch v {
	case prove.Holds:
		return "ok"
	case prove.HoldsIf:
		return "ok if"
	case prove.Waived:
		return "waived"
	}
	return "FAIL"
}

func (j *Judgement) writeProofs(b *strings.Builder, brief bool) {
	made := j.ProofsMade()
	if brief {
		made = slices.DeleteFunc(made, func(p Proof) bool { return p.Verdict != prove.DoesNotHold })
	}
	if len(made) == 0 {
		return
	}
	var table bytes.Buffer
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, p := range made {
		fmt.Fprintf(columns, "    %s\t%s\t%s\t%s\n", mark(p.Verdict), p.ID, subjects(p.Subjects), p.Page)
	}
	columns.Flush()
	b.WriteString("  proofs\n")
	lines := strings.Split(strings.TrimRight(table.String(), "\n"), "\n")
	for i, p := range made {
		fmt.Fprintln(b, strings.TrimRight(lines[i], " "))
		var failed []*prove.Finding
		for i := range p.Failed {
			failed = append(failed, &p.Failed[i])
		}
		for _, c := range j.causes(failed) {
			j.writeFailed(b, c)
		}
	}
}

func subjects(n int) string {
	if n == 1 {
		return "1 subject"
	}
	return fmt.Sprintf("%d subjects", n)
}

func (j *Judgement) writeFailed(b *strings.Builder, c *cause) {
	f := c.finding
	fmt.Fprintf(b, "            %s: %s\n", j.Stack.NameOf(f.Subject), f.Problem)
	if mend := j.mend(f); mend != "" {
		fmt.Fprintf(b, "              to mend it: %s\n", mend)
	}
	if others := j.others(c); others != "" {
		fmt.Fprintf(b, "              %s\n", others)
	}
	if f.Witness != nil {
		fmt.Fprintf(b, "%s\n", indented(f.Witness.String(), "              "))
	}
	if f.Unreal != "" {
		fmt.Fprintf(b, "              AWS does not send this request today: %s\n", f.Unreal)
	}
}

func (j *Judgement) writeExpectations(b *strings.Builder, brief bool) {
	shown := j.Expectations
	if brief {
		shown = slices.DeleteFunc(slices.Clone(shown), func(r expect.ExpectationResult) bool { return r.Holds() })
	}
	if len(shown) == 0 {
		return
	}
	b.WriteString("  expectations\n")
	for i := range shown {
		for line := range strings.Lines(shown[i].String()) {
			b.WriteString("    " + line)
		}
	}
}

func (j *Judgement) writeConcessions(b *strings.Builder) {
	var switches, assumptions []Concession
	for _, c := range j.Concessions() {
		if c.Switch {
			switches = append(switches, c)
		} else {
			assumptions = append(assumptions, c)
		}
	}
	for _, part := range []struct {
		title string
		list  []Concession
	}{{"waived", switches}, {"assumed", assumptions}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(b, "  %s\n", part.title)
		for _, c := range part.list {
			accepted := "not accepted"
			if c.Accepted != "" {
				accepted = "accepted: " + c.Accepted
			}
			fmt.Fprintf(b, "    %s (%s)\n", c.ID, accepted)
			for _, text := range c.Texts {
				fmt.Fprintf(b, "      %s\n", text)
			}
		}
	}
	if len(j.Proofs.Administrators) > 0 {
		b.WriteString("  administrators\n")
		for _, a := range j.Proofs.Administrators {
			fmt.Fprintf(b, "    %s, by %s\n", a.ARN, a.By)
		}
	}
}
