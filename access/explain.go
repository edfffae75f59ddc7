package access

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	// Denies are the Deny statements that apply, Allows the Allow statements that do. A layer with neither does not allow the request.
	Denies, Allows []Applied
	// Near are the statements that speak of the action and do not apply: first those that would allow it, nearest first, with what they
	// miss; then the Deny statements, with what keeps them away.
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
	// Value is the value with its variables filled in, the same as Text where it has none. NoValue says that a variable has no value here, so
	// that it equals nothing.
	Value   string
	NoValue bool
}

// Explain decides a request as Decide does, and tells every layer that was read: which statements apply and why, and which come near and
// what they miss.
func (e *Engine) Explain(s Session, r Request) (Explanation, error) {
	decision, err := e.Decide(s, r)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Decision: decision}
	ev := envs.Get().(*env)
	defer ev.release()
	if err := ev.start(e, s, r); err != nil {
		return Explanation{}, err
	}
	for a := ev.firstAction(); a != ""; a = ev.nextAction(a) {
		ev.action = a
		for i := range max(len(r.Resources), 1) {
			if err := ev.on(i); err != nil {
				return Explanation{}, err
			}
			d, err := ev.decide()
			if err != nil {
				return Explanation{}, err
			}
			d.Unknowns = ev.principal.unknowns
			x.Parts = append(x.Parts, Part{Decision: d, Layers: ev.layers(d)})
		}
	}
	return x, nil
}

// layers reads every layer. A request that a rule of AWS decides has none.
func (ev *env) layers(d Decision) []Layer {
	if d.By.Kind == AWSRule && d.By.Owner == "" {
		return nil
	}
	var out []Layer
	for _, level := range ev.guardrails() {
		out = append(out, ev.layer(level, nil))
	}
	for _, l := range [3]*layer{ev.principal.identity, ev.principal.boundary, ev.session.limit} {
		if l != nil {
			out = append(out, ev.layer(l, nil))
		}
	}
	if isAssumeRole(ev.action) {
		if role := ev.engine.principals[ev.resource.ARN]; role != nil && role.trust != nil {
			out = append(out, ev.layer(role.trust, role))
		}
	}
	return out
}

func (ev *env) layer(l *layer, role *principal) Layer {
	out := Layer{Source: l.by, Unknowns: l.unknowns}
	for _, st := range slices.Concat(l.deny, l.allow) {
		if !st.matchesAction(ev.action) {
			continue
		}
		passed, failed := ev.tests(st, role)
		switch {
		case len(failed) > 0:
			out.Near = append(out.Near, NearMiss{By: st.by, Effect: st.from.Effect, Missing: ev.words(failed), Tests: failed})
		case st.from.Effect == policy.EffectDeny:
			out.Denies = append(out.Denies, Applied{By: st.by, Because: ev.words(passed), Tests: passed})
		default:
			out.Allows = append(out.Allows, Applied{By: st.by, Because: ev.words(passed), Tests: passed})
		}
	}
	slices.SortStableFunc(out.Near, func(a, b NearMiss) int {
		return cmp.Or(cmp.Compare(a.Effect, b.Effect), cmp.Compare(len(a.Missing), len(b.Missing)))
	})
	return out
}

// tests runs every test of a statement that speaks of the action. Of those that pass only conditions are told.
func (ev *env) tests(st *statement, role *principal) (passed, failed []Test) {
	if role != nil {
		speaks, element := st.principalGrade(ev) != notTrusted, "Principal"
		if st.from.Effect == policy.EffectDeny {
			speaks = st.speaksOf(ev)
		}
		if st.notPrincipals {
			element = "NotPrincipal"
		}
		if !speaks {
			failed = append(failed, Test{Element: element, Has: []string{ev.callerWords()}, Wants: asWritten(principalTexts(st))})
		}
	}
	if !st.matchesResource(ev) {
		element, resources := "Resource", st.from.Resources
		if st.notResources {
			element, resources = "NotResource", st.from.NotResources
		}
		failed = append(failed, Test{Element: element, Has: []string{ev.resource.ARN}, Wants: ev.filledIn(resources)})
	}
	for i := range st.conditions {
		c := &st.conditions[i]
		ev.undecided = nil
		holds := c.holds(ev) && ev.undecided == nil
		if t := ev.test(c); holds {
			passed = append(passed, t)
		} else {
			failed = append(failed, t)
		}
	}
	ev.undecided = nil
	return passed, failed
}

// test is a condition with the values that the request has.
func (ev *env) test(c *condition) Test {
	t := Test{Element: "Condition", Key: c.key.name, Operator: c.source.Operator, Wants: ev.filledIn(c.source.Values)}
	if v := ev.lookup(&c.key); v.present {
		t.Has = make([]string, v.len())
		for i := range t.Has {
			t.Has[i] = v.at(i)
		}
	}
	ev.undecided = nil
	return t
}

// words tells tests in the words of the policy language.
func (ev *env) words(tests []Test) []string {
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
		return fmt.Sprintf("the principals are %s, the caller is %s", strings.Join(wants, ", "), strings.Join(t.Has, ", "))
	case "Resource", "NotResource":
		return fmt.Sprintf("%s is %s, the request is on %s", t.Element, strings.Join(wants, " or "), strings.Join(t.Has, ", "))
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
func (ev *env) filledIn(patterns []string) []Wanted {
	shown := asWritten(patterns)
	for i := range shown {
		if !strings.Contains(shown[i].Text, "${") {
			continue
		}
		p, err := parsePattern(shown[i].Text, variableText, true)
		if err != nil || !p.hasVariable {
			continue
		}
		tokens, ok := p.resolve(nil, ev)
		if !ok {
			shown[i].NoValue = true
			continue
		}
		var b strings.Builder
		for _, tok := range tokens {
			switch tok.kind {
			case tokenAny:
				b.WriteByte('*')
			case tokenOne:
				b.WriteByte('?')
			default:
				b.WriteString(tok.text)
			}
		}
		shown[i].Value = b.String()
	}
	ev.undecided = nil
	return shown
}

func (ev *env) callerWords() string {
	p := ev.principal
	if p.arn == "" {
		return p.name
	}
	if ev.session.assumed() {
		return fmt.Sprintf("%s (session %q)", p.arn, ev.session.name)
	}
	return p.arn
}

func principalTexts(st *statement) []string {
	var out []string
	for i := range st.principals {
		out = append(out, cmp.Or(st.principals[i].text, "*"))
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
