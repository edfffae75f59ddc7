package replay

import (
	"slices"
	"strings"
	"time"
)

// Question is what recorded calls are held against.
type Question struct {
	// Now are the policies that are asked about.
	Now *Policies
	// Then are those that they are compared with: only what Now refuses newly, or no longer, is told. Nil compares
	// with nothing.
	Then *Policies
	// AsIfDenied are Now with the statements of remote execution, where its mode is report. Nil where they are part
	// of Now, or are not asked about.
	AsIfDenied *Policies
	// From and To bound the time of events, From included and To not; zero bounds nothing. Accounts are the callers'
	// accounts; none means all.
	From, To time.Time
	Accounts []string
	// ProjectTag is the tag by which nodes belong to projects.
	ProjectTag string
}

// Section is which question a row answers.
type Section string

// The sections.
const (
	// Policies refuse it; in a comparison: refuse it now and did not before.
	SectionRefused Section = "refused"
	// They refused it before and do not now.
	SectionNoLonger Section = "no longer refused"
	// The mode deny of remote execution would refuse it.
	SectionRemote Section = "remote execution"
)

// verdict is what one event comes to.
type verdict struct {
	why  reason
	rows []row
	copy bool
}

// row is one answer about one event.
type row struct {
	section Section
	answer  Answer
	caller  caller
	action  string
}

// judgeEvent says what becomes of an event.
func (q *Question) judgeEvent(e *Event, learned *learned) verdict {
	if !q.From.IsZero() && e.Time.Before(q.From) || !q.To.IsZero() && !e.Time.Before(q.To) {
		return verdict{why: notAsked}
	}
	c, why := callerOf(e)
	if len(q.Accounts) > 0 && !slices.Contains(q.Accounts, c.account) {
		return verdict{why: notAsked}
	}
	if kind := kindOf(e); kind != judged {
		return verdict{why: kind}
	}
	if why == judged && e.ErrorCode != "" {
		why = alreadyFailed
	}
	learned.from(e, &c)
	if why != judged {
		return verdict{why: why}
	}
	switch {
	case c.account == q.Now.management && !q.Now.managed(c.principal):
		return verdict{why: ofManagement}
	case !q.Now.binds(c.account, c.principal) && (q.Then == nil || !q.Then.binds(c.account, c.principal)):
		return verdict{why: outsideOfTree}
	}
	actions, known := ActionsOf(e.Source, e.Name)
	switch {
	case !known:
		return verdict{why: unknownAction}
	case len(actions) == 0:
		return verdict{why: noAction}
	case actions[0] == untold:
		return verdict{why: untoldAction}
	}
	v := verdict{copy: e.Recipient != "" && e.Recipient != c.account}
	for _, action := range actions {
		v.rows = append(v.rows, q.judgeAction(e, &c, action, learned)...)
	}
	return v
}

// judgeAction gives a row for each section in which an action is not simply allowed.
func (q *Question) judgeAction(e *Event, c *caller, action string, learned *learned) []row {
	all := []*Policies{q.Now, q.Then, q.AsIfDenied}
	loaded := &params{}
	read := false
	answers := make([]Answer, len(all))
	for i, policies := range all {
		if policies == nil || !policies.concerns(c.account, c.principal, action) {
			continue
		}
		have, known, remember := policies.remembered(e, c, action)
		if known {
			answers[i] = have
			continue
		}
		r := &record{policies: policies, event: e, caller: *c, action: action}
		if read {
			r.loaded = loaded
		}
		answers[i] = r.answer(learned)
		if remember != nil {
			remember(answers[i])
		}
		if r.loaded != nil {
			loaded, read = r.loaded, true
		}
	}
	var rows []row
	add := func(section Section, a Answer) {
		rows = append(rows, row{section: section, answer: a, caller: *c, action: action})
	}
	now, then, asIf := answers[0], answers[1], answers[2]
	switch {
	case q.Then == nil && now.Outcome != Allowed:
		add(SectionRefused, now)
	case q.Then != nil && now.Outcome != Allowed && (then.Outcome == Allowed || then.Outcome == Depends && now.Outcome == Refused):
		add(SectionRefused, now)
	case q.Then != nil && then.Outcome != Allowed && now.Outcome == Allowed:
		add(SectionNoLonger, then)
	}
	if q.AsIfDenied != nil && asIf.Outcome != Allowed && now.Outcome == Allowed {
		add(SectionRemote, asIf)
	}
	return rows
}

func (r *record) answer(learned *learned) Answer {
	c, e := &r.caller, r.event
	if r.policies.needsResources(c.account, c.principal, r.action) {
		r.resources = r.resourcesOf(learned)
	}
	asked := &call{
		Account:   c.account,
		Principal: c.principal,
		Session:   c.session,
		Action:    r.action,
		Resources: r.resources,
		Key:       r.key,
	}
	if e.First.Equal(e.Last) {
		asked.Time = e.Time
	}
	a, err := r.policies.decide(asked)
	if err != nil {
		return Answer{Outcome: Depends, Keys: []string{err.Error()}}
	}
	return a
}

// pathsAlone reports whether an answer depends on paths of IAM alone, which another event may tell.
func pathsAlone(a Answer) bool {
	return a.Outcome == Depends && len(a.Keys) > 0 &&
		!slices.ContainsFunc(a.Keys, func(key string) bool { return !strings.HasPrefix(key, pathOf) })
}
