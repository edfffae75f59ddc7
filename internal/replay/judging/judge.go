package judging

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/replay/cloudtrail"
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

// Verdict is what one event comes to.
type Verdict struct {
	Why    Reason
	Rows   []Row
	Copied bool
}

// Row is one answer about one event.
type Row struct {
	Section Section
	Answer  Answer
	Caller  caller
	Action  string
}

// Judge says what becomes of an event.
func (q *Question) Judge(e *cloudtrail.Event, learned *Learned) Verdict {
	if !q.From.IsZero() && e.Time.Before(q.From) || !q.To.IsZero() && !e.Time.Before(q.To) {
		return Verdict{Why: OutsideOfQuestion}
	}
	c, why := CallerOf(e)
	if len(q.Accounts) > 0 && !slices.Contains(q.Accounts, c.Account) {
		return Verdict{Why: OutsideOfQuestion}
	}
	if kind := KindOf(e); kind != Judged {
		return Verdict{Why: kind}
	}
	if why == Judged && e.ErrorCode != "" {
		why = AlreadyFailed
	}
	learned.from(e, &c)
	if why != Judged {
		return Verdict{Why: why}
	}
	switch {
	case c.Account == q.Now.management && !q.Now.managed(c.principal):
		return Verdict{Why: OfManagement}
	case !q.Now.binds(c.Account, c.principal) && (q.Then == nil || !q.Then.binds(c.Account, c.principal)):
		return Verdict{Why: OutsideOfTree}
	}
	actions, known := ActionsOf(e.Source, e.Name)
	switch {
	case !known:
		return Verdict{Why: UnknownAction}
	case len(actions) == 0:
		return Verdict{Why: noAction}
	case actions[0] == untold:
		return Verdict{Why: UntoldAction}
	}
	v := Verdict{Copied: e.Recipient != "" && e.Recipient != c.Account}
	for _, action := range actions {
		v.Rows = append(v.Rows, q.judgeAction(e, &c, action, learned)...)
	}
	return v
}

// judgeAction gives a row for each section in which an action is not simply allowed.
func (q *Question) judgeAction(e *cloudtrail.Event, c *caller, action string, learned *Learned) []Row {
	all := []*Policies{q.Now, q.Then, q.AsIfDenied}
	loaded := &cloudtrail.Params{}
	read := false
	answers := make([]Answer, len(all))
	for i, policies := range all {
		if policies == nil || !policies.concerns(c.Account, c.principal, action) {
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
	var rows []Row
	add := func(section Section, a Answer) {
		rows = append(rows, Row{Section: section, Answer: a, Caller: *c, Action: action})
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

func (r *record) answer(learned *Learned) Answer {
	c, e := &r.caller, r.event
	if r.policies.needsResources(c.Account, c.principal, r.action) {
		r.resources = r.resourcesOf(learned)
	}
	asked := &call{
		Account:   c.Account,
		Principal: c.principal,
		Session:   c.Session,
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

// PathsAlone reports whether an answer depends on paths of IAM alone, which another event may tell.
func PathsAlone(a Answer) bool {
	return a.Outcome == Depends && len(a.Keys) > 0 &&
		!slices.ContainsFunc(a.Keys, func(key string) bool { return !strings.HasPrefix(key, PathOf) })
}
