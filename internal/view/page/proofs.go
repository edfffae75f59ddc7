package page

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/judge"
)

// proofs are the claims that were proven, the failing ones first, and what the stack files expect.
type proofs struct {
	// Failing are how many claims and expectations do not hold.
	Failing int
	Claims  []claim
	Stacks  []stackProofs
}

// claim is one standing claim over all accounts.
type claim struct {
	Sentence, ID, Verdict, Class string
	Subjects                     int
	// Accounts are those of whom it was proven, Problems what goes against it.
	Accounts []string
	Problems []problem
	worst    prove.Verdict
}

type problem struct{ Where, Words, Witness string }

// stackProofs are what a stack expects, and on what its verdicts rest.
type stackProofs struct {
	Stack, Account, Verdict, Class string
	Expectations                   []expectation
	Rests                          []rest
}

type expectation struct{ Sentence, Verdict, Class, Why string }

// rest is something that was assumed, or let pass by a switch.
type rest struct {
	ID, Kind, Accepted string
	Texts              []string
}

var verdictWords = map[prove.Verdict][2]string{
	prove.Holds: {
		"holds",
		"ok",
	},
	prove.HoldsIf:     {"holds, if what is assumed is so", "if"},
	prove.Waived:      {"waived by a switch", "if"},
	prove.DoesNotHold: {"does not hold", "fail"},
}

func newProofs(judgements []*judge.Judgement) proofs {
	var out proofs
	indexOf := map[string]int{}
	for _, j := range judgements {
		for _, p := range j.ProofsMade() {
			n, known := indexOf[p.ID]
			if !known {
				n = len(out.Claims)
				indexOf[p.ID] = n
				out.Claims = append(out.Claims, claim{Sentence: sentence(p.Claim), ID: p.ID})
			}
			c := &out.Claims[n]
			c.Subjects += p.Subjects
			c.worst = max(c.worst, p.Verdict)
			c.Accounts = append(c.Accounts, line(j.Stack.Name))
			for _, f := range p.Failed {
				one := problem{Where: line(j.Stack.Name + ", " + j.Stack.NameOf(f.Subject)), Words: line(f.Problem)}
				if f.Witness != nil {
					one.Witness = textOf(f.Witness.String())
				}
				c.Problems = append(c.Problems, one)
			}
		}
		out.Stacks = append(out.Stacks, newStackProofs(j))
	}
	for i := range out.Claims {
		words := verdictWords[out.Claims[i].worst]
		out.Claims[i].Verdict, out.Claims[i].Class = words[0], words[1]
		if out.Claims[i].worst == prove.DoesNotHold {
			out.Failing++
		}
	}
	slices.SortStableFunc(out.Claims, func(a, b claim) int { return int(b.worst) - int(a.worst) })
	for _, s := range out.Stacks {
		for _, e := range s.Expectations {
			if e.Class == "fail" {
				out.Failing++
			}
		}
	}
	return out
}

func newStackProofs(j *judge.Judgement) stackProofs {
	s := stackProofs{Stack: line(j.Stack.Name), Account: line(j.Stack.Account.ID), Verdict: "holds", Class: "ok"}
	if !j.Holds(false) {
		s.Verdict, s.Class = "does not hold", "fail"
	}
	for i := range j.Expectations {
		r := &j.Expectations[i]
		words := verdictWords[r.Verdict]
		if !r.Holds() {
			words = verdictWords[prove.DoesNotHold]
		}
		e := expectation{Sentence: line(r.Expectation.It), Verdict: words[0], Class: words[1]}
		if !r.Holds() {
			e.Why = textOf(r.Why)
			if r.Problem != nil {
				e.Why = textOf(r.Problem.Error())
			}
		}
		s.Expectations = append(s.Expectations, e)
	}
	for _, c := range j.Concessions() {
		one := rest{ID: line(c.ID), Kind: "assumed", Accepted: line(c.Accepted)}
		if c.Switch {
			one.Kind = "waived"
		}
		for _, text := range c.Texts {
			one.Texts = append(one.Texts, line(text))
		}
		s.Rests = append(s.Rests, one)
	}
	return s
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return line(string(unicode.ToUpper(r))+s[size:]) + "."
}
