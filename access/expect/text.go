package expect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// String is the result for a terminal: one line that says whether the expectation is met, and what there is to know
// besides.
func (r ExpectationResult) String() string {
	var b strings.Builder
	switch {
	case r.Problem != nil:
		fmt.Fprintf(
			&b,
			"FAIL  %s\n      cannot be judged: %s\n",
			r.Expectation.It,
			(&expectationError{field: r.Field, reason: r.Problem}).Error(),
		)
	case r.Verdict == prove.DoesNotHold:
		fmt.Fprintf(
			&b,
			"FAIL  %s\n      %s -> %s: expected %s, got %s\n      %s\n",
			r.Expectation.It,
			r.Subject,
			r.Object,
			r.Want,
			r.Got,
			r.Why,
		)
	case r.Expectation.Denied:
		fmt.Fprintf(&b, "ok    %s: %s\n", r.Expectation.It, r.Why)
	default:
		fmt.Fprintf(&b, "ok    %s\n", r.Expectation.It)
	}
	for _, a := range r.Assumptions {
		fmt.Fprintf(&b, "      if %s (%s)\n", a.Text, a.ID)
	}
	return b.String()
}

// subjectOf is who acts.
func subjectOf(x *expectation.Expectation) string {
	if x.Person != nil {
		text := x.Person.String() + " via " + x.Via
		if x.Then != "" {
			text += " and then " + x.Then
		}
		return text
	}
	how := string(cmp.Or(x.Session, expectation.SignInConsole))
	switch {
	case x.Session == expectation.SignInKey || x.Session == expectation.SignInKeyWithMFACode:
	case !x.MFA:
		how += " without MFA"
	case x.MFAAge > 0:
		how += fmt.Sprintf(" with MFA %s ago", policy.ShortDuration(x.MFAAge))
	default:
		how += " with MFA"
	}
	text := fmt.Sprintf("%s (%s)", x.As, how)
	if x.Via != "" {
		text += " via " + x.Via
	}
	if len(x.SessionTags) > 0 {
		text += " with session tags " + world.TagWords(world.TagList(x.SessionTags))
	}
	if x.SessionName != "" {
		text += fmt.Sprintf(" named %q", x.SessionName)
	}
	return text
}

// objectOf is what is tried.
func objectOf(x *expectation.Expectation) string {
	text := cmp.Or(x.Do, string(x.Opens))
	if resource := x.On.String(); resource != "" {
		text += " on " + resource
	}
	if len(x.With) > 0 {
		var with []string
		for _, name := range slices.Sorted(maps.Keys(x.With)) {
			with = append(with, name+"="+strings.Join(x.With[name], ","))
		}
		text += " with " + strings.Join(with, " and ")
	}
	if !x.At.IsZero() {
		text += " at " + x.At.Format("2006-01-02T15:04:05Z07:00")
	}
	return text
}

func wanted(x *expectation.Expectation) string {
	switch {
	case x.OSUser != "":
		return "OS user " + x.OSUser
	case x.Denied:
		return "DENIED"
	}
	return "ALLOWED"
}

// tell fills in how the journey ended and why.
func tell(e *engine.Engine, r *ExpectationResult, j journey.Journey) {
	x, a := &r.Expectation, &r.Arrival
	last := &a.Steps[len(a.Steps)-1]
	r.OnTheWay = !a.Allowed() && len(a.Steps) <= 1+len(j.Via)
	switch {
	case !a.Allowed():
		r.Got = "DENIED"
	case x.OSUser != "":
		r.Got = "OS user " + cmp.Or(a.OSUser.Name, "unknown")
	default:
		r.Got = "ALLOWED"
	}
	if !a.Allowed() {
		tellDenial(e, r, last)
		return
	}
	if x.OSUser != "" && a.OSUser.Name != x.OSUser {
		r.Why = "the shell starts as " + a.OSUser.String()
		return
	}
	for i := len(a.Steps) - 1; i >= 0; i-- {
		if step := &a.Steps[i]; step.Request != nil {
			r.At = callWords(step.Decision)
			r.Why = "allowed by " + step.Decision.By.Short() + "; no statement denies it"
			return
		}
	}
}

func tellDenial(e *engine.Engine, r *ExpectationResult, last *journey.Step) {
	if last.Request == nil {
		r.Why = "fails: " + last.Fails
		return
	}
	d := &last.Decision
	r.At = callWords(*d)
	way := "denied at "
	if r.OnTheWay {
		way = "denied on the way, at "
	}
	r.Why = way + r.At + " by " + d.By.Short()
	if d.Outcome == engine.ImplicitlyDenied {
		r.Why = way + r.At + ": " + d.By.Short()
	}
	if r.Expectation.Denied || d.Outcome == engine.ExplicitlyDenied {
		return
	}
	if near := nearMiss(e, last); near != "" {
		r.Why += "\n      nearest: " + near
	}
}

// nearMiss is the Allow that comes nearest to a refused call, with what it misses.
func nearMiss(e *engine.Engine, step *journey.Step) string {
	x, err := e.Assuming(engine.UnknownAllowsEverything).Explain(step.As, *step.Request)
	if err != nil {
		return ""
	}
	for _, part := range x.Parts {
		if part.Decision.Allowed() {
			continue
		}
		for _, l := range part.Layers {
			if l.Source.Kind != part.Decision.By.Kind || l.Source.Owner != part.Decision.By.Owner {
				continue
			}
			for _, near := range l.Near {
				if near.Effect == policy.EffectAllow {
					return near.By.Short() + ", but " + strings.Join(near.Missing, ", and ")
				}
			}
		}
	}
	return ""
}

// callWords is a call as results name it.
func callWords(d engine.Decision) string {
	if d.Resource == "*" || d.Resource == "" {
		return d.Action
	}
	return d.Action + " on " + cmp.Or(policy.ARNResource(d.Resource), d.Resource)
}

// deciders are the Sids of the statements that decide the last call of a journey: of a denial every Deny that
// applies, else every Allow.
func deciders(e *engine.Engine, a journey.Arrival) []string {
	var sids []string
	for i := len(a.Steps) - 1; i >= 0; i-- {
		step := &a.Steps[i]
		if step.Request == nil {
			continue
		}
		x, err := e.Assuming(engine.UnknownAllowsEverything).Explain(step.As, *step.Request)
		if err != nil {
			return nil
		}
		for _, part := range x.Parts {
			for _, l := range part.Layers {
				applied := l.Denies
				if a.Allowed() {
					applied = l.Allows
				}
				for _, one := range applied {
					if one.By.Sid != "" && !slices.Contains(sids, one.By.Sid) {
						sids = append(sids, one.By.Sid)
					}
				}
			}
		}
		return sids
	}
	return nil
}
