package search

import (
	"slices"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/policy"
)

// Question asks whether a class of callers can do something: a request that one of forbidden speaks of, none of
// permitted does, and that the policies of the world allow. The statements are of the proofs, not of the world; their
// effect is of no consequence.
type Question struct {
	Forbidden, Permitted []*engine.Statement
	// writes: reading and listing are not asked about.
	Writes bool
}

func Asking(forbidden []policy.Statement, permitted ...policy.Statement) Question {
	var q Question
	for _, st := range forbidden {
		q.Forbidden = append(q.Forbidden, engine.MustStatement(st))
	}
	for _, st := range permitted {
		q.Permitted = append(q.Permitted, engine.MustStatement(st))
	}
	return q
}

// concerning are the statements that can apply to a request which the question asks about: one whose actions the
// question does not have never does, and the search need not branch over its tests. The result may be the list
// itself.
func (l *Solved) concerning(q Question, statements []*engine.Statement) []*engine.Statement {
	if q.concernsEverything() {
		return statements
	}
	// The callers of an account have most of their statements in common.
	var key listed
	if len(q.Forbidden) > 0 {
		key = listed{&q.Forbidden[0], len(q.Forbidden)}
	}
	known := l.concerns[key]
	if known == nil {
		known = map[*engine.Statement]bool{}
		l.concerns[key] = known
	}
	out := make([]*engine.Statement, 0, len(statements))
	for _, st := range statements {
		if st == nil {
			out = append(out, st)
			continue
		}
		concerns, have := known[st]
		if !have {
			concerns = q.concerns(st)
			known[st] = concerns
		}
		if concerns {
			out = append(out, st)
		}
	}
	return out
}

// listed tells the forbidden statements of questions apart: they are never changed.
type listed struct {
	first **engine.Statement
	n     int
}

// concernsEverything reports whether the question may be about any action.
func (q Question) concernsEverything() bool {
	return slices.ContainsFunc(q.Forbidden, func(f *engine.Statement) bool {
		return f.NotActions || slices.ContainsFunc(f.Actions, func(p pattern.Pattern) bool { return !p.IsLiteral() })
	})
}

// concerns reports whether a statement can apply to one of the actions of a question that lists them.
func (q Question) concerns(st *engine.Statement) bool {
	return slices.ContainsFunc(q.Forbidden, func(f *engine.Statement) bool {
		return slices.ContainsFunc(f.Actions, func(p pattern.Pattern) bool { return st.MatchesAction(p.Exact) })
	})
}

// Answer is what a search found.
type Answer struct {
	C *Caller
	// open: there is such a request; witness is one, by is what allows it.
	Open    bool
	Witness Witness
	By      engine.Source
	// guess: the request is open only if something that is not known allows it; assumption is what rules that out.
	// guesses are those of other parts of the question.
	Guess      bool
	Assumption string
	guesses    []Answer
	// denied: a Deny, or a layer that allows too little, shuts it whatever else is attached; closers are the
	// statements that do.
	Denied  bool
	Closers []engine.Source
	// gaveUp: the search was not certain, so that finding nothing proves nothing; grew is the statement that made it
	// so.
	GaveUp  bool
	Grew    engine.Source
	Classes int
}

// Shut reports whether there is no such request, for certain.
func (a Answer) Shut() bool { return !a.Open && !a.GaveUp }

// WithoutGuess is the answer where nothing that is not known allows anything.
func (a Answer) WithoutGuess() Answer {
	if !a.Open || !a.Guess {
		return a
	}
	return Answer{Classes: a.Classes, GaveUp: a.GaveUp, Grew: a.Grew}
}

// worse reports whether an answer says more against a claim than another.
func (a Answer) worse(b Answer) bool { return a.Rank() > b.Rank() }

// WorstRank is that of an answer than which none says more against a claim.
const WorstRank = 5

func (a Answer) Rank() int {
	switch {
	case a.Open && !a.Guess && a.Witness.Real:
		return WorstRank
	case a.Open && !a.Guess:
		return 4
	case a.GaveUp:
		// What was not looked at may be open without any assumption.
		return 3
	case a.Open:
		return 2
	case !a.Denied:
		return 1
	}
	return 0
}

// And joins the answers to two parts of one question.
func (a Answer) And(b Answer) Answer {
	out := a
	if b.worse(a) {
		out = b
	}
	out.Classes = a.Classes + b.Classes
	out.GaveUp = a.GaveUp || b.GaveUp
	if out.Grew = a.Grew; out.Grew == (engine.Source{}) {
		out.Grew = b.Grew
	}
	if !out.Open {
		out.Denied = a.Denied && b.Denied
		out.Closers = joinSources(a.Closers, b.Closers)
	}
	out.guesses = append(a.Guesses(), b.Guesses()...)
	return out
}

// Guesses are the parts of an answer that are open only if something allows them that is not known: what is asked about
// is shut if the assumption of each is true. Nil for an answer that is open otherwise.
func (a Answer) Guesses() []Answer {
	switch {
	case len(a.guesses) > 0:
		return slices.Clip(a.guesses)
	case a.Open && a.Guess:
		return []Answer{a}
	}
	return nil
}

func joinSources(a, b []engine.Source) []engine.Source {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

var (
	// Everything allows all: what an unknown document may be, and what may be attached tomorrow.
	Everything = engine.MustStatement(policy.Allow("", "*").On("*"))
	// AlwaysAllowed are the actions that no policy can deny.
	//
	// Source: AWS STS API Reference, GetCallerIdentity; IAM User Guide, Secure API access with MFA, for
	// GetSessionToken.
	AlwaysAllowed = engine.MustStatement(policy.Allow("", "sts:GetCallerIdentity", "sts:GetSessionToken").On("*"))
	// TrustDecided are the actions that the trust policy of a role decides.
	TrustDecided = engine.MustStatement(policy.Allow("", trustActions...).On("*"))
	trustActions = []string{
		"sts:AssumeRole",
		"sts:AssumeRoleWithSAML",
		"sts:AssumeRoleWithWebIdentity",
		"sts:SetSourceIdentity",
		"sts:TagSession",
	}
)

// Ask answers a question for a class of callers, but for the assuming of roles.
func (c *Caller) Ask(q Question) Answer {
	return c.Assignments(func(c *Caller) Answer {
		own := c.Principal.Identity
		return c.attempt(attempt{
			q:        q,
			allow:    own.Allow,
			unknowns: own.Unknowns,
			layers:   c.Layers(own),
			avoid:    []*engine.Statement{AlwaysAllowed, TrustDecided},
		})
	})
}

// AskStrangers answers a question about the assuming of roles in accounts that the world does not describe, whose
// trust is not known.
func (c *Caller) AskStrangers(q Question) Answer {
	if c.Engine.DescribedRoles == nil {
		return Answer{C: c, Denied: true}
	}
	a := c.Assignments(func(c *Caller) Answer {
		own := c.Principal.Identity
		return c.attempt(attempt{
			q:            q,
			allow:        own.Allow,
			unknowns:     own.Unknowns,
			layers:       c.Layers(own),
			besides:      []*engine.Statement{TrustDecided},
			avoid:        []*engine.Statement{c.Engine.DescribedRoles},
			unknownTrust: true,
		})
	})
	return a
}

// AskAssume answers a question about the assuming of a role of the world.
func (c *Caller) AskAssume(role *engine.Principal, q Question) Answer {
	a := Answer{C: c, Denied: true}
	if c.Session.Kind == engine.RootSession {
		return a
	}
	a.Denied = false
	ev := c.Env()
	for _, st := range role.Trust.Allow {
		g := st.PrincipalGrade(ev)
		if g == engine.NotTrusted {
			continue
		}
		self := c.Solved.assuming(role)
		next := c.Assignments(func(c *Caller) Answer {
			layers := c.Layers(c.Principal.Identity)
			for _, deny := range role.Trust.Deny {
				if deny.SurelySpeaksOf(c.Env()) {
					layers.Deny = append(layers.Deny, deny)
				}
			}
			try := attempt{q: q, besides: []*engine.Statement{st, self}, layers: layers, source: st.By}
			named := role.Account == c.Principal.Account && g != engine.AccountTrusted
			if named && g == engine.SessionTrusted {
				try.layers.Boundary, try.layers.Limit = nil, nil
			}
			if !named {
				try.allow, try.unknowns = c.Principal.Identity.Allow, c.Principal.Identity.Unknowns
			} else {
				try.allow = []*engine.Statement{nil}
			}
			return c.attempt(try)
		})
		// What a trust policy does not say, nothing that is attached to the caller says: only its own statements count.
		if a.Classes == 0 {
			a = next
		} else {
			a = a.And(next)
		}
	}
	return a
}

// assuming speaks of the calls that assume a role: the same statement each time, so that what was found out about it is
// known.
func (l *Solved) assuming(role *engine.Principal) *engine.Statement {
	st := l.assumed[role]
	if st == nil {
		st = engine.MustStatement(
			policy.Allow("", trustActions...).On(role.Arn).When(policy.Present("sts:RoleSessionName")),
		)
		l.assumed[role] = st
	}
	return st
}

var Anything = []policy.Statement{policy.Allow("", "*").On("*")}

// NotProven says why nothing is proven, and which statement is the reason if one is known.
func NotProven(grew engine.Source) string {
	text := "nothing is proven: the search was given up at its limit, or could not tell that it has looked at every value; fewer wildcards and policy variables make it smaller"
	if grew != (engine.Source{}) && grew.Kind != engine.AWSRule {
		text += ": " + grew.String()
	}
	return text
}

// Assuming is the call by which somebody becomes a role; AssumeRoleWithSAML and its like are calls of others than the
// listed users.
var Assuming = doors.In(doors.Assuming)

// AskWay answers a question about the caller's side of assuming roles that the world does not have, whatever their
// trust.
func (c *Caller) AskWay(q Question, known []*engine.Statement) Answer {
	return c.Assignments(func(c *Caller) Answer {
		own := c.Principal.Identity
		return c.attempt(attempt{
			q:            q,
			allow:        own.Allow,
			unknowns:     own.Unknowns,
			layers:       c.Layers(own),
			besides:      []*engine.Statement{TrustDecided},
			avoid:        known,
			unknownTrust: true,
		})
	})
}
