package judge

import (
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/prove"
)

// Summary is a judgement for machines.
type Summary struct {
	Proofs       []ProofSummary       `json:"proofs"`
	Expectations []ExpectationSummary `json:"expectations"`
	// Waived and Assumed are what the verdicts rest on.
	Waived  []ConcessionSummary `json:"waived"`
	Assumed []ConcessionSummary `json:"assumed"`
	// Administrators are the ARNs of those about whom no proof of "nobody" can speak.
	Administrators []string `json:"administrators"`
	// Classes is how many classes of requests the proofs looked at.
	Classes int `json:"classes"`
}

// ProofSummary is one standing proof.
type ProofSummary struct {
	ID    string `json:"id"`
	Claim string `json:"claim"`
	// Verdict is "holds", "holds if", "waived" or "does not hold".
	Verdict  string           `json:"verdict"`
	Page     string           `json:"page"`
	Findings []FindingSummary `json:"findings"`
}

// FindingSummary is what a proof found out about one subject.
type FindingSummary struct {
	Subject string `json:"subject"`
	Verdict string `json:"verdict"`
	// Shut is what keeps a door shut, and By the Sids of the statements that do so.
	Shut    string   `json:"shut,omitempty"`
	By      []string `json:"by,omitempty"`
	Problem string   `json:"problem,omitempty"`
	// Witness is the shortest journey that goes against the claim, a step in each line.
	Witness string `json:"witness,omitempty"`
	// Unreal says why the request of the witness is not confirmed, Unconfirmed the same in a sentence for people.
	Unreal      string `json:"unreal,omitempty"`
	Unconfirmed string `json:"-"`
}

// ExpectationSummary is one expectation.
type ExpectationSummary struct {
	It      string `json:"it"`
	Verdict string `json:"verdict"`
	// Problem says why the expectation cannot be judged, Field which of its keys is wrong.
	Problem string `json:"problem,omitempty"`
	Field   string `json:"field,omitempty"`
	Subject string `json:"subject"`
	Object  string `json:"object"`
	// Expected and Got are "ALLOWED", "DENIED" or "OS user x".
	Expected string `json:"expected"`
	Got      string `json:"got,omitempty"`
	// At is the call that decided, OnTheWay that it came before what was to be tried.
	At       string `json:"at,omitempty"`
	OnTheWay bool   `json:"onTheWay,omitempty"`
	Why      string `json:"why,omitempty"`
	// If are the ids of what the verdict rests on.
	If []string `json:"if,omitempty"`
}

// ConcessionSummary is something that a verdict rests on.
type ConcessionSummary struct {
	ID       string   `json:"id"`
	Texts    []string `json:"texts"`
	Accepted string   `json:"accepted,omitempty"`
}

// Summarize is the judgement for machines. Lists are never null.
func (j *Judgement) Summarize() Summary {
	s := Summary{
		Proofs:         []ProofSummary{},
		Expectations:   []ExpectationSummary{},
		Waived:         []ConcessionSummary{},
		Assumed:        []ConcessionSummary{},
		Administrators: []string{},
		Classes:        j.Proofs.Classes(),
	}
	byProof := map[string][]*prove.Finding{}
	for i := range j.Proofs.Findings {
		f := &j.Proofs.Findings[i]
		byProof[f.ID] = append(byProof[f.ID], f)
	}
	for _, p := range j.ProofsMade() {
		proof := ProofSummary{
			ID:       p.ID,
			Claim:    p.Claim,
			Verdict:  p.Verdict.String(),
			Page:     p.Page,
			Findings: []FindingSummary{},
		}
		for _, f := range byProof[p.ID] {
			proof.Findings = append(proof.Findings, SummarizeFinding(f))
		}
		s.Proofs = append(s.Proofs, proof)
	}
	for i := range j.Expectations {
		s.Expectations = append(s.Expectations, summarizeExpectation(&j.Expectations[i]))
	}
	for _, c := range j.Concessions() {
		one := ConcessionSummary{ID: c.ID, Texts: c.Texts, Accepted: c.Accepted}
		if c.Switch {
			s.Waived = append(s.Waived, one)
		} else {
			s.Assumed = append(s.Assumed, one)
		}
	}
	for _, a := range j.Proofs.Administrators {
		s.Administrators = append(s.Administrators, a.ARN)
	}
	return s
}

// SummarizeFinding is a finding for machines.
func SummarizeFinding(f *prove.Finding) FindingSummary {
	s := FindingSummary{
		Subject: f.Subject,
		Verdict: f.Verdict.String(),
		Shut:    f.Shut.String(),
		Problem: f.Problem,
		Unreal:  f.Unreal.String(),

		Unconfirmed: f.Unreal.Sentence(),
	}
	for _, by := range f.By {
		s.By = append(s.By, by.Sid)
	}
	if f.Witness != nil {
		s.Witness = f.Witness.String()
	}
	return s
}

func summarizeExpectation(r *expect.ExpectationResult) ExpectationSummary {
	s := ExpectationSummary{
		It:       r.Expectation.It,
		Verdict:  r.Verdict.String(),
		Field:    r.Field,
		Subject:  r.Subject,
		Object:   r.Object,
		Expected: r.Want,
		Got:      r.Got,
		At:       r.At,
		OnTheWay: r.OnTheWay,
		Why:      r.Why,
	}
	if r.Problem != nil {
		s.Problem = r.Problem.Error()
	}
	for _, a := range r.Assumptions {
		s.If = append(s.If, a.ID)
	}
	return s
}
