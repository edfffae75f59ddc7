package claim

import (
	"strings"
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Begin makes a finding of the proof at hand.
func (p *Prover) Begin(in *intent.Account, subject string) prove.Finding {
	return prove.Finding{
		ID:      p.asserted.ID,
		Account: in.Account,
		Subject: subject,
		Claim:   p.asserted.Claim,
		Page:    prove.ProofPage(p.asserted.ID),
	}
}

// Add adds a finding to the report as it is.
func (p *Prover) Add(f prove.Finding) { p.Report.Findings = append(p.Report.Findings, f) }

// Conclude writes an answer into a finding. core, if it is there, is the answer about the part of the claim that a
// Deny is meant to shut; it tells what shuts the door when the claim holds.
func (p *Prover) Conclude(f prove.Finding, a search.Answer, problem string, core ...search.Answer) {
	f.Classes += a.Classes
	for _, c := range core {
		f.Classes += c.Classes
		if !a.Open && !c.Open {
			a.Denied, a.Closers, a.GaveUp = c.Denied, c.Closers, a.GaveUp || c.GaveUp
		}
	}
	switch {
	case a.Open && !a.Guess:
		f.Verdict, f.Problem = prove.DoesNotHold, problem
		if a.By.Policy != "" || a.By.Sid != "" {
			f.Problem += ": " + a.By.String()
		}
		f.Unreal = a.Witness.Doubt
		if moment := a.Witness.Request.Time; a.Witness.M.Timed && !moment.Equal(p.Engine.Day()) {
			f.At = moment
			f.Problem += ", at " + moment.Format(time.RFC3339Nano)
		}
		p.walk(&f, a)
	case a.GaveUp:
		f.Verdict, f.Uncertain, f.Problem = prove.DoesNotHold, true, search.NotProven(a.Grew)
	case a.Open:
		for _, guess := range a.Guesses() {
			f.Assume(assumptionID(guess), guess.Assumption)
		}
	case a.Denied:
		f.Shut, f.By = prove.ShutByDeny, a.Closers
	default:
		f.Shut = prove.ShutByAbsence
	}
	p.Add(f)
}

func assumptionID(a search.Answer) string {
	if a.By.Policy != "" && strings.HasPrefix(a.By.Policy, "arn:") {
		return a.By.Policy
	}
	return policy.ARNPart(a.Witness.Resource(), 4)
}

// walk turns the request of an answer into the shortest journey that makes it.
func (p *Prover) walk(f *prove.Finding, a search.Answer) {
	e := a.C.Engine
	if a.Witness.Engine != nil {
		e = a.Witness.Engine
	}
	if a.Guess {
		e = e.Assuming(engine.UnknownAllowsEverything)
	}
	request := a.Witness.Request
	ways := []journey.Journey{{From: a.Witness.Session, Does: &request, At: request.Time}}
	if s := a.Witness.Session; s.Kind == engine.RoleSession && a.Witness.Engine == nil {
		// A role session begins with a person, if the world has one who can assume the role.
		ways = append(p.waysInto(s, &request), ways...)
	}
	for i := range ways {
		arrival, err := journey.Walk(e, ways[i])
		if err == nil && (arrival.Allowed() || i == len(ways)-1) {
			f.Journey, f.Witness = &ways[i], &arrival
			return
		}
	}
}

func (p *Prover) waysInto(s engine.Session, request *engine.Request) []journey.Journey {
	var ways []journey.Journey
	role := p.Engine.Principals[s.Subject()]
	if role == nil {
		return nil
	}
	for _, user := range world.TrustedUsers(policy.Document{Statements: fromStatements(role.Trust.Allow)}) {
		if _, known := p.Engine.Principals[user]; known {
			ways = append(
				ways,
				journey.Journey{
					From: engine.ConsoleWithMFA(user, model.SomeAge),
					Via:  []journey.Hop{{Role: s.Subject(), Tags: s.Tags}},
					Does: request,
					At:   request.Time,
				},
			)
		}
	}
	return ways
}

func fromStatements(list []*engine.Statement) []policy.Statement {
	out := make([]policy.Statement, len(list))
	for i, st := range list {
		out[i] = st.From
	}
	return out
}
