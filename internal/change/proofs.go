package change

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/internal/judge"
)

// proofs are those whose verdict is another one, and expectations that come, go or turn. Of what is deployed nothing
// is proven.
func (c *comparison) proofs() {
	if c.from.Judgements == nil || c.to.Judgements == nil {
		return
	}
	for _, is := range c.to.Judgements {
		index := slices.IndexFunc(
			c.from.Judgements,
			func(j *judge.Judgement) bool { return j.Stack.Account.ID == is.Stack.Account.ID },
		)
		if index < 0 {
			continue
		}
		was := c.from.Judgements[index]
		c.verdicts(was, is)
		c.expectations(was, is)
	}
}

func (c *comparison) verdicts(was, is *judge.Judgement) {
	before, after := was.ProofsMade(), is.ProofsMade()
	find := func(list []judge.Proof, id string) (string, bool) {
		index := slices.IndexFunc(list, func(p judge.Proof) bool { return p.ID == id })
		if index < 0 {
			return "", false
		}
		return list[index].Verdict.String(), true
	}
	add := func(p ProofChange, claim string) {
		p.Stack = is.Stack.Name
		switch {
		case p.Was == "":
			p.Line = fmt.Sprintf("%s: %s is proven now and was not before: %s", p.Stack, p.ID, p.Is)
		case p.Is == "":
			p.Line = fmt.Sprintf("%s: %s is not proven any more: there is nobody left whom it is about", p.Stack, p.ID)
		case p.Was == p.Is:
			p.Line = fmt.Sprintf("%s: %s: still %s, by another switch", p.Stack, p.ID, p.Is)
		default:
			p.Line = fmt.Sprintf("%s: %s: %s -> %s", p.Stack, p.ID, p.Was, p.Is)
		}
		if len(p.Waived) > 0 {
			p.Line += " by " + strings.Join(p.Waived, ", ")
		}
		p.Line += " (" + claim + ")"
		c.Proofs = append(c.Proofs, p)
	}
	for _, p := range after {
		verdict, known := find(before, p.ID)
		waived := switches(is, p.ID)
		fresh := slices.DeleteFunc(
			slices.Clone(waived),
			func(key string) bool { return slices.Contains(switches(was, p.ID), key) },
		)
		if known && verdict == p.Verdict.String() && len(fresh) == 0 && len(waived) == len(switches(was, p.ID)) {
			continue
		}
		add(ProofChange{ID: p.ID, Was: verdict, Is: p.Verdict.String(), Waived: fresh}, p.Claim)
	}
	for _, p := range before {
		if _, known := find(after, p.ID); !known {
			add(ProofChange{ID: p.ID, Was: p.Verdict.String()}, p.Claim)
		}
	}
}

// switches are the keys that waive a proof.
func switches(j *judge.Judgement, id string) []string {
	var keys []string
	for i := range j.Proofs.Findings {
		if f := &j.Proofs.Findings[i]; f.ID == id {
			for _, w := range f.Waivers {
				if !slices.Contains(keys, w.Key) {
					keys = append(keys, w.Key)
				}
			}
		}
	}
	return keys
}

func (c *comparison) expectations(was, is *judge.Judgement) {
	before, after := results(was), results(is)
	for i := range is.Expectations {
		it := is.Expectations[i].Expectation.It
		verdict, known := before[it]
		p := ProofChange{Stack: is.Stack.Name, Expectation: it, Was: verdict, Is: after[it]}
		switch {
		case !known:
			p.Line = fmt.Sprintf("%s: expected now: %s", p.Stack, it)
		case verdict == after[it]:
			continue
		default:
			p.Line = fmt.Sprintf("%s: %s: %s -> %s", p.Stack, it, verdict, after[it])
		}
		c.Proofs = append(c.Proofs, p)
	}
	for i := range was.Expectations {
		it := was.Expectations[i].Expectation.It
		if _, known := after[it]; !known {
			c.Proofs = append(
				c.Proofs,
				ProofChange{
					Stack:       is.Stack.Name,
					Expectation: it,
					Was:         before[it],
					Line:        fmt.Sprintf("%s: expected no longer: %s", is.Stack.Name, it),
				},
			)
		}
	}
}

func results(j *judge.Judgement) map[string]string {
	out := map[string]string{}
	for i := range j.Expectations {
		r := &j.Expectations[i]
		out[r.Expectation.It] = r.Verdict.String()
	}
	return out
}
