package search

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/call"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/access/internal/needs"
	"aws-access-guardrails/policy"
)

// whole looks for a request that passes the literals, as search.find does, of an action whose other required
// resources the caller is allowed too. An action that lacks one is left out, and the others are looked at.
func (c *Caller) whole(
	try attempt,
	also *engine.Statement,
	lits []Literal,
	groups []layerGroup,
	avoid []*bound,
) (*model.Model, []Literal, bool) {
	lits = slices.Clip(lits)
	for {
		m, found := c.Search.Find(lits, groups, c.WithRulesOfKeys(avoid, groups, lits))
		if !found || !c.lacks(try, also, m.Target, groups) {
			return m, lits, found
		}
		name := engine.MustStatement(policy.Allow("", m.Target.Name).On("*"))
		lits = append(lits, Literal{c.Search.B.actionProbe(name), false})
	}
}

// lacks reports whether the action of a target needs a resource on which the caller is allowed nothing, by no
// statement that may allow the call.
func (c *Caller) lacks(try attempt, also *engine.Statement, target call.Target, groups []layerGroup) bool {
	if target.Action < 0 {
		return false
	}
	needs := needs.Of(target.Action)
	if len(needs) == 0 || len(needs) == 1 && needs[0].Named(target.Resource) {
		return false
	}
	allow := try.allow
	if also == Everything {
		allow = []*engine.Statement{Everything}
	}
	var avoid []*bound
	for i := range needs {
		n := &needs[i]
		if n.Named(target.Resource) {
			continue
		}
		if avoid == nil {
			avoid = c.Search.B.BindAvoided(c.Rules(), try.layers.Deny)
		}
		if !c.allowed(try, allow, c.about(n, target.Name, ""), groups, avoid) {
			return true
		}
	}
	return false
}

// about are the literals of an action on the types of a need, in a Region where one is given.
func (c *Caller) about(n *needs.Need, action, region string) []Literal {
	service, _, _ := strings.Cut(action, ":")
	id := "need\x00" + service + "\x00" + region + "\x00" + strings.Join(n.Forms, "\x00")
	resource := c.Search.B.probe(id, func() *Probe {
		p, forms := &Probe{kind: probeResource}, c.arnForms()
		for _, form := range n.Forms {
			if region != "" {
				form = strings.ReplaceAll(form, "${Region}", region)
			}
			if strings.Contains(form, ":document/") {
				// The account's own documents first, then those of AWS, and those of others last.
				p.Globs = append(
					p.Globs,
					forms.FormGlob(service, strings.Replace(form, "${Account}", c.Principal.Account.ID, 1)),
					forms.FormGlob(service, strings.Replace(form, "${Account}", "", 1)),
				)
			}
			p.Globs = append(p.Globs, forms.FormGlob(service, form))
		}
		return p
	})
	return []Literal{
		{c.Search.B.actionProbe(engine.MustStatement(policy.Allow("", action).On("*"))), true},
		{resource, true},
	}
}

// allowed reports whether some request that passes the literals may be allowed. When the search is not certain it may.
func (c *Caller) allowed(
	try attempt,
	allow []*engine.Statement,
	about []Literal,
	groups []layerGroup,
	avoid []*bound,
) bool {
	before := c.Search.GaveUp
	for _, st := range allow {
		lits, possible := c.Search.B.Literals(append(slices.Clone(try.besides), st)...)
		if !possible {
			continue
		}
		lits = append(lits, about...)
		c.Search.GaveUp = false
		_, found := c.Search.Find(lits, groups, c.WithRulesOfKeys(avoid, groups, lits))
		unsure := c.Search.GaveUp
		c.Search.GaveUp = before || unsure
		if found || unsure {
			return true
		}
	}
	return false
}

// completeRequest adds to a witness what its action names besides the resource that was found.
func (c *Caller) completeRequest(w *Witness, guess bool) bool {
	if w.M.Target.Action < 0 {
		return true
	}
	for _, n := range needs.Of(w.M.Target.Action) {
		if !slices.ContainsFunc(w.Request.Resources, func(r engine.Resource) bool { return n.Named(r.ARN) }) &&
			!c.completeNeed(w, &n, guess) {
			w.Doubt = notSent("no " + n.Words() + " is allowed beside " + w.M.Target.Resource)
			return false
		}
	}
	return true
}

func (c *Caller) completeNeed(w *Witness, n *needs.Need, guess bool) bool {
	region := policy.ARNPart(w.M.Target.Resource, 3)
	if region == "*" {
		region = "" // The form of some types has no Region of its own, as that of devices of Braket.
	}
	about := c.about(n, w.M.Target.Name, region)
	var own engine.PolicyLayer
	if c.Principal.Identity != nil {
		own = *c.Principal.Identity
	}
	concerning := func(statements []*engine.Statement) []*engine.Statement {
		return slices.DeleteFunc(
			slices.Clone(statements),
			func(st *engine.Statement) bool { return !st.MatchesAction(w.M.Target.Name) },
		)
	}
	allow := concerning(own.Allow)
	if guess || c.Any != nil {
		allow = append(allow, Everything)
	}
	layers := c.Layers(&own)
	groups, deny := c.Groups(layers, concerning), c.Search.B.BindAvoided(concerning(layers.Deny))
	for _, st := range allow {
		lits, possible := c.Search.B.Literals(st)
		if !possible {
			continue
		}
		lits = append(lits, about...)
		m, found := c.Search.Find(lits, groups, deny)
		if !found {
			continue
		}
		kind, _, _ := strings.Cut(policy.ARNResource(m.Target.Resource), "/")
		if parts := strings.SplitN(
			m.Target.Resource,
			":",
			policy.ARNParts,
		); len(parts) == policy.ARNParts &&
			model.Readable(parts, kind) != m.Target.Resource {
			self := Literal{
				c.Search.B.ResourceProbe(
					engine.MustStatement(policy.Allow("", "*").On(model.Literally(model.Readable(parts, kind)))),
				),
				true,
			}
			if better, found := c.Search.Find(append(lits, self), groups, deny); found {
				m = better
			}
		}
		_, r := m.Request(c.Engine, c.Session)
		for name, v := range r.Context {
			if _, given := w.Request.Context[name]; !given {
				w.Request.Context[name] = v
			}
		}
		if len(w.Request.Resources) > 0 &&
			strings.HasPrefix(policy.ARNResource(w.Request.Resources[0].ARN), "document/") {
			w.Request.Resources = append(r.Resources, w.Request.Resources...)
		} else {
			w.Request.Resources = append(w.Request.Resources, r.Resources...)
		}
		return true
	}
	return false
}
