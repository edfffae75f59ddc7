package engine

import (
	"slices"

	"aws-access-guardrails/access/world"
)

// AgentCall decides one call of the agent by what denies it and by the service control policies that must allow it.
func (ev *Env) AgentCall(e *Engine, p *Principal, n world.Node, r Request) (Source, *Statement, Outcome, error) {
	ev.Engine, ev.askedBy, ev.asked = e, AssumedRole(p.Arn, n.ID), r
	ev.Session, ev.Request, ev.Principal, ev.Action = &ev.askedBy, &ev.asked, p, r.Action
	var err error
	if ev.Shared, err = r.Context.Pairs(ev.sharedBuf[:0]); err != nil {
		return Source{}, nil, Allowed, err
	}
	if err := ev.OnResource(0); err != nil {
		return Source{}, nil, Allowed, err
	}
	for _, l := range append(slices.Clone(ev.Guardrails()), p.Identity, p.Boundary) {
		if l == nil {
			continue
		}
		st, err := ev.first(l.Deny)
		if err != nil {
			return Source{}, nil, Allowed, err
		}
		if st != nil {
			return st.By, st, ExplicitlyDenied, nil
		}
	}
	for _, level := range ev.Guardrails() {
		_, ok, err := ev.allows(level)
		if err != nil {
			return Source{}, nil, Allowed, err
		}
		if !ok {
			return level.missing("no service control policy of this level allows it"), nil, ImplicitlyDenied, nil
		}
	}
	return Source{}, nil, Allowed, nil
}
