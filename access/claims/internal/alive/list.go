package alive

import (
	"cmp"
	"fmt"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// List is a list of things that must work. It stops at the first that does not.
type List struct {
	p *claim.Prover
	f prove.Finding
}

// Begin begins the list of a finding.
func Begin(p *claim.Prover, f prove.Finding) *List { return &List{p: p, f: f} }

// ended is what ended a journey, and what was tried where it was not the caller who tried it.
func ended(a journey.Arrival) string {
	step := a.Steps[len(a.Steps)-1]
	if step.Request != nil && step.As.Subject() != a.As.Subject() {
		return step.Does + " and is refused: " + a.By().String()
	}
	return a.By().String()
}

// call must be allowed.
func (l *List) call(what string, s engine.Session, action string, arns ...string) {
	l.request(what, s, engine.Request{Action: action, Resources: engine.On(arns...)})
}

func (l *List) request(what string, s engine.Session, r engine.Request) {
	l.Journey(what, journey.Journey{From: s, Does: &r, At: r.Time})
}

// Journey must arrive.
func (l *List) Journey(what string, j journey.Journey) (journey.Arrival, bool) {
	if l.f.Verdict == prove.DoesNotHold {
		return journey.Arrival{}, false
	}
	l.f.Classes++
	if j.At.IsZero() {
		j.At = l.p.Engine.Day()
	}
	arrival, err := journey.Walk(l.p.Engine, j)
	switch {
	case err != nil:
		l.f.Verdict, l.f.Problem = prove.DoesNotHold, fmt.Sprintf("%s: cannot be decided: %s", what, err)
		return journey.Arrival{}, false
	case arrival.Allowed():
		if arrival.NodeRole != "" {
			l.assume(
				arrival.NodeRole,
				what+": the node runs as a role that is left out of what shuts its agent out, such as "+arrival.NodeRole,
			)
		}
		if arrival.ByEndpoints != "" {
			l.assume(
				"agent/endpoints",
				what+": the node calls AWS from its own VPC, through VPC endpoints: "+arrival.ByEndpoints+
					" refuses its calls from elsewhere",
			)
		}
		for _, lack := range arrival.Lacks {
			l.f.Assume(lack.ID, what+": nobody minds that "+lack.Text)
		}
		return arrival, true
	}
	if generous, err := journey.Walk(
		l.p.Engine.Assuming(engine.UnknownAllowsEverything),
		j,
	); err == nil &&
		generous.Allowed() {
		l.f.Verdict = max(l.f.Verdict, prove.HoldsIf)
		last := arrival.Steps[len(arrival.Steps)-1]
		id := strings.Join(last.Decision.Unknowns, " and ")
		l.assume(
			cmp.Or(id, policy.ARNPart(last.Decision.Resource, 4)),
			what+": "+cmp.Or(id, "what is not known")+" allows it",
		)
		return generous, true
	}
	l.f.Verdict, l.f.Problem = prove.DoesNotHold, what+" does not work: "+ended(arrival)
	if by := arrival.By(); by.Kind == engine.ServiceControlPolicySource {
		l.f.By = append(l.f.By, by)
	}
	l.f.Witness, l.f.Journey = &arrival, &j
	return arrival, false
}

func (l *List) assume(id, text string) {
	l.f.Verdict = max(l.f.Verdict, prove.HoldsIf)
	l.f.Assumptions = append(l.f.Assumptions, prove.ProofAssumption{ID: id, Text: text})
}

// Done adds the finding to the report.
func (l *List) Done() { l.p.Add(l.f) }
