package search

import (
	"maps"
	"slices"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/model"
	"aws-access-guardrails/policy"
)

// Witness is a request that shows a hole.
type Witness struct {
	M       *model.Model
	Session engine.Session
	Request engine.Request
	// Real says that the evaluator, asked in the ordinary way, allows the request.
	Real bool
	// Doubt says why it does not.
	Doubt Doubt
	// Engine is that of the world with the caller of the witness, when it is not the world that was asked about.
	Engine *engine.Engine
}

func (w Witness) action() string   { return w.M.Target.Name }
func (w Witness) Resource() string { return w.M.Target.Resource }

// Witness turns a model into a request and has it decided by the ordinary evaluator. Of the requests of the class it
// prefers one about something that the world has, and one whose ARN reads as ARNs do.
func (c *Caller) Witness(
	q Question,
	m *model.Model,
	lits []Literal,
	groups []layerGroup,
	avoid []*bound,
	guess bool,
) Witness {
	if c.Any != nil {
		return c.decideStranger(q, m)
	}
	first := c.decideAgain(q, m, guess)
	for _, arn := range model.Likelier(c.Engine, m.Target.Resource) {
		self := Literal{c.Search.B.ResourceProbe(engine.MustStatement(policy.Allow("", "*").On(model.Literally(arn)))), true}
		better, found := c.Search.Find(append(slices.Clone(lits), self), groups, c.WithRulesOfKeys(avoid, groups, lits))
		if !found {
			continue
		}
		if w := c.decideAgain(q, better, guess); w.Real {
			return w
		} else if first.Doubt == (Doubt{}) {
			first = w
		}
	}
	return first
}

// decideAgain makes the request of a model and decides it.
func (c *Caller) decideAgain(q Question, m *model.Model, guess bool) Witness {
	w := Witness{M: m}
	w.Session, w.Request = m.Request(c.Engine, c.Session)
	if m.Target.Action < 0 {
		w.Doubt = notSent("AWS documents no such action today")
		return w
	}
	e := c.Engine
	if guess {
		e = e.Assuming(engine.UnknownAllowsEverything)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Request.Context)) {
		if !catalogue.KeyAppliesTo(name, m.Target.Name) {
			w.Doubt = notSent("AWS never sets " + name + " in requests of " + m.Target.Name)
			return w
		}
	}
	if !m.TagsAgree(c.Engine) {
		w.Doubt = notSent("the tags of " + m.Target.Resource + " are others")
		return w
	}
	if !c.asks(q, w.Session, w.Request) {
		w.Doubt = notSent("its keys do not occur together")
		return w
	}
	if !c.completeRequest(&w, guess) {
		return w
	}
	d, err := e.Decide(w.Session, w.Request)
	switch {
	case err != nil:
		w.Doubt = Doubt{NotDecided, err.Error()}
	case d.Allowed():
		w.Real = true
	case guess && d.Outcome == engine.ImplicitlyDenied:
		// The evaluator reads unknown documents that exist; a document that may be attached tomorrow it does not.
		w.Real = true
	default:
		w.Doubt = Doubt{DecidedOtherwise, d.Outcome.String() + " by " + d.By.String()}
	}
	return w
}

// asks reports whether a question is about a request.
func (c *Caller) asks(q Question, s engine.Session, r engine.Request) bool {
	ev := engine.Env{Engine: c.Engine, Session: &s, Principal: c.Principal, Request: &r, Action: r.Action}
	var err error
	if ev.Shared, err = r.Context.Pairs(nil); err != nil {
		return false
	}
	return concerns(&ev, q)
}

// asksStranger reports whether a question is about a request of a caller whom the engine's world has, or who is a
// service or provider.
func asksStranger(e *engine.Engine, q Question, s engine.Session, r engine.Request) bool {
	var ev engine.Env
	if ev.Start(e, s, r) != nil {
		return false
	}
	ev.Action = r.Action
	return concerns(&ev, q)
}

// concerns reports whether a question is about the request at hand.
func concerns(ev *engine.Env, q Question) bool {
	if ev.OnResource(0) != nil {
		return false
	}
	speaks := func(st *engine.Statement) bool { return st.Matches(ev) }
	if action, known := catalogue.Catalogue().Find(ev.Action); q.Writes && known && readActions().Has(action) {
		return false
	}
	return slices.ContainsFunc(q.Forbidden, speaks) && !slices.ContainsFunc(q.Permitted, speaks) && ev.Undecided == nil
}
