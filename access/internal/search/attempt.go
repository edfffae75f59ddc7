package search

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// LayerSet are the layers besides the caller's own Allows: those that must allow, and every Deny.
type LayerSet struct {
	Guardrails      []*engine.PolicyLayer
	Boundary, Limit *engine.PolicyLayer
	Deny            []*engine.Statement
}

func (c *Caller) Layers(own *engine.PolicyLayer) LayerSet {
	l := LayerSet{Guardrails: c.Env().Guardrails(), Boundary: c.Principal.Boundary, Limit: c.Session.Limit}
	for _, one := range append(slices.Clone(l.Guardrails), own, l.Boundary, l.Limit) {
		if one != nil {
			l.Deny = append(l.Deny, one.Deny...)
		}
	}
	return l
}

// unknowns are the ARNs of policies that limit the caller and whose documents are not known.
func (l LayerSet) unknowns() []string {
	var all []string
	for _, one := range append(slices.Clone(l.Guardrails), l.Boundary, l.Limit) {
		if one != nil {
			all = append(all, one.Unknowns...)
		}
	}
	return all
}

// layerGroup is a layer of which one statement must allow.
type layerGroup struct {
	source engine.Source
	allow  []*bound
}

// Groups are the layers that must allow. A layer with unknown documents may allow everything, so it is left out.
// Of each layer those are asked that concerning leaves; nil leaves all.
func (c *Caller) Groups(l LayerSet, concerning func([]*engine.Statement) []*engine.Statement) []layerGroup {
	var groups []layerGroup
	for _, one := range append(slices.Clone(l.Guardrails), l.Boundary, l.Limit) {
		if one != nil && len(one.Unknowns) == 0 && !slices.ContainsFunc(one.Allow, (*engine.Statement).AllowsAll) {
			allow := one.Allow
			if concerning != nil {
				allow = concerning(allow)
			}
			groups = append(groups, layerGroup{source: one.By, allow: c.Search.B.BindAll(allow)})
		}
	}
	return groups
}

// attempt is one way in which something could be allowed: by one of allow (nil for nothing more than besides), with
// besides.
type attempt struct {
	q        Question
	allow    []*engine.Statement
	unknowns []string
	besides  []*engine.Statement
	layers   LayerSet
	avoid    []*engine.Statement
	// source allows when allow holds nil.
	source engine.Source
	// unknownTrust: the request needs the trust of a role that the world does not have.
	unknownTrust bool
	// abroad: the request needs the policy of a resource of another account.
	abroad bool
	// closed: what may be attached tomorrow does not matter.
	closed bool
}

// pursuit is an attempt under way: its layers bound, and the answer so far.
type pursuit struct {
	attempt
	c      *Caller
	groups []layerGroup
	avoid  []*bound
	answer Answer
}

// attempt looks for a request that the known documents allow, then for one that the unknown ones may, and at last for
// one that anything attached tomorrow could: if there is none either, a Deny shuts it.
func (c *Caller) attempt(try attempt) Answer {
	s := c.Search
	s.Begin()
	concerning := func(statements []*engine.Statement) []*engine.Statement {
		return c.Solved.concerning(try.q, statements)
	}
	try.layers.Deny, try.allow = concerning(try.layers.Deny), concerning(try.allow)
	if len(c.leftOut) > 0 {
		try.layers.Deny = slices.DeleteFunc(
			slices.Clone(try.layers.Deny),
			func(st *engine.Statement) bool { return c.leftOut[st] },
		)
	}
	p := pursuit{
		attempt: try,
		c:       c,
		groups:  c.Groups(try.layers, concerning),
		avoid:   c.avoided(try),
		answer:  Answer{C: c},
	}
	written := c.shared(try, p.groups, p.avoid)
	if have, known := c.kept(written, try, p.groups, p.avoid); known {
		return have
	}
	p.known()
	if !p.answer.Open && !try.closed {
		p.unknown()
	}
	if !p.answer.Open {
		p.answer.Closers = s.closers(try.layers.Deny)
	}
	p.answer.Classes, p.answer.GaveUp, p.answer.Grew = s.Classes, s.GaveUp, s.grew
	c.keep(written, p.answer, p.groups, p.avoid)
	return p.answer
}

// avoided are the statements that must not apply: what the question permits, every Deny, and what AWS guarantees
// about callers and requests.
func (c *Caller) avoided(try attempt) []*bound {
	b := c.Search.B
	avoid := b.BindAvoided(try.q.Permitted, try.avoid, c.Rules(), try.layers.Deny)
	if c.Principal.Kind == engine.UserPrincipal && c.Any == nil {
		avoid = append(avoid, b.Namesakes(c.Principal))
	}
	if try.q.Writes {
		avoid = append(avoid, b.reads())
	}
	return avoid
}

// known asks the statements of the documents that are known, until one allows a request that the evaluator confirms.
func (p *pursuit) known() {
	limits := p.layers.unknowns()
	for _, st := range p.allow {
		if p.opens(st, p.unknownTrust || p.abroad || len(limits) > 0) {
			break
		}
	}
	a := &p.answer
	if a.Open && len(limits) > 0 {
		a.Guess, a.Assumption = true, unknownAssumption(limits, a.Witness)
		a.By = engine.Source{Kind: engine.PermissionsBoundary, Policy: limits[0], Rule: "its document is not known"}
	}
	if a.Open && p.unknownTrust {
		a.Guess, a.Assumption = true, "the trust policy of "+a.Witness.Resource()+" is not known; it does not trust the caller"
	}
	if a.Open && p.abroad {
		a.Guess, a.By = true, engine.Source{}
		a.Assumption = "the policy of a resource of another account, such as " + a.Witness.Resource() +
			", is not known; it does not let the caller call " + a.Witness.action()
	}
}

// unknown asks whether a statement that allows everything would do: one of a document that is attached and not known,
// or else one of tomorrow's.
func (p *pursuit) unknown() {
	a := &p.answer
	if len(p.unknowns) == 0 {
		a.Denied = !p.c.possible(p.attempt, Everything, p.groups, p.avoid)
		return
	}
	p.opens(Everything, true)
	if !a.Open {
		a.Denied = true
		return
	}
	a.Guess, a.Assumption = true, unknownAssumption(p.unknowns, a.Witness)
	a.By = engine.Source{Kind: engine.IdentityPolicy, Policy: p.unknowns[0], Rule: "its document is not known"}
}

// opens looks for what is forbidden and st allows, and reports whether the evaluator confirms a request. One that it
// does not confirm is kept until there is a better one.
func (p *pursuit) opens(st *engine.Statement, guess bool) bool {
	s, a := p.c.Search, &p.answer
	for _, forbidden := range p.q.Forbidden {
		lits, possible := s.B.Literals(append(slices.Clone(p.besides), st, forbidden)...)
		if !possible {
			continue
		}
		m, lits, found := p.c.whole(p.attempt, st, lits, p.groups, p.avoid)
		if !found {
			if st != nil {
				s.blame(s.B.Bind(st))
			}
			continue
		}
		w := p.c.Witness(p.q, m, lits, p.groups, p.avoid, guess)
		if !a.Open || w.Real {
			a.Open, a.Witness, a.By = true, w, p.source
			if st != nil && st != Everything {
				a.By = st.By
			}
		}
		if w.Real {
			return true
		}
	}
	return false
}

// possible reports whether a statement would allow what is asked about.
func (c *Caller) possible(try attempt, st *engine.Statement, groups []layerGroup, avoid []*bound) bool {
	for _, f := range try.q.Forbidden {
		lits, possible := c.Search.B.Literals(append(slices.Clone(try.besides), st, f)...)
		if !possible {
			continue
		}
		if _, _, found := c.whole(try, st, lits, groups, avoid); found {
			return true
		}
	}
	return false
}

func unknownAssumption(unknowns []string, w Witness) string {
	verb := " does not allow "
	if len(unknowns) > 1 {
		verb = " do not allow "
	}
	return strings.Join(unknowns, " and ") + verb + w.action() + " on " + w.Resource()
}

// WithRulesOfKeys adds what AWS guarantees about the keys that statements read: a tag of the request is named among
// its tag keys, and only a resource has tags. It adds too that a request to a global service goes to one Region, and
// that the account of a resource is the one of its ARN.
//
// Source: IAM User Guide, Controlling access to AWS resources using tags, and AWS global condition context keys.
func (c *Caller) WithRulesOfKeys(avoid []*bound, groups []layerGroup, lits []Literal) []*bound {
	out := avoid
	seen := map[string]bool{}
	add := func(lits []Literal) {
		for _, l := range lits {
			if l.kind != probeKey || seen[l.name] {
				continue
			}
			seen[l.name] = true
			switch l.cond.Key.Kind {
			case conditionkey.KeyRequestedRegion:
				out = append(slices.Clip(out), c.Search.B.regionRule())
			case conditionkey.KeyResourceAccount, conditionkey.KeyResourceOrgID, conditionkey.KeyResourceOrgPaths:
				out = append(slices.Clip(out), c.Search.B.ownerRules(l.cond)...)
			}
			if tag, found := strings.CutPrefix(l.name, "aws:requesttag/"); found {
				out = append(slices.Clip(out), c.Search.B.requestTagRule(tag))
			} else if l.cond.Key.Kind == conditionkey.KeyResourceTag {
				out = append(slices.Clip(out), c.Search.B.resourceTagRules(l)...)
			}
		}
	}
	add(lits)
	for _, g := range groups {
		for _, b := range g.allow {
			add(b.Lits)
		}
	}
	for _, b := range avoid {
		add(b.Lits)
	}
	return out
}

// ownerRules say whose the resource of a request is: one with the id of an account in its ARN has that account, its
// organization and its place there, and no others, and a request without a resource has none or those of the caller.
// They speak of the caller's account and of those that a condition names. Of resources without an account in their
// ARN, such as buckets, nothing is known, nor of actions whose requests may not tell it.
//
// Source: IAM User Guide, AWS global condition context keys, aws:ResourceAccount, aws:ResourceOrgID and
// aws:ResourceOrgPaths.
func (b *binder) ownerRules(c *engine.Condition) []*bound {
	own := b.caller.Principal.Account.ID
	rules := b.rulesOfOwner(c.Key.Kind, own)
	for i := range c.Texts {
		if id := c.Texts[i].Text; id != own && policy.IsAccountID(id) {
			rules = append(rules, b.rulesOfOwner(c.Key.Kind, id)...)
		}
	}
	return rules
}

// rulesOfOwner are the rules of the resources of one account, and for the caller's those of requests without one.
func (b *binder) rulesOfOwner(kind conditionkey.KeyKind, id string) []*bound {
	name := fmt.Sprintf("%d %s", kind, id)
	if have, ok := b.owners[name]; ok {
		for _, rule := range have {
			b.note(rule)
		}
		return have
	}
	var rules []*bound
	for _, other := range notOwnedBy(kind, id, b.caller.Engine.Accounts[id]) {
		told := policy.DenyAllExcept("", conditionkey.WithoutOwner()...).On("arn:*:*:*:" + id + ":*").When(other)
		rules = append(rules, b.Bind(engine.MustStatement(told)))
		if id != b.caller.Principal.Account.ID || other.Operator.Quantifier == policy.ForAllValues {
			continue
		}
		elsewhere := b.Bind(engine.MustStatement(policy.Deny("", "*").On("*").When(policy.Present(other.Key), other)))
		rules = append(rules, &bound{
			st:    elsewhere.st,
			Lits:  append(elsewhere.Lits[:len(elsewhere.Lits):len(elsewhere.Lits)], b.noResource()),
			Never: elsewhere.Never,
		})
	}
	b.owners[name] = rules
	return rules
}

// notOwnedBy are the conditions that no request on a resource of the account meets. Where nobody knows the organization
// of the account there are none.
func notOwnedBy(kind conditionkey.KeyKind, id string, account *engine.CompiledAccount) []policy.Condition {
	switch {
	case kind == conditionkey.KeyResourceAccount:
		return []policy.Condition{policy.StringNotEquals("aws:ResourceAccount", id)}
	case account == nil || account.OrgID == "":
		return nil
	case kind == conditionkey.KeyResourceOrgID:
		return []policy.Condition{policy.StringNotEquals("aws:ResourceOrgID", account.OrgID)}
	}
	const paths = "aws:ResourceOrgPaths"
	// An account has one place, so that one of the values is that, and there is no other.
	return []policy.Condition{
		policy.AnyDiffers(paths, account.OrgPaths...),
		policy.Is(
			policy.Operator{
				Quantifier: policy.ForAllValues,
				Base:       policy.OpStringNotEquals,
			},
			paths,
			account.OrgPaths...,
		),
	}
}
