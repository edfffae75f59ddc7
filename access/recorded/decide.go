package recorded

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/policy"
)

// evaluate decides the call with what is known and what is tried. What depends on something else is Depends; r.asked
// then has it.
func (r *recordedEnv) evaluate(ev *engine.Env) recordedEnd {
	r.asked, r.open = r.asked[:0], r.open[:0]
	r.speaking = r.speaking[:0]
	open := recordedEnd{outcome: Allowed}
	if end := r.action(ev, r.call.Action, false); end.outcome == Refused {
		return end
	} else if end.outcome == Depends {
		open = end
	}
	for _, also := range recordedCompanions(r.call.Action) {
		if r.scope == GuardrailsAlone && r.unconcerned(also.brings) {
			continue
		}
		r.resource = 0
		ev.Undecided = nil
		v := r.Lookup(ev, &conditionkey.Key{Name: also.key, MultiValued: true})
		unsure := ev.Undecided != nil
		if !v.Present && !unsure {
			continue
		}
		end := r.action(ev, also.brings, strings.HasPrefix(also.brings, "ec2:"))
		if end.outcome != Allowed && unsure {
			end.outcome = Depends
		}
		if end.outcome == Refused {
			return end
		}
		if end.outcome == Depends && open.outcome == Allowed {
			open = end
		}
	}
	return open
}

func (r *recordedEnv) unconcerned(action string) bool {
	g := r.judge.guarded(r.call.Account, action)
	return len(g.deny)+len(g.levels) == 0
}

// newResource is what a call makes whose tags it writes: nobody knows its id yet.
var newResource = []Resource{{It: "the ARN of what is made"}}

// action decides one action on each resource.
func (r *recordedEnv) action(ev *engine.Env, action string, makes bool) recordedEnd {
	resources := r.call.Resources
	if makes {
		resources = newResource
	}
	r.resources = resources
	open := recordedEnd{outcome: Allowed}
	for i := range max(len(resources), 1) {
		r.resource = i
		resource := engine.Resource{ARN: "*"}
		if i < len(resources) {
			resource.ARN = resources[i].ARN
		}
		ev.Turn(action, &resource)
		end := r.part(ev)
		end.action, end.resource = action, resource.ARN
		if end.outcome == Refused {
			return end
		}
		if end.outcome == Depends && open.outcome == Allowed {
			open = end
		}
	}
	return open
}

// part decides one action on one resource.
func (r *recordedEnv) part(ev *engine.Env) recordedEnd {
	if policy.EqualFoldASCII(ev.Action, "sts:GetCallerIdentity") ||
		policy.EqualFoldASCII(ev.Action, "sts:GetSessionToken") {
		return recordedEnd{outcome: Allowed}
	}
	if r.scope == WithIdentityPolicies {
		return r.whole(ev)
	}
	g := r.judge.guarded(r.call.Account, ev.Action)
	r.speaking = append(r.speaking, g.deny...)
	open := recordedEnd{outcome: Allowed}
	for _, st := range g.deny {
		if st.Matches(ev) {
			return recordedEnd{outcome: Refused, by: st.By}
		}
		if ev.Undecided == nil {
			continue
		}
		r.open = append(r.open, openStatement{st: st, action: ev.Action, resource: r.resource})
		if open.outcome == Allowed {
			open = recordedEnd{outcome: Depends, by: st.By}
		}
	}
	for _, level := range g.levels {
		r.speaking = append(r.speaking, level.allow...)
		allowed, unsure := false, false
		for _, st := range level.allow {
			if st.Matches(ev) {
				allowed = true
				break
			}
			if ev.Undecided != nil {
				unsure = true
				r.open = append(
					r.open,
					openStatement{st: st, level: level.layer, action: ev.Action, resource: r.resource},
				)
			}
		}
		missing := level.layer.Missing("no service control policy of this level allows it")
		switch {
		case allowed:
		case unsure && open.outcome == Allowed:
			open = recordedEnd{outcome: Depends, by: missing}
		case !unsure:
			return recordedEnd{outcome: Refused, by: missing}
		}
	}
	return open
}

// whole decides with the policies of the caller.
func (r *recordedEnv) whole(ev *engine.Env) recordedEnd {
	r.noteSpeaking(ev)
	ev.Undecided = nil
	d, err := ev.DecideNow()
	switch {
	case err != nil:
		return recordedEnd{outcome: Depends, by: d.By}
	case !d.Allowed():
		return recordedEnd{outcome: Refused, by: d.By}
	}
	return recordedEnd{outcome: Allowed, by: d.By}
}

// noteSpeaking notes every statement that speaks of the action, for the values that are to be tried.
func (r *recordedEnv) noteSpeaking(ev *engine.Env) {
	layers := append(slices.Clone(ev.Guardrails()), ev.Principal.Identity, ev.Principal.Boundary)
	if role := ev.Engine.Principals[ev.Resource.ARN]; role != nil && engine.IsAssumeRole(ev.Action) {
		layers = append(layers, role.Trust)
	}
	for _, l := range layers {
		if l == nil {
			continue
		}
		for _, st := range slices.Concat(l.Deny, l.Allow) {
			if st.MatchesAction(ev.Action) {
				r.speaking = append(r.speaking, st)
			}
		}
	}
}
