package judge

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
)

// Holds reports whether the stack may be deployed; a strict check wants the concessions accepted too.
func (j *Judgement) Holds(strict bool) bool {
	return len(j.Refusals()) == 0 && (!strict || len(j.StrictRefusals()) == 0)
}

// Form says how much WriteText writes.
type Form int

// The forms. Short says of what holds only how much it is, and of what is accepted only that it is; Brief leaves both
// out; Whole writes every claim and expectation with its verdict, and every reason.
const (
	Short Form = iota
	Brief
	Whole
)

// WriteText writes the judgement for people: whether the stack holds, then what does not hold, then what the verdicts
// rest on, and notices. Claims are written as sentences.
func (j *Judgement) WriteText(w io.Writer, strict bool, form Form) error {
	var b strings.Builder
	holds := j.Holds(strict)
	fmt.Fprintf(
		&b,
		"%s: %s (account %s)",
		j.Stack.File,
		map[bool]string{true: "holds", false: "does not hold"}[holds],
		j.Stack.Account.ID,
	)
	if holds && form == Short {
		b.WriteString(": " + j.tally())
	}
	b.WriteString("\n")
	for _, p := range append(slices.Clone(j.Unreadable), j.Requesters...) {
		fmt.Fprintf(&b, "  %s\n", p.Error())
	}
	j.writeFailedProofs(&b)
	j.writeFailedExpectations(&b)
	if form == Whole {
		j.writeProven(&b)
		j.writeMet(&b)
	} else if !holds && form == Short {
		fmt.Fprintf(&b, "  %s\n", j.tally())
	}
	if form == Whole || !holds {
		j.writeConcessions(&b)
	}
	if form == Short && holds {
		j.writeUnaccepted(&b)
	}
	j.writeNotices(&b, form)
	_, err := io.WriteString(w, b.String())
	return err
}

// tally is how much holds.
func (j *Judgement) tally() string {
	proofs, met := j.ProofsMade(), 0
	for i := range j.Expectations {
		if j.Expectations[i].Holds() {
			met++
		}
	}
	proven := 0
	for _, p := range proofs {
		if p.Verdict != prove.DoesNotHold {
			proven++
		}
	}
	parts := []string{part(proven, len(proofs), "claim") + " proven"}
	if len(j.Expectations) > 0 {
		parts = append(parts, part(met, len(j.Expectations), "expectation")+" met")
	}
	accepted := 0
	for _, c := range j.Concessions() {
		if c.Accepted != "" {
			accepted++
		}
	}
	for _, n := range j.Notices {
		if n.Accepted != "" {
			accepted++
		}
	}
	if accepted > 0 {
		parts = append(parts, fmt.Sprintf("%d accepted with a reason", accepted))
	}
	return strings.Join(parts, ", ")
}

func part(n, all int, what string) string {
	if all != 1 {
		what += "s"
	}
	if n == all {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d of %d %s", n, all, what)
}

// writeUnaccepted names what verdicts rest on that nobody has accepted: a strict check refuses it.
func (j *Judgement) writeUnaccepted(b *strings.Builder) {
	for _, c := range j.Concessions() {
		if c.Accepted != "" {
			continue
		}
		word := "assumed"
		if c.Switch {
			word = "waived"
		}
		for _, text := range c.Texts {
			fmt.Fprintf(b, "  %-8s%s (%s)\n", word, text, c.ID)
		}
	}
}

// writeNotices writes the notices that nobody has accepted, and the others in the form that has everything.
func (j *Judgement) writeNotices(b *strings.Builder, form Form) {
	for _, n := range j.Notices {
		switch {
		case n.Accepted == "" && form == Whole:
			fmt.Fprintf(b, "  note    %s: %s\n", n.Path, n.Text)
		case n.Accepted == "":
			fmt.Fprintf(b, "  note    %s: %s\n", n.Path, cut(n.Text))
		case form == Whole:
			fmt.Fprintf(b, "  note    %s: %s (accepted: %s)\n", n.Path, n.Text, n.Accepted)
		}
	}
}

// longestNotice is how long a notice may be in the forms that do not have everything.
const longestNotice = 320

// cut is a text that may go on for a screen, cut between two words.
func cut(text string) string {
	if len(text) <= longestNotice {
		return text
	}
	short := text[:longestNotice]
	return short[:strings.LastIndexByte(short, ' ')] + " ... (--all has all of it)"
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
	standing := claims.StandingProofs()
	all, place := make([]Proof, len(standing)), map[string]int{}
	for n, p := range standing {
		all[n] = Proof{ID: p.ID, Claim: p.Claim}
		place[p.ID] = n
	}
	for i := range j.Proofs.Findings {
		f := &j.Proofs.Findings[i]
		n, known := place[f.ID]
		if !known {
			continue
		}
		proof := &all[n]
		if proof.Subjects == 0 {
			proof.Shut = f.Shut
		} else if proof.Shut != f.Shut {
			proof.Shut = prove.NotShut
		}
		proof.Page, proof.Subjects, proof.Verdict = f.Page, proof.Subjects+1, max(proof.Verdict, f.Verdict)
		if f.Verdict == prove.DoesNotHold {
			proof.Failed = append(proof.Failed, *f)
		}
	}
	return slices.DeleteFunc(all, func(p Proof) bool { return p.Subjects == 0 })
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

// writeFailedProofs writes each claim that does not hold, with the shortest way that shows it.
func (j *Judgement) writeFailedProofs(b *strings.Builder) {
	for _, p := range j.ProofsMade() {
		if p.Verdict != prove.DoesNotHold {
			continue
		}
		fmt.Fprintf(b, "  %-8s%s (%s, %s)\n", mark(p.Verdict), p.Claim, p.ID, p.Page)
		var failed []*prove.Finding
		for i := range p.Failed {
			failed = append(failed, &p.Failed[i])
		}
		for _, c := range j.causes(failed) {
			j.writeFailed(b, c)
		}
	}
}

// writeProven writes the claims that hold, each as a sentence.
func (j *Judgement) writeProven(b *strings.Builder) {
	holding := slices.DeleteFunc(j.ProofsMade(), func(p Proof) bool { return p.Verdict == prove.DoesNotHold })
	if len(holding) == 0 {
		return
	}
	b.WriteString("  claims (docs/safety.md says what each means)\n")
	for _, p := range holding {
		fmt.Fprintf(b, "    %-8s%s (%s, %s)\n", mark(p.Verdict), p.Claim, p.ID, subjects(p.Subjects))
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
	fmt.Fprintf(b, "          %s: %s\n", j.Stack.NameOf(f.Subject), f.Problem)
	if mend := j.mend(f); mend != "" {
		fmt.Fprintf(b, "            to mend it: %s\n", mend)
	}
	if others := j.others(c); others != "" {
		fmt.Fprintf(b, "            %s\n", others)
	}
	if f.Witness != nil {
		fmt.Fprintf(b, "%s\n", indented(f.Witness.String(), "            "))
	}
	if f.Unreal != (prove.Doubt{}) {
		fmt.Fprintf(b, "            %s\n", f.Unreal.Sentence())
	}
}

func (j *Judgement) writeFailedExpectations(b *strings.Builder) {
	for i := range j.Expectations {
		if r := &j.Expectations[i]; !r.Holds() {
			writeIndented(b, "  ", r.String())
		}
	}
}

// writeMet writes the expectations that are met.
func (j *Judgement) writeMet(b *strings.Builder) {
	title := "  expectations\n"
	for i := range j.Expectations {
		if r := &j.Expectations[i]; r.Holds() {
			b.WriteString(title)
			title = ""
			writeIndented(b, "    ", r.String())
		}
	}
}

func writeIndented(b *strings.Builder, indent, text string) {
	for line := range strings.Lines(text) {
		b.WriteString(indent + line)
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
