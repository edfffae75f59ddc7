package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
)

// Verdict is how a proof ends.
type Verdict int

// The verdicts, from good to bad.
const (
	// Holds: no request of the class goes against the claim.
	Holds Verdict = iota
	// HoldsIf: none does as long as the assumptions of the finding are true.
	HoldsIf
	// Waived: a switch of the intent allows what the claim rules out, so nothing is proven.
	Waived
	// DoesNotHold: the witness of the finding goes against the claim.
	DoesNotHold
)

func (v Verdict) String() string {
	switch v {
	case Holds:
		return "holds"
	case HoldsIf:
		return "holds if"
	case Waived:
		return "waived"
	}
	return "does not hold"
}

// Shut is what keeps a door shut.
type Shut int

// The ways in which a door is shut.
const (
	// NotShut: the finding is not about a door that must be shut, or the door is open.
	NotShut Shut = iota
	// ShutByAbsence: nothing here opens it; another policy could.
	ShutByAbsence
	// ShutByDeny: it stays shut whatever else is attached, by a Deny or by a layer that does not allow it: a
	// permissions boundary, a level of service control policies.
	ShutByDeny
)

func (s Shut) String() string {
	switch s {
	case ShutByAbsence:
		return "shut because nothing here opens it"
	case ShutByDeny:
		return "shut by a Deny"
	}
	return ""
}

// Doubt is why a request that the search has found is not known to be let in: that AWS sends no such request today, or
// that the request is decided otherwise when it is taken by itself. The zero Doubt is none.
type (
	Doubt     = search.Doubt
	DoubtKind = search.DoubtKind
)

// The kinds of doubt.
const (
	NotSent          = search.NotSent
	DecidedOtherwise = search.DecidedOtherwise
	NotDecided       = search.NotDecided
)

// ProofAssumption is something that a verdict rests on and that the world does not tell.
type ProofAssumption struct {
	// ID is what guardrails:accept repeats: the ARN of a policy whose document is not known, or the id of an account
	// whose policies are not.
	ID string
	// Text says what must be true.
	Text string
}

// Waiver is a switch that weakens a proof, and is on.
type Waiver struct {
	// Key is the switch, as the stack file has it, such as "mfa.enrolWithAccessKeys".
	Key string
	// Text says what is possible because of it.
	Text string
}

// Finding is what one proof found out about one subject.
type Finding struct {
	// ID is the proof, such as "no-mfa-no-access". It does not change.
	ID string
	// Account is the account of the subject.
	Account string
	// Subject is the ARN of the user or role that the proof is about, or the account id.
	Subject string
	// Claim is what was to be proven, in words.
	Claim   string
	Verdict Verdict
	// Shut says what keeps the door shut when the claim holds, By the statements that do so.
	Shut Shut
	By   []engine.Source
	// Assumptions are what a verdict of HoldsIf rests on.
	Assumptions []ProofAssumption
	// Waivers are the switches that weaken the claim.
	Waivers []Waiver
	// Classes is how many classes of requests were looked at: sets of test results that requests can have in common.
	Classes int
	// Witness is the shortest way that goes against the claim, with the decision at each step; nil when there is none.
	Witness *journey.Arrival
	// Journey is the way of the witness, to be asked about again.
	Journey *journey.Journey
	// Problem says what is wrong when the verdict is DoesNotHold.
	Problem string
	// At is when the request of the witness is made, where that matters: not at the instant from which the proofs
	// look on. Zero means that it does not.
	At time.Time
	// Unreal is set when the request of the witness is not confirmed, and says why: the claim is then not disproven in
	// practice, and not proven either.
	Unreal Doubt
	// Uncertain is set when the search was given up: the claim is then neither proven nor disproven, and counts as
	// one that does not hold. Problem names the statement that made the search grow.
	Uncertain bool
	// Page is where the proof is described.
	Page string
}

// String is the finding in lines, the first of which is the verdict.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", f.ID, f.Subject, f.Verdict)
	if f.Shut != NotShut {
		fmt.Fprintf(&b, ", %s", f.Shut)
		if len(f.By) > 0 {
			var sids []string
			for _, by := range f.By {
				sids = append(sids, cmp.Or(by.Sid, by.Policy, by.Owner))
			}
			fmt.Fprintf(&b, " (%s)", strings.Join(sids, ", "))
		}
	}
	b.WriteByte('\n')
	if f.Problem != "" {
		fmt.Fprintf(&b, "  %s\n", f.Problem)
	}
	if f.Witness != nil {
		for line := range strings.Lines(f.Witness.String()) {
			b.WriteString("    " + line)
		}
	}
	if f.Unreal != (Doubt{}) {
		fmt.Fprintf(&b, "  %s\n", f.Unreal.Sentence())
	}
	for _, a := range f.Assumptions {
		fmt.Fprintf(&b, "  assumed: %s (%s)\n", a.Text, a.ID)
	}
	for _, w := range f.Waivers {
		fmt.Fprintf(&b, "  waived: %s (%s)\n", w.Text, w.Key)
	}
	return b.String()
}

// ProofPage is the page of a proof.
func ProofPage(id string) string { return "docs/safety.md#" + id }

// Proof describes a standing proof.
type Proof struct {
	ID string
	// Claim is what it proves, in words.
	Claim string
}

// Administrator is a user or role with rights like iam:*: able to change policies, trust and credentials of
// everybody. No proof about "nobody" can hold for administrators, so they are left out of those and listed.
type Administrator struct {
	// ARN is the user or role.
	ARN string
	// By is what gives the rights.
	By engine.Source
	// Declared says that the intent names the administrator.
	Declared bool
}

// Report is the result of the standing proofs.
type Report struct {
	// Findings stand in the order of StandingProofs, for each proof in the order of the intents and their subjects.
	Findings       []Finding
	Administrators []Administrator
}

// Holds reports whether every claim holds, be it under assumptions.
func (r Report) Holds() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Verdict == DoesNotHold })
}

// Classes is how many classes of requests all proofs looked at.
func (r Report) Classes() int {
	n := 0
	for i := range r.Findings {
		n += r.Findings[i].Classes
	}
	return n
}

// Waivers are the switches that weaken proofs, each once, in the order of the findings.
func (r Report) Waivers() []Waiver {
	var all []Waiver
	for i := range r.Findings {
		for _, w := range r.Findings[i].Waivers {
			if !slices.ContainsFunc(all, func(have Waiver) bool { return have.Key == w.Key }) {
				all = append(all, w)
			}
		}
	}
	return all
}

// Assumptions are what the verdicts rest on, each once, in the order of the findings.
func (r Report) Assumptions() []ProofAssumption {
	var all []ProofAssumption
	for i := range r.Findings {
		for _, a := range r.Findings[i].Assumptions {
			if !slices.ContainsFunc(all, func(have ProofAssumption) bool { return have.ID == a.ID }) {
				all = append(all, a)
			}
		}
	}
	return all
}
