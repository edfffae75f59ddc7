package access

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// String is the result for a terminal: one line that says whether the expectation is met, and what there is to know besides.
func (r ExpectationResult) String() string {
	var b strings.Builder
	switch {
	case r.Problem != "":
		fmt.Fprintf(&b, "FAIL  %s\n      cannot be judged: %s\n", r.Expectation.It, strings.TrimPrefix(r.Field+": ", ": ")+r.Problem)
	case r.Verdict == DoesNotHold:
		fmt.Fprintf(&b, "FAIL  %s\n      %s -> %s: expected %s, got %s\n      %s\n", r.Expectation.It, r.Subject, r.Object, r.Want, r.Got, r.Why)
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

// subject is who acts.
func (x *Expectation) subject() string {
	if x.Person != nil {
		return x.Person.String() + " via " + x.Via
	}
	how := string(cmp.Or(x.Session, SignInConsole))
	switch {
	case x.Session == SignInKey || x.Session == SignInKeyWithMFACode:
	case !x.MFA:
		how += " without MFA"
	case x.MFAAge > 0:
		how += fmt.Sprintf(" with MFA %s ago", x.MFAAge)
	default:
		how += " with MFA"
	}
	text := fmt.Sprintf("%s (%s)", x.As, how)
	if x.Via != "" {
		text += " via " + x.Via
	}
	if len(x.SessionTags) > 0 {
		text += " with session tags " + tagWords(tagList(x.SessionTags))
	}
	if x.SessionName != "" {
		text += fmt.Sprintf(" named %q", x.SessionName)
	}
	return text
}

// object is what is tried.
func (x *Expectation) object() string {
	text := cmp.Or(x.Do, string(x.Opens))
	if on := x.On.String(); on != "" {
		text += " on " + on
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

// String is the target in words; empty for none.
func (t Target) String() string {
	var words []string
	switch {
	case t.Instance != nil && len(t.Instance) == 0:
		words = append(words, "an instance without tags")
	case t.Instance != nil:
		words = append(words, "an instance tagged "+tagWords(tagList(t.Instance)))
	case t.User != "":
		words = append(words, "user "+t.User)
	case t.Role != "":
		words = append(words, "role "+t.Role)
	case t.ARN != "":
		words = append(words, t.ARN)
	}
	if t.Document != "" {
		words = append(words, "document "+t.Document)
	}
	text := strings.Join(words, " with ")
	if len(t.VolumeKeys) > 0 {
		text += " with volumes under " + joinWords(t.VolumeKeys, "and")
	}
	if t.Region != "" {
		text += " in " + t.Region
	}
	return text
}

// tagList are tags sorted by key.
func tagList(tags map[string]string) []Tag {
	out := []Tag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, Tag{Key: key, Value: tags[key]})
	}
	return out
}

func (x *Expectation) want() string {
	switch {
	case x.OSUser != "":
		return "OS user " + x.OSUser
	case x.Denied:
		return "DENIED"
	}
	return "ALLOWED"
}

// tell fills in how the journey ended and why.
func (e *Engine) tell(r *ExpectationResult, j Journey) {
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
		e.tellDenial(r, last)
		return
	}
	if x.OSUser != "" && a.OSUser.Name != x.OSUser {
		r.Why = "the shell starts as " + a.OSUser.String()
		return
	}
	for i := len(a.Steps) - 1; i >= 0; i-- {
		if step := &a.Steps[i]; step.Request != nil {
			r.At = callWords(step.Decision)
			r.Why = "allowed by " + step.Decision.By.short() + "; no statement denies it"
			return
		}
	}
}

func (e *Engine) tellDenial(r *ExpectationResult, last *Step) {
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
	r.Why = way + r.At + " by " + d.By.short()
	if d.Outcome == ImplicitlyDenied {
		r.Why = way + r.At + ": " + d.By.short()
	}
	if r.Expectation.Denied || d.Outcome == ExplicitlyDenied {
		return
	}
	if near := e.nearMiss(last); near != "" {
		r.Why += "\n      nearest: " + near
	}
}

// nearMiss is the Allow that comes nearest to a refused call, with what it misses.
func (e *Engine) nearMiss(step *Step) string {
	x, err := e.Assuming(UnknownAllowsEverything).Explain(step.As, *step.Request)
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
					return near.By.short() + ", but " + strings.Join(near.Missing, ", and ")
				}
			}
		}
	}
	return ""
}

// callWords is a call as results name it.
func callWords(d Decision) string {
	if d.Resource == "*" || d.Resource == "" {
		return d.Action
	}
	return d.Action + " on " + cmp.Or(arnResource(d.Resource), d.Resource)
}

// short is the source as results name it: the policy without its path and the Sid, or what allows nothing.
func (s Source) short() string {
	switch {
	case s.Kind == AWSRule:
		return s.Rule
	case s.Sid != "" && s.Kind == TrustPolicy:
		return "trust policy of " + s.Owner + "/" + s.Sid
	case s.Sid != "":
		return s.Policy[strings.LastIndexByte(s.Policy, '/')+1:] + "/" + s.Sid
	case s.Kind == TrustPolicy && s.Rule == notTrusting:
		return "its trust policy does not let the caller in"
	case s.Kind == TrustPolicy:
		return s.Rule
	case s.Kind == IdentityPolicy && s.Policy == "":
		return "no policy of " + s.Owner + " allows it"
	case s.Kind == ServiceControlPolicySource:
		return "no service control policy of " + s.Owner + " allows it"
	case s.Kind == PermissionsBoundary:
		return "the permissions boundary of " + s.Owner + " does not allow it"
	case s.Kind == SessionPolicy:
		return "the session policy does not allow it"
	}
	return s.Policy + ": " + s.Rule
}

// deciders are the Sids of the statements that decide the last call of a journey: of a denial every Deny that applies, else every Allow.
func (e *Engine) deciders(a Arrival) []string {
	var sids []string
	for i := len(a.Steps) - 1; i >= 0; i-- {
		step := &a.Steps[i]
		if step.Request == nil {
			continue
		}
		x, err := e.Assuming(UnknownAllowsEverything).Explain(step.As, *step.Request)
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

// joinWords lists words: "a, b or c".
func joinWords[T ~string](words []T, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return string(words[0])
	}
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == len(words)-1:
			b.WriteString(" " + last + " ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
