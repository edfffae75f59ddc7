package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/policy"
)

// Explanation is a decision with everything that was read for it.
type Explanation struct {
	Decision Decision
	// Parts are the actions and resources that were decided, in order; more than one when the request has several.
	Parts []Part
}

// Part is one action on one resource.
type Part struct {
	Decision Decision
	// Layers are the sets of policies that AWS reads, in its order, each with what it says on its own.
	Layers []Layer
}

// Layer is what one set of policies says.
type Layer struct {
	// Source names the layer.
	Source Source
	// Denies are the Deny statements that apply, Allows the Allow statements that do. A layer with neither does not
	// allow the request.
	Denies, Allows []Applied
	// Near are the statements that speak of the action and do not apply: first those that would allow it, nearest
	// first, with what they miss; then the Deny statements, with what keeps them away.
	Near []NearMiss
	// Unknowns are the ARNs of policies whose documents are not known.
	Unknowns []string
}

// Applied is a statement that applies, with the conditions that made it apply.
type Applied struct {
	By Source
	// Because are the conditions in words, with the values of the request.
	Because []string
	// Tests are the same, for readers who have words of their own.
	Tests []Test
}

// NearMiss is a statement that speaks of the action but does not apply.
type NearMiss struct {
	By     Source
	Effect policy.Effect
	// Missing are the tests that failed, in words: what would have had to be otherwise.
	Missing []string
	// Tests are the same, for readers who have words of their own.
	Tests []Test
}

// Test is one test of a statement that speaks of the action: who calls, what the call is about, or a condition.
type Test struct {
	// Element is "Principal", "NotPrincipal", "Resource", "NotResource" or "Condition".
	Element string
	// Key and Operator are those of a condition.
	Key      string
	Operator policy.Operator
	// Has are the values of the request; nil means that it has none.
	Has []string
	// Wants are the values that the statement names.
	Wants []Wanted
}

// Wanted is a value that a statement names.
type Wanted struct {
	// Text is the value as it is written.
	Text string
	// Value is the value with its variables filled in, the same as Text where it has none. NoValue says that a
	// variable has no value here, so that it equals nothing.
	Value   string
	NoValue bool
}

// Explain decides a request as Decide does, and tells every layer that was read: which statements apply and why, and
// which come near and what they miss.
func (e *Engine) Explain(s Session, r Request) (Explanation, error) {
	decision, err := e.Decide(s, r)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Decision: decision}
	ev := Envs.Get().(*Env)
	defer ev.Release()
	if err := ev.Start(e, s, r); err != nil {
		return Explanation{}, err
	}
	for a := ev.firstAction(); a != ""; a = ev.nextAction(a) {
		ev.Action = a
		for i := range max(len(r.Resources), 1) {
			if err := ev.OnResource(i); err != nil {
				return Explanation{}, err
			}
			d, err := ev.decide()
			if err != nil {
				return Explanation{}, err
			}
			d.Unknowns = ev.Principal.Unknowns
			x.Parts = append(x.Parts, Part{Decision: d, Layers: ev.layers(d)})
		}
	}
	return x, nil
}

// layers reads every layer. A request that a rule of AWS decides has none.
func (ev *Env) layers(d Decision) []Layer {
	if d.By.Kind == AWSRule && d.By.Owner == "" {
		return nil
	}
	var out []Layer
	for _, level := range ev.Guardrails() {
		out = append(out, ev.layer(level, nil))
	}
	for _, l := range [3]*PolicyLayer{ev.Principal.Identity, ev.Principal.Boundary, ev.Session.Limit} {
		if l != nil {
			out = append(out, ev.layer(l, nil))
		}
	}
	if IsAssumeRole(ev.Action) {
		if role := ev.Engine.Principals[ev.Resource.ARN]; role != nil && role.Trust != nil {
			out = append(out, ev.layer(role.Trust, role))
		}
	}
	return out
}

func (ev *Env) layer(l *PolicyLayer, role *Principal) Layer {
	out := Layer{Source: l.By, Unknowns: l.Unknowns}
	for _, st := range slices.Concat(l.Deny, l.Allow) {
		if !st.MatchesAction(ev.Action) {
			continue
		}
		passed, failed := ev.tests(st, role)
		switch {
		case len(failed) > 0:
			out.Near = append(
				out.Near,
				NearMiss{By: st.By, Effect: st.From.Effect, Missing: ev.words(failed), Tests: failed},
			)
		case st.From.Effect == policy.EffectDeny:
			out.Denies = append(out.Denies, Applied{By: st.By, Because: ev.words(passed), Tests: passed})
		default:
			out.Allows = append(out.Allows, Applied{By: st.By, Because: ev.words(passed), Tests: passed})
		}
	}
	slices.SortStableFunc(out.Near, func(a, b NearMiss) int {
		return cmp.Or(cmp.Compare(a.Effect, b.Effect), cmp.Compare(len(a.Missing), len(b.Missing)))
	})
	return out
}

// tests runs every test of a statement that speaks of the action. Of those that pass only conditions are told.
func (ev *Env) tests(st *Statement, role *Principal) (passed, failed []Test) {
	if role != nil {
		speaks, element := st.PrincipalGrade(ev) != NotTrusted, "Principal"
		if st.From.Effect == policy.EffectDeny {
			speaks = st.SpeaksOf(ev)
		}
		if st.NotPrincipals {
			element = "NotPrincipal"
		}
		if !speaks {
			failed = append(
				failed,
				Test{Element: element, Has: []string{ev.callerWords()}, Wants: asWritten(principalTexts(st))},
			)
		}
	}
	if !st.matchesResource(ev) {
		element, resources := "Resource", st.From.Resources
		if st.NotResources {
			element, resources = "NotResource", st.From.NotResources
		}
		failed = append(failed, Test{Element: element, Has: []string{ev.Resource.ARN}, Wants: ev.filledIn(resources)})
	}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		ev.Undecided = nil
		holds := c.Holds(ev) && ev.Undecided == nil
		if t := ev.test(c); holds {
			passed = append(passed, t)
		} else {
			failed = append(failed, t)
		}
	}
	ev.Undecided = nil
	return passed, failed
}

// test is a condition with the values that the request has.
func (ev *Env) test(c *Condition) Test {
	t := Test{Element: "Condition", Key: c.Key.Name, Operator: c.Source.Operator, Wants: ev.filledIn(c.Source.Values)}
	if v := ev.Lookup(&c.Key); v.Present {
		t.Has = make([]string, v.Len())
		for i := range t.Has {
			t.Has[i] = v.At(i)
		}
	}
	ev.Undecided = nil
	return t
}

// words tells tests in the words of the policy language.
func (ev *Env) words(tests []Test) []string {
	var out []string
	for i := range tests {
		out = append(out, tests[i].String())
	}
	return out
}

// String is the test in the words of the policy language.
func (t Test) String() string {
	wants := make([]string, len(t.Wants))
	for i, w := range t.Wants {
		switch wants[i] = strconv.Quote(w.Text); {
		case w.NoValue:
			wants[i] += " (which has no value here)"
		case w.Value != w.Text:
			wants[i] += " (" + strconv.Quote(w.Value) + ")"
		}
	}
	switch t.Element {
	case "Principal", "NotPrincipal":
		return fmt.Sprintf(
			"the principals are %s, the caller is %s",
			strings.Join(wants, ", "),
			strings.Join(t.Has, ", "),
		)
	case "Resource", "NotResource":
		return fmt.Sprintf(
			"%s is %s, the request is on %s",
			t.Element,
			strings.Join(wants, " or "),
			strings.Join(t.Has, ", "),
		)
	}
	has := "is absent"
	if t.Has != nil {
		has = "is " + quoted(t.Has)
	}
	return fmt.Sprintf("%s %s; asked for is %s %s", t.Key, has, t.Operator, strings.Join(wants, " or "))
}

func asWritten(texts []string) []Wanted {
	out := make([]Wanted, len(texts))
	for i, text := range texts {
		out[i] = Wanted{Text: text, Value: text}
	}
	return out
}

// filledIn are the patterns of a statement, each with its variables replaced.
func (ev *Env) filledIn(patterns []string) []Wanted {
	shown := asWritten(patterns)
	for i := range shown {
		if !strings.Contains(shown[i].Text, "${") {
			continue
		}
		p, err := pattern.Parse(shown[i].Text, pattern.VariableText, true)
		if err != nil || !p.HasVariable {
			continue
		}
		tokens, ok := p.Filled(ev)
		if !ok {
			shown[i].NoValue = true
			continue
		}
		var b strings.Builder
		for _, tok := range tokens {
			switch tok.Kind {
			case wildcard.TokenAny:
				b.WriteByte('*')
			case wildcard.TokenOne:
				b.WriteByte('?')
			default:
				b.WriteString(tok.Text)
			}
		}
		shown[i].Value = b.String()
	}
	ev.Undecided = nil
	return shown
}

func (ev *Env) callerWords() string {
	p := ev.Principal
	if p.Arn == "" {
		return p.Name
	}
	if ev.Session.Assumed() {
		return fmt.Sprintf("%s (session %q)", p.Arn, ev.Session.Name)
	}
	return p.Arn
}

func principalTexts(st *Statement) []string {
	var out []string
	for i := range st.Principals {
		out = append(out, cmp.Or(st.Principals[i].Text, "*"))
	}
	return out
}

func quoted(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.Quote(v)
	}
	return strings.Join(out, ", ")
}

// String is the explanation for a terminal: one paragraph per part, the deciding line first.
func (x Explanation) String() string {
	var b strings.Builder
	for i := range x.Parts {
		part := &x.Parts[i]
		fmt.Fprintf(&b, "%s\n", part.Decision)
		for j := range part.Layers {
			part.Layers[j].write(&b, part.Decision.Outcome)
		}
	}
	return b.String()
}

// maxNear bounds the near misses that the text shows; the rest say nothing new.
const maxNear = 3

func (l *Layer) write(b *strings.Builder, outcome Outcome) {
	verdict := "does not allow it"
	switch {
	case len(l.Denies) > 0:
		verdict = "denies it"
	case len(l.Allows) > 0:
		verdict = "allows it"
	}
	fmt.Fprintf(b, "  %s: %s\n", l.Source, verdict)
	for _, m := range slices.Concat(l.Denies, l.Allows) {
		fmt.Fprintf(b, "    %s applies\n", m.By.Policy+", "+m.By.Sid)
		for _, because := range m.Because {
			fmt.Fprintf(b, "      as %s\n", because)
		}
	}
	if outcome == Allowed || len(l.Denies)+len(l.Allows) > 0 {
		return
	}
	allows := slices.DeleteFunc(slices.Clone(l.Near), func(n NearMiss) bool { return n.Effect == policy.EffectDeny })
	for i, near := range allows {
		if i == maxNear {
			fmt.Fprintf(b, "    and %d more that do not apply\n", len(allows)-maxNear)
			break
		}
		fmt.Fprintf(b, "    %s, %s does not apply:\n", near.By.Policy, near.By.Sid)
		for _, missing := range near.Missing {
			fmt.Fprintf(b, "      %s\n", missing)
		}
	}
}
