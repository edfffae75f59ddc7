package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Judgement is what is known of a stack before anything of it is deployed.
type Judgement struct {
	Stack *stack.Stack
	// Unreadable says why the documents cannot be proven. There are then neither proofs nor expectations.
	Unreadable problem.List
	// Proofs are the standing proofs of the documents that the stack deploys.
	Proofs prove.Report
	// Expectations are the results of the section expect, in its order.
	Expectations []expect.ExpectationResult
	// Gaps are what the verdicts assume of what could not be read.
	Gaps []prove.ProofAssumption

	// Requesters are those of just-in-time access who go round it.
	Requesters problem.List
	// Notices stop nothing: what the stack says of itself, and what its documents mean.
	Notices []stack.Notice
	// beside are the stacks of the world.
	beside []*stack.Stack
}

// using is what this process brings to the proofs of all judgements.
var using atomic.Pointer[claims.With]

func init() { Use(claims.With{}) }

// Use has all judgements of this process from now on recall and keep what proofs find, and tell how far they are.
// What they find is the same with it and without.
func Use(with claims.With) { using.Store(&with) }

// Stack judges a stack that was read without problems, with the other stacks of its folder beside it, for all of time.
func Stack(s *stack.Stack) *Judgement { return StackFrom(time.Time{}, s) }

// StackFrom is Stack from an instant on: what a policy allows or denies before it counts no longer. The zero time is
// all of time.
func StackFrom(moment time.Time, s *stack.Stack) *Judgement {
	return judge(moment, append([]*stack.Stack{s}, siblings(s)...), s)[0]
}

// Stacks judges stacks of one folder for all of time, in their order: those of one organization together, with other
// stacks of the folder read beside them.
func Stacks(stacks ...*stack.Stack) []*Judgement { return StacksFrom(time.Time{}, stacks...) }

// StacksFrom is Stacks from an instant on, as StackFrom is Stack.
func StacksFrom(moment time.Time, stacks ...*stack.Stack) []*Judgement {
	byStack := map[*stack.Stack]*Judgement{}
	for _, g := range groupsOf(stacks) {
		for _, j := range judge(moment, g.beside, g.stacks...) {
			byStack[j.Stack] = j
		}
	}
	all := make([]*Judgement, len(stacks))
	for i, s := range stacks {
		all[i] = byStack[s]
	}
	return all
}

// group are stacks that are judged together, and beside them what their world has: they themselves and the others of
// their folders.
type group struct{ stacks, beside []*stack.Stack }

// groupsOf divides stacks into those of one organization each.
func groupsOf(stacks []*stack.Stack) []group {
	var groups []group
	taken := map[*stack.Stack]bool{}
	for _, first := range stacks {
		if taken[first] {
			continue
		}
		var g group
		for _, s := range stacks {
			// Two stacks for one account cannot be deployed together.
			known := slices.ContainsFunc(
				g.stacks,
				func(have *stack.Stack) bool { return have.Account.ID == s.Account.ID || !together(have, s) },
			)
			if !taken[s] && !known {
				g.stacks = append(g.stacks, s)
				taken[s] = true
			}
		}
		g.beside = g.stacks
		for _, other := range siblings(first, stacks...) {
			if !slices.ContainsFunc(
				g.stacks,
				func(s *stack.Stack) bool { return s.Account.ID == other.Account.ID || !together(s, other) },
			) {
				g.beside = append(slices.Clip(g.beside), other)
			}
		}
		groups = append(groups, g)
	}
	return groups
}

// judge judges stacks from an instant on, in the world of those beside them, which has them too.
func judge(moment time.Time, beside []*stack.Stack, stacks ...*stack.Stack) []*Judgement {
	return judgeIn(World(beside...), moment, beside, stacks...)
}

// judgeIn judges what stacks mean by the documents of a world.
func judgeIn(world access.World, moment time.Time, beside []*stack.Stack, stacks ...*stack.Stack) []*Judgement {
	var all []*Judgement
	var intents []intent.Account
	files := stackFiles{}
	for _, s := range stacks {
		j := &Judgement{Stack: s, Notices: s.Notices(moment)}
		j.findGaps(beside, files)
		j.findSudo()
		all = append(all, j)
		intents = append(intents, s.Intent())
	}
	engine, err := access.Compile(world)
	if err != nil {
		return unreadable(all, err)
	}
	engine = engine.From(moment)
	reports, err := using.Load().ProveEach(engine, intents...)
	if err != nil {
		return unreadable(all, err)
	}
	carried := identityCenterFound(all, engine)
	for i, j := range all {
		j.Requesters = j.Stack.RequestersGoRound(engine)
		j.findShellsElsewhere(engine)
		j.Proofs = reports[i]
		if proveErr := j.proveOrganization(engine); proveErr != nil {
			j.unreadable(proveErr)
		}
		if proveErr := j.proveIdentityCenter(engine, carried); proveErr != nil {
			j.unreadable(proveErr)
		}
	}
	if !slices.ContainsFunc(stacks, func(s *stack.Stack) bool { return len(s.Expect) > 0 }) {
		return all
	}
	// Expectations speak of people of accounts that are not here, too, of whom trust policies have the names. The
	// proofs speak of all callers anyway.
	if engine, err = access.Compile(world.WithStrangers()); err != nil {
		return unreadable(all, err)
	}
	engine = engine.From(moment)
	for _, j := range all {
		for i, x := range expectations(j.Stack) {
			j.Expectations = append(j.Expectations, ofUnread(world, j.Stack, expectTeam(engine, j.Stack, i, x)))
		}
	}
	return all
}

// keep takes who administers the account of the stack.
func (j *Judgement) keep(administrators []prove.Administrator) {
	for _, a := range administrators {
		if policy.ARNPart(a.ARN, 4) == j.Stack.Account.ID {
			j.Proofs.Administrators = append(j.Proofs.Administrators, a)
		}
	}
}

func unreadable(all []*Judgement, err error) []*Judgement {
	for _, j := range all {
		j.unreadable(err)
	}
	return all
}

func (j *Judgement) unreadable(err error) {
	j.Unreadable = problem.List{j.problem(problem.Problem{
		Kind: problem.Invalid,
		Why:  "the documents cannot be proven: " + err.Error(),
		Fix:  "this is a mistake of the program, not of the file",
	})}
}

// problem puts a problem where its path stands in the file.
func (j *Judgement) problem(p problem.Problem) *problem.Problem {
	p.Position = j.Stack.Position(p.Path)
	p.File = j.Stack.File
	return &p
}

// Refusals are what keeps the stack from being deployed, in the order of documents, proofs, expectations; findings
// that one line mends are one refusal. Nil means that it may be.
func (j *Judgement) Refusals() problem.List {
	refusals := append(slices.Clone(j.Unreadable), j.Requesters...)
	var failed []*prove.Finding
	for i := range j.Proofs.Findings {
		if f := &j.Proofs.Findings[i]; f.Verdict == prove.DoesNotHold {
			failed = append(failed, f)
		}
	}
	for _, c := range j.causes(failed) {
		refusals = append(refusals, j.disproven(c))
	}
	for i := range j.Expectations {
		if r := &j.Expectations[i]; !r.Holds() {
			refusals = append(refusals, j.unmet(i, r))
		}
	}
	return refusals
}

// disproven is a cause as a problem, with the way that shows it.
func (j *Judgement) disproven(c *cause) *problem.Problem {
	f := c.finding
	why := fmt.Sprintf("does not pass %s: %s", f.ID, f.Problem)
	if f.Unreal != (prove.Doubt{}) {
		why += " (" + f.Unreal.Sentence() + ")"
	}
	if f.Witness != nil {
		why += "\n" + indented(f.Witness.String(), "      ")
	}
	if others := j.others(c); others != "" {
		why += "\n      " + others
	}
	return j.problem(
		problem.Problem{
			Path:  j.path(f),
			Kind:  problem.Unproven,
			Value: problem.Written(strconv.Quote(j.Stack.NameOf(f.Subject))),
			Why:   why,
			Fix:   j.fix(f),
		},
	)
}

// unmet is an expectation as a problem.
func (j *Judgement) unmet(i int, r *expect.ExpectationResult) *problem.Problem {
	p := problem.Problem{
		Path:  problem.Path("guardrails:expect").Index(i),
		Kind:  problem.Unproven,
		Value: problem.Written(strconv.Quote(r.Expectation.It)),
	}
	if r.Problem != nil {
		p.Why, p.Fix = "cannot be judged: "+r.Problem.Why, r.Problem.Fix
		if r.Field != "" {
			p.Why = "cannot be judged: " + r.Field + ": " + r.Problem.Why
		}
		for _, name := range strings.Split(r.Field, ".") {
			if name != "" {
				p.Path = p.Path.Child(name)
			}
		}
		return j.problem(p)
	}
	p.Why = fmt.Sprintf(
		"does not hold: %s -> %s: expected %s, got %s\n%s",
		r.Subject,
		r.Object,
		r.Want,
		r.Got,
		indented(r.Why, "      "),
	)
	return j.problem(p)
}

func indented(text, by string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = by + strings.TrimLeft(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
