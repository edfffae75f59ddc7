package prove

import (
	"errors"
	"fmt"
	"slices"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// Claim is a claim of one's own about a world, beside the standing ones: that a class of callers can send no request
// of a kind.
type Claim struct {
	// Caller is the class: a user, role or root user, signed in one way. What the way of signing in fixes is the same
	// in all of its requests; everything else varies: action, resource, time, tags, addresses. A call on a resource of
	// another account needs a policy of that resource too, which a world does not have: where the caller's policies
	// let one through, the claim holds if that policy does not let the caller in.
	Caller engine.Session
	// Role, in place of Caller, is the ARN of a role: the claim is then about its trust policy, and speaks of every
	// caller that AWS can have. Never and Except speak of the calls that assume it.
	Role string
	// Never are the requests that the claim rules out: those that one of these statements speaks of. The effect of a
	// statement is of no consequence. At least one is needed. Of a Caller the assuming of roles, which trust policies
	// decide, is not asked about.
	Never []policy.Statement
	// Except are requests that the claim does not speak of.
	Except []policy.Statement
}

// ClaimAnswer is how a claim ends.
type ClaimAnswer struct {
	// Verdict is Holds, HoldsIf or DoesNotHold.
	Verdict Verdict
	// Assumptions are what HoldsIf rests on, all of them together.
	Assumptions []string
	// Uncertain says that the search was not complete. Nothing is proven then: the verdict is DoesNotHold, and there
	// is no witness.
	Uncertain bool
	// Session and Request show a request that goes against the claim; they are zero when there is none.
	Session engine.Session
	Request engine.Request
	// Unreal says why that request is not confirmed; zero for one that the evaluator allows.
	Unreal Doubt
	// By is what allows the request; Shut and Closers say what keeps the claim true.
	By      engine.Source
	Shut    Shut
	Closers []engine.Source
}

// Prove searches all requests of the caller, or all callers of the role, for one that goes against the claim. A
// caller or role that the world does not have, a claim that rules nothing out, and a statement that does not compile
// are errors.
func Prove(e *engine.Engine, claim Claim) (ClaimAnswer, error) {
	q, err := NewQuestion(claim.Never, claim.Except)
	if err != nil {
		return ClaimAnswer{}, err
	}
	if claim.Role != "" {
		role, known := e.Principals[claim.Role]
		if !known || role.Kind != engine.RolePrincipal {
			return ClaimAnswer{}, fmt.Errorf("the world has no role %q", claim.Role)
		}
		return answerOf(search.AskTrust(e, role, q.q)), nil
	}
	return NewProver(e).Ask(claim.Caller, q)
}

// Question is the compiled half of a Claim: what is ruled out, and what is not spoken of. It may be asked about many
// callers, one after the other.
type Question struct{ q search.Question }

// NewQuestion compiles the statements of a claim, as Claim has them. One that rules nothing out, and a statement that
// does not compile, are errors.
func NewQuestion(never, except []policy.Statement) (*Question, error) {
	if len(never) == 0 {
		return nil, errors.New("the claim rules nothing out; write at least one statement into Never")
	}
	var q Question
	var errs []error
	read := func(name string, list []policy.Statement) []*engine.Statement {
		var out []*engine.Statement
		for i := range list {
			st, err := engine.CompileStatement(
				list[i],
				i,
				pattern.VariableText,
				engine.Permissions,
				engine.Source{Kind: engine.AWSRule, Policy: name},
			)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			out = append(out, st)
		}
		return out
	}
	q.q.Forbidden, q.q.Permitted = read("Never", never), read("Except", except)
	return &q, errors.Join(errs...)
}

// Prover asks questions about the callers of one world. What was solved of one caller, and that a search found
// nothing, serves all callers of the account that it is the same for (docs/decisions/0042); every answer is the one
// that Prove gives. It is not safe for concurrent use.
type Prover struct {
	engine *engine.Engine
	// solved is shared by the callers of an account, by its id.
	solved map[string]*search.Solved
}

// NewProver makes a prover that has solved nothing yet.
func NewProver(e *engine.Engine) *Prover {
	return &Prover{engine: e, solved: map[string]*search.Solved{}}
}

// Ask searches all requests of the caller for one that the question rules out. A caller that the world does not have
// is an error.
func (p *Prover) Ask(caller engine.Session, q *Question) (ClaimAnswer, error) {
	account := policy.ARNPart(caller.Subject(), 4)
	if p.solved[account] == nil {
		p.solved[account] = search.NewSolved()
	}
	c, known := search.NewCaller(p.engine, caller, p.solved[account])
	if !known {
		return ClaimAnswer{}, fmt.Errorf("the world has no %q", caller.Subject())
	}
	return answerOf(c.Ask(q.q).And(c.AskAbroad(q.q))), nil
}

func answerOf(a search.Answer) ClaimAnswer {
	out := ClaimAnswer{Closers: a.Closers}
	switch {
	case a.Open && !a.Guess:
		out.Verdict, out.By = DoesNotHold, a.By
		out.Session, out.Request, out.Unreal = a.Witness.Session, a.Witness.Request, a.Witness.Doubt
	case a.GaveUp:
		out.Verdict, out.Uncertain = DoesNotHold, true
	case a.Open:
		out.Verdict, out.By = HoldsIf, a.By
		out.Session, out.Request, out.Unreal = a.Witness.Session, a.Witness.Request, a.Witness.Doubt
		for _, guess := range a.Guesses() {
			if !slices.Contains(out.Assumptions, guess.Assumption) {
				out.Assumptions = append(out.Assumptions, guess.Assumption)
			}
		}
	case a.Denied:
		out.Shut = ShutByDeny
	default:
		out.Shut = ShutByAbsence
	}
	return out
}
