package judge

import (
	"fmt"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/internal/config"
)

// Judgement is what is known of a stack before anything of it is deployed.
type Judgement struct {
	Stack *config.Stack
	// Unreadable says why the documents cannot be proven. There are then neither proofs nor expectations.
	Unreadable config.Problems
	// Proofs are the standing proofs of the documents that the stack deploys.
	Proofs access.Report
	// Expectations are the results of the section expect, in its order.
	Expectations []access.ExpectationResult
}

// Stack judges a stack that was read without problems.
func Stack(s *config.Stack) *Judgement {
	j := &Judgement{Stack: s}
	world := access.WithManagedPolicies(access.World{Accounts: []access.Account{s.World()}})
	engine, err := access.Compile(world)
	if err != nil {
		return j.unreadable(err)
	}
	if j.Proofs, err = access.Prove(engine, s.Intent()); err != nil {
		return j.unreadable(err)
	}
	if len(s.Expect) == 0 {
		return j
	}
	// Expectations speak of people of other accounts too, of whom the stack has the names. The proofs speak of all callers anyway.
	if engine, err = access.Compile(world.WithStrangers()); err != nil {
		return j.unreadable(err)
	}
	for _, x := range s.Expect {
		j.Expectations = append(j.Expectations, engine.Expect(x))
	}
	return j
}

func (j *Judgement) unreadable(err error) *Judgement {
	j.Unreadable = config.Problems{j.problem(config.Problem{Kind: config.Invalid,
		Why: "the documents cannot be proven: " + err.Error(), Fix: "this is a mistake of the program, not of the file"})}
	return j
}

// problem puts a problem where its path stands in the file.
func (j *Judgement) problem(p config.Problem) config.Problem {
	p.Position = j.Stack.Position(p.Path)
	p.Position.File = j.Stack.File
	return p
}

// Refusals are what keeps the stack from being deployed, in the order of documents, proofs, expectations. Nil means that it may be.
func (j *Judgement) Refusals() config.Problems {
	refusals := append(config.Problems(nil), j.Unreadable...)
	for i := range j.Proofs.Findings {
		if f := &j.Proofs.Findings[i]; f.Verdict == access.DoesNotHold {
			refusals = append(refusals, j.disproven(f))
		}
	}
	for i := range j.Expectations {
		if r := &j.Expectations[i]; !r.Holds() {
			refusals = append(refusals, j.unmet(i, r))
		}
	}
	return refusals
}

// disproven is a finding as a problem, with the way that shows it.
func (j *Judgement) disproven(f *access.Finding) config.Problem {
	why := fmt.Sprintf("does not pass %s: %s", f.ID, f.Problem)
	if f.Unreal != "" {
		why += " (AWS does not send this request today: " + f.Unreal + ")"
	}
	if f.Witness != nil {
		why += "\n" + indented(f.Witness.String(), "      ")
	}
	return j.problem(config.Problem{Path: j.Stack.PathOf(f.Subject), Kind: config.Unproven, Value: fmt.Sprintf("%q", j.Stack.NameOf(f.Subject)),
		Why: why, Fix: "see " + f.Page})
}

// unmet is an expectation as a problem.
func (j *Judgement) unmet(i int, r *access.ExpectationResult) config.Problem {
	p := config.Problem{Path: config.Path("guardrails:expect").Index(i), Kind: config.Unproven, Value: fmt.Sprintf("%q", r.Expectation.It)}
	if r.Problem != "" {
		p.Why, p.Fix, _ = strings.Cut(r.Problem, "; ")
		p.Why = "cannot be judged: " + strings.TrimPrefix(r.Field+": ", ": ") + p.Why
		for _, name := range strings.Split(r.Field, ".") {
			if name != "" {
				p.Path = p.Path.Child(name)
			}
		}
		return j.problem(p)
	}
	p.Why = fmt.Sprintf("does not hold: %s -> %s: expected %s, got %s\n%s", r.Subject, r.Object, r.Want, r.Got, indented(r.Why, "      "))
	return j.problem(p)
}

func indented(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = by + strings.TrimLeft(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
