package access

import (
	"slices"
	"strings"
)

// layerSet are the layers besides the caller's own Allows: those that must allow, and every Deny.
type layerSet struct {
	guardrails      []*layer
	boundary, limit *layer
	deny            []*statement
}

func (c *caller) layers(own *layer) layerSet {
	l := layerSet{guardrails: c.env().guardrails(), boundary: c.principal.boundary, limit: c.session.limit}
	for _, one := range append(slices.Clone(l.guardrails), own, l.boundary, l.limit) {
		if one != nil {
			l.deny = append(l.deny, one.deny...)
		}
	}
	return l
}

// unknowns are the ARNs of policies that limit the caller and whose documents are not known.
func (l layerSet) unknowns() []string {
	var all []string
	for _, one := range append(slices.Clone(l.guardrails), l.boundary, l.limit) {
		if one != nil {
			all = append(all, one.unknowns...)
		}
	}
	return all
}

// layerGroup is a layer of which one statement must allow.
type layerGroup struct {
	by    Source
	allow []*bound
}

// groups are the layers that must allow. A layer with unknown documents may allow everything, so it is left out.
func (c *caller) groups(l layerSet) []layerGroup {
	var groups []layerGroup
	for _, one := range append(slices.Clone(l.guardrails), l.boundary, l.limit) {
		if one != nil && len(one.unknowns) == 0 && !slices.ContainsFunc(one.allow, (*statement).allowsAll) {
			groups = append(groups, layerGroup{by: one.by, allow: c.search.b.bindAll(one.allow)})
		}
	}
	return groups
}

// allowsAll reports whether the statement allows every action on every resource under no condition.
func (st *statement) allowsAll() bool {
	return !st.notActions && !st.notResources && len(st.conditions) == 0 &&
		slices.ContainsFunc(st.actions, func(p pattern) bool { return p.text == "*" }) &&
		slices.ContainsFunc(st.resources, func(p arnPattern) bool { return p.any })
}

// attempt is one way in which something could be allowed: by one of allow (nil for nothing more than also), with also.
type attempt struct {
	q        question
	allow    []*statement
	unknowns []string
	also     []*statement
	layers   layerSet
	avoid    []*statement
	// by allows when allow holds nil.
	by Source
	// unknownTrust: the request needs the trust of a role that the world does not have.
	unknownTrust bool
	// closed: what may be attached tomorrow does not matter.
	closed bool
}

// attempt looks for a request that the known documents allow, then for one that the unknown ones may, and at last for one that anything
// attached tomorrow could: if there is none either, a Deny shuts it.
func (c *caller) attempt(at attempt) answer {
	a := answer{c: c}
	s := c.search
	s.begin()
	at.layers.deny, at.allow = at.q.concerning(at.layers.deny), at.q.concerning(at.allow)
	groups := c.groups(at.layers)
	avoid := s.b.bindAll(at.q.permitted, at.avoid, c.rules(), at.layers.deny)
	if c.principal.kind == userPrincipal && c.any == nil {
		avoid = append(avoid, s.b.namesakes(c.principal))
	}
	if at.q.writes {
		avoid = append(avoid, s.b.reads())
	}
	written := c.shared(at, groups, avoid)
	if have, known := c.kept(written, at, groups, avoid); known {
		return have
	}
	try := func(st *statement, guess bool) bool {
		for _, f := range at.q.forbidden {
			lits, possible := s.b.literals(append(slices.Clone(at.also), st, f)...)
			if !possible {
				continue
			}
			m, lits, found := c.whole(at, st, lits, groups, avoid)
			if !found {
				if st != nil {
					s.blame(s.b.bind(st))
				}
				continue
			}
			w := c.witness(at.q, m, lits, groups, avoid, guess)
			if !a.open || w.real {
				a.open, a.witness, a.by = true, w, at.by
				if st != nil && st != everything {
					a.by = st.by
				}
			}
			if w.real {
				return true
			}
		}
		return false
	}
	limits := at.layers.unknowns()
	for _, st := range at.allow {
		if try(st, at.unknownTrust || len(limits) > 0) {
			break
		}
	}
	if a.open && len(limits) > 0 {
		a.guess, a.assumption = true, unknownAssumption(limits, a.witness)
		a.by = Source{Kind: PermissionsBoundary, Policy: limits[0], Rule: "its document is not known"}
	}
	if a.open && at.unknownTrust {
		a.guess, a.assumption = true, "the trust policy of "+a.witness.resource()+" is not known; it does not trust the caller"
	}
	switch {
	case a.open || at.closed:
	case len(at.unknowns) > 0:
		if try(everything, true); a.open {
			a.guess = true
			a.by = Source{Kind: IdentityPolicy, Policy: at.unknowns[0], Rule: "its document is not known"}
			a.assumption = unknownAssumption(at.unknowns, a.witness)
		} else {
			a.denied = true
		}
	default:
		a.denied = !c.possible(at, everything, groups, avoid)
	}
	if !a.open {
		a.closers = s.closers(at.layers.deny)
	}
	a.classes, a.gaveUp, a.grew = s.classes, s.gaveUp, s.grew
	c.keep(written, a, groups, avoid)
	return a
}

// possible reports whether a statement would allow what is asked about.
func (c *caller) possible(at attempt, st *statement, groups []layerGroup, avoid []*bound) bool {
	for _, f := range at.q.forbidden {
		lits, possible := c.search.b.literals(append(slices.Clone(at.also), st, f)...)
		if !possible {
			continue
		}
		if _, _, found := c.whole(at, st, lits, groups, avoid); found {
			return true
		}
	}
	return false
}

func unknownAssumption(unknowns []string, w witness) string {
	verb := " does not allow "
	if len(unknowns) > 1 {
		verb = " do not allow "
	}
	return strings.Join(unknowns, " and ") + verb + w.action() + " on " + w.resource()
}

// withTagRules adds what AWS guarantees about the tags that the statements read: a tag of the request is named among its tag keys, and only a
// resource has tags.
//
// Source: IAM User Guide, Controlling access to AWS resources using tags.
func (c *caller) withTagRules(avoid []*bound, groups []layerGroup, lits []literal) []*bound {
	out := avoid
	seen := map[string]bool{}
	add := func(lits []literal) {
		for _, l := range lits {
			if l.kind != probeKey || seen[l.name] {
				continue
			}
			seen[l.name] = true
			if l.cond.key.kind == keyRequestedRegion {
				out = append(slices.Clip(out), c.search.b.regionRule())
			}
			if tag, found := strings.CutPrefix(l.name, "aws:requesttag/"); found {
				out = append(slices.Clip(out), c.search.b.requestTagRule(tag))
			} else if l.cond.key.kind == keyResourceTag {
				out = append(slices.Clip(out), c.search.b.resourceTagRules(l)...)
			}
		}
	}
	add(lits)
	for _, g := range groups {
		for _, b := range g.allow {
			add(b.lits)
		}
	}
	for _, b := range avoid {
		add(b.lits)
	}
	return out
}
