package engine

import (
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/policy"
)

// Recording answers for a call that was recorded, in place of a session and a request. What it does not know it
// leaves undecided with Undecide.
type Recording interface {
	// Lookup is the value of a key, Instant that of a time.
	Lookup(ev *Env, k *conditionkey.Key) Values
	Instant(ev *Env, k *conditionkey.Key) (time.Time, bool)
	// MatchesLike holds a statement against a resource whose ARN is not known.
	MatchesLike(ev *Env, st *Statement) bool
}

// StartRecorded turns to a recorded call. Without a principal the caller is a stranger of this ARN and account.
func (ev *Env) StartRecorded(
	e *Engine, r Recording, p *Principal, arn, account, session, action string, moment time.Time,
) {
	ev.Engine, ev.Recorded = e, r
	ev.asked = Request{Action: action, Time: moment}
	ev.Request, ev.Session = &ev.asked, &ev.askedBy
	if p == nil {
		ev.stranger = Principal{Kind: RolePrincipal, Arn: arn, Account: &nobody}
		if a, known := e.Accounts[account]; known {
			ev.stranger.Account = a
		}
		ev.Principal = &ev.stranger
		return
	}
	ev.Principal = p
	ev.askedBy = Console(p.Arn)
	switch p.Kind {
	case RolePrincipal:
		ev.askedBy = AssumedRole(p.Arn, session)
	case rootPrincipal:
		ev.askedBy = Root(account)
	}
}

// Turn turns to an action on a resource.
func (ev *Env) Turn(action string, to *Resource) {
	ev.arn, ev.Action, ev.Resource = policy.ARNText{}, action, to
}

// Undecide leaves the question undecided.
func (ev *Env) Undecide(err error) { ev.undecide(err) }

// DecideNow decides the action on the resource at hand.
func (ev *Env) DecideNow() (Decision, error) { return ev.decide() }

// Missing is the layer as that in which nothing allows.
func (l *PolicyLayer) Missing(rule string) Source { return l.missing(rule) }

// Companions are the actions that an action of IAM or STS brings with it, and the keys that say so.
func Companions(action string) (keys, brings []string) {
	for i := range companions {
		if policy.EqualFoldASCII(companions[i].action, action) {
			keys, brings = append(keys, companions[i].key), append(brings, companions[i].brings)
		}
	}
	return keys, brings
}

// past reports whether a rule of AWS is to be passed over: a recorded call was made, so that no rule refused it.
func (ev *Env) past(d Decision) bool { return ev.Recorded != nil && d.Outcome != Allowed }
