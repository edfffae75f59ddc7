package access

import (
	"slices"

	"aws-access-guardrails/policy"
)

// question asks whether a class of callers can do something: a request that one of forbidden speaks of, none of permitted does, and that the
// policies of the world allow. The statements are of the proofs, not of the world; their effect is of no consequence.
type question struct {
	forbidden, permitted []*statement
	// writes: reading and listing are not asked about.
	writes bool
}

func asking(forbidden []policy.Statement, permitted ...policy.Statement) question {
	var q question
	for _, st := range forbidden {
		q.forbidden = append(q.forbidden, mustStatement(st))
	}
	for _, st := range permitted {
		q.permitted = append(q.permitted, mustStatement(st))
	}
	return q
}

// concerning are the statements that can apply to a request which the question asks about: one whose actions the question does not have never does, and
// the search need not branch over its tests.
func (q question) concerning(statements []*statement) []*statement {
	return slices.DeleteFunc(slices.Clone(statements), func(st *statement) bool {
		return st != nil && !slices.ContainsFunc(q.forbidden, func(f *statement) bool {
			return f.notActions || slices.ContainsFunc(f.actions, func(p pattern) bool { return !p.isLiteral() || st.matchesAction(p.exact) })
		})
	})
}

// answer is what a search found.
type answer struct {
	c *caller
	// open: there is such a request; witness is one, by is what allows it.
	open    bool
	witness witness
	by      Source
	// guess: the request is open only if something that is not known allows it; assumption is what rules that out.
	guess      bool
	assumption string
	// denied: a Deny, or a layer that allows too little, shuts it whatever else is attached; closers are the statements that do.
	denied  bool
	closers []Source
	// gaveUp: the search was not certain, so that finding nothing proves nothing; grew is the statement that made it so.
	gaveUp  bool
	grew    Source
	classes int
}

// worse reports whether an answer says more against a claim than another.
func (a answer) worse(b answer) bool { return a.rank() > b.rank() }

// worstRank is that of an answer than which none says more against a claim.
const worstRank = 5

func (a answer) rank() int {
	switch {
	case a.open && !a.guess && a.witness.real:
		return worstRank
	case a.open && !a.guess:
		return 4
	case a.open:
		return 3
	case a.gaveUp:
		return 2
	case !a.denied:
		return 1
	}
	return 0
}

// and joins the answers to two parts of one question.
func (a answer) and(b answer) answer {
	out := a
	if b.worse(a) {
		out = b
	}
	out.classes = a.classes + b.classes
	out.gaveUp = a.gaveUp || b.gaveUp
	if out.grew = a.grew; out.grew == (Source{}) {
		out.grew = b.grew
	}
	if !out.open {
		out.denied = a.denied && b.denied
		out.closers = joinSources(a.closers, b.closers)
	}
	return out
}

func joinSources(a, b []Source) []Source {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

var (
	// everything allows all: what an unknown document may be, and what may be attached tomorrow.
	everything = mustStatement(policy.Allow("", "*").On("*"))
	// alwaysAllowed are the actions that no policy can deny.
	//
	// Source: AWS STS API Reference, GetCallerIdentity; IAM User Guide, Secure API access with MFA, for GetSessionToken.
	alwaysAllowed = mustStatement(policy.Allow("", "sts:GetCallerIdentity", "sts:GetSessionToken").On("*"))
	// trustDecided are the actions that the trust policy of a role decides.
	trustDecided = mustStatement(policy.Allow("", trustActions...).On("*"))
	trustActions = []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity", "sts:TagSession"}
)

// ask answers a question for a class of callers, but for the assuming of roles.
func (c *caller) ask(q question) answer {
	return c.assignments(func(c *caller) answer {
		own := c.principal.identity
		return c.attempt(attempt{
			q: q, allow: own.allow, unknowns: own.unknowns, layers: c.layers(own), avoid: []*statement{alwaysAllowed, trustDecided},
		})
	})
}

// askStrangers answers a question about the assuming of roles in accounts that the world does not describe, whose trust is not known.
func (c *caller) askStrangers(q question) answer {
	if c.engine.describedRoles == nil {
		return answer{c: c, denied: true}
	}
	a := c.assignments(func(c *caller) answer {
		own := c.principal.identity
		return c.attempt(attempt{
			q: q, allow: own.allow, unknowns: own.unknowns, layers: c.layers(own), also: []*statement{trustDecided},
			avoid: []*statement{c.engine.describedRoles}, unknownTrust: true,
		})
	})
	return a
}

// askAssume answers a question about the assuming of a role of the world.
func (c *caller) askAssume(role *principal, q question) answer {
	a := answer{c: c, denied: true}
	if c.session.kind == rootSession {
		return a
	}
	a.denied = false
	ev := c.env()
	self := mustStatement(policy.Allow("", trustActions...).On(role.arn).When(policy.Present("sts:RoleSessionName")))
	for _, st := range role.trust.allow {
		g := st.principalGrade(ev)
		if g == notTrusted {
			continue
		}
		next := c.assignments(func(c *caller) answer {
			layers := c.layers(c.principal.identity)
			for _, deny := range role.trust.deny {
				if deny.speaksOf(c.env()) {
					layers.deny = append(layers.deny, deny)
				}
			}
			at := attempt{q: q, also: []*statement{st, self}, layers: layers, by: st.by}
			named := role.account == c.principal.account && g != accountTrusted
			if named && g == sessionTrusted {
				at.layers.boundary, at.layers.limit = nil, nil
			}
			if !named {
				at.allow, at.unknowns = c.principal.identity.allow, c.principal.identity.unknowns
			} else {
				at.allow = []*statement{nil}
			}
			return c.attempt(at)
		})
		// What a trust policy does not say, nothing that is attached to the caller says: only its own statements count.
		if a.classes == 0 {
			a = next
		} else {
			a = a.and(next)
		}
	}
	return a
}
