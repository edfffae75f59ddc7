package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// Concession is something that a verdict rests on: a switch that weakens a proof, or an assumption about what the
// stack does not have.
type Concession struct {
	// ID is what guardrails:accept repeats.
	ID string
	// Texts say what is possible because of it, or what must be true. Whoever accepts the id accepts all of them.
	Texts []string
	// Switch tells a switch from an assumption.
	Switch bool
	// Accepted is the reason that the stack file gives, empty where it gives none.
	Accepted string
}

// Concessions are what the verdicts of the judgement rest on: the switches first, each once, in the order in which
// they were found.
func (j *Judgement) Concessions() []Concession {
	var all []Concession
	add := func(id, text string, isSwitch bool) {
		index := slices.IndexFunc(all, func(c Concession) bool { return c.ID == id && c.Switch == isSwitch })
		if index < 0 {
			index = len(all)
			all = append(all, Concession{ID: id, Switch: isSwitch, Accepted: j.accepted(id)})
		}
		if !slices.Contains(all[index].Texts, text) {
			all[index].Texts = append(all[index].Texts, text)
		}
	}
	for i := range j.Proofs.Findings {
		for _, w := range j.Proofs.Findings[i].Waivers {
			add(w.Key, w.Text, true)
		}
	}
	for i := range j.Proofs.Findings {
		for _, a := range j.Proofs.Findings[i].Assumptions {
			add(a.ID, a.Text, false)
		}
	}
	for _, a := range j.Gaps {
		add(a.ID, a.Text, false)
	}
	for i := range j.Expectations {
		for _, a := range j.Expectations[i].Assumptions {
			add(a.ID, a.Text, false)
		}
	}
	return all
}

func (j *Judgement) accepted(id string) string {
	for _, a := range j.Stack.Accept {
		if a.ID == id {
			return a.Because
		}
	}
	return ""
}

// StrictRefusals are what a strict check refuses besides Refusals: every concession that guardrails:accept does not
// repeat, and every entry there that nothing rests on, because whoever reads it would believe otherwise.
func (j *Judgement) StrictRefusals() problem.List {
	var refusals problem.List
	concessions := j.Concessions()
	for _, c := range concessions {
		if c.Accepted != "" {
			continue
		}
		why := "is assumed: "
		if c.Switch {
			why = "weakens a proof: "
		}
		refusals = append(
			refusals,
			j.problem(
				problem.Problem{
					Path:  "guardrails:accept",
					Kind:  problem.Unproven,
					Value: problem.Written(strconv.Quote(c.ID)),
					Why:   why + strings.Join(c.Texts, "; "),
					Fix:   fmt.Sprintf("write {id: %q, because: <why that is all right>}, or change it", c.ID),
				},
			),
		)
	}
	for i, a := range j.Stack.Accept {
		if slices.ContainsFunc(concessions, func(c Concession) bool { return c.ID == a.ID }) ||
			slices.ContainsFunc(j.Notices, func(n stack.Notice) bool { return n.ID == a.ID }) {
			continue
		}
		var ids []string
		for _, c := range concessions {
			ids = append(ids, c.ID)
		}
		for _, n := range j.Notices {
			ids = append(ids, n.ID)
		}
		refusals = append(
			refusals,
			j.problem(problem.Problem{
				Path:  problem.Path("guardrails:accept").Index(i).Child("id"),
				Kind:  problem.NotFound,
				Value: problem.Written(strconv.Quote(a.ID)),
				Why:   "is nothing that a verdict rests on, and no notice",
				Fix:   "remove it, or " + strictyaml.DidYouMean(a.ID, ids),
			}),
		)
	}
	return refusals
}
