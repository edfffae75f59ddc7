package prove

import (
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// DeadCondition is a test of a statement that AWS's documentation says no request can pass, or that every request
// passes: it was meant to do something and does nothing.
type DeadCondition struct {
	// Sid and Index name the statement; Index counts from zero.
	Sid   string
	Index int
	// Action is an action, or a pattern, that AWS does not have. Key is then empty.
	Action string
	// Key is a condition key that AWS does not set in requests of Actions: of all actions of the statement, or of
	// those listed.
	Key     string
	Actions []string
	// Never is a condition key of which no value, and no absence, meets all conditions that the statement has on it:
	// the statement applies to no request. Action and Key are then empty.
	Never string
	// Since is the instant from which on Never is so; zero where it always was.
	Since time.Time
	// Values are values that Key never has in any request; Actions is then empty, and Suggestion says what may be meant.
	Values []string
	// Suggestion is an action that AWS has and that differs little; empty when there is none.
	Suggestion string
}

// Error says what is dead and why.
func (d DeadCondition) Error() string {
	place := policy.StatementName(d.Sid, d.Index)
	switch {
	case d.Action != "" && d.Suggestion != "":
		return fmt.Sprintf("%s: AWS has no action %q; did you mean %q?", place, d.Action, d.Suggestion)
	case !d.Since.IsZero():
		return fmt.Sprintf("%s: its time is over: no request meets its conditions on %s any more", place, d.Never)
	case d.Never != "":
		return fmt.Sprintf("%s: no request meets all its conditions on %s, so it never applies", place, d.Never)
	case d.Action != "":
		return fmt.Sprintf("%s: AWS has no action %q", place, d.Action)
	case len(d.Values) > 0:
		return fmt.Sprintf("%s: %s is never %q; %s", place, d.Key, strings.Join(d.Values, ", "), d.Suggestion)
	}
	return fmt.Sprintf(
		"%s: AWS never sets the condition key %s in requests of %s",
		place,
		d.Key,
		strings.Join(d.Actions, ", "),
	)
}

// maxNamed bounds how many actions a finding lists by name.
const maxNamed = 5

// DeadConditions reports, in the order of the document, actions that AWS does not have and condition keys that it
// never sets in requests of an action that the statement lists by name, or of any action that a pattern of it
// matches. A statement with NotAction speaks of nearly everything, and its keys are not held against any action. The
// catalogue is what AWS documented when it was made: see CatalogueVersion.
func DeadConditions(d policy.Document) []DeadCondition {
	var dead []DeadCondition
	for i, st := range d.Statements {
		for _, action := range append(st.Actions[:len(st.Actions):len(st.Actions)], st.NotActions...) {
			if catalogue.Catalogue().Matching(action).Empty() {
				dead = append(
					dead,
					DeadCondition{Sid: st.Sid, Index: i, Action: action, Suggestion: closestAction(action)},
				)
			}
		}
		for _, key := range neverMet(st) {
			dead = append(dead, DeadCondition{Sid: st.Sid, Index: i, Never: key})
		}
		for _, condition := range st.Conditions {
			if values, meant := deadValues(condition); len(values) > 0 {
				dead = append(
					dead,
					DeadCondition{Sid: st.Sid, Index: i, Key: condition.Key, Values: values, Suggestion: meant},
				)
			}
			if without := actionsWithout(condition.Key, st.Actions); len(without) > 0 {
				dead = append(dead, DeadCondition{Sid: st.Sid, Index: i, Key: condition.Key, Actions: without})
			}
		}
	}
	return dead
}

// Unreadable are the statements of a document of permissions that no proof can read, one error each, with what to
// write: global condition keys and policy variables that AWS does not have, for example. Nil means that all are read.
func Unreadable(d policy.Document) []error {
	_, errs := engine.CompileDocument(d, engine.Permissions, engine.Source{})
	return errs
}

// neverMet are the keys whose conditions exclude each other; none of a statement that does not compile.
func neverMet(st policy.Statement) []string {
	compiled, err := compiledAlone(st)
	if err != nil {
		return nil
	}
	return search.NeverMet(compiled, time.Time{})
}

// compiledAlone is a statement of a document of permissions or of a trust policy, compiled.
func compiledAlone(st policy.Statement) (*engine.Statement, error) {
	use := engine.Permissions
	if st.Principals != nil || st.NotPrincipals != nil {
		use = engine.Trust
	}
	return engine.CompileStatement(st, 0, pattern.VariableText, use, engine.Source{})
}

// actionsWithout are the actions of a statement in whose requests AWS does not set a key, as a finding lists them.
// Actions that AWS does not have are findings of their own.
func actionsWithout(key string, actions []string) []string {
	var without []string
	known := 0
	for _, action := range actions {
		matching := catalogue.Catalogue().Matching(action)
		if matching.Empty() {
			continue
		}
		known++
		if !keyAppliesToAny(key, matching) {
			without = append(without, action)
		}
	}
	switch {
	case len(without) <= maxNamed:
		return without
	case len(without) == known:
		return []string{"any of its actions"}
	}
	return append(without[:maxNamed:maxNamed], fmt.Sprintf("and %d more", len(without)-maxNamed))
}

func keyAppliesToAny(key string, actions catalogue.ActionSet) bool {
	if actions.Bits != nil {
		return true
	}
	for i := range actions.Each() {
		if catalogue.KeyAppliesTo(key, catalogue.Catalogue().Name(i)) {
			return true
		}
	}
	return false
}

// closestAction is the action of the same service that was probably meant; empty when there is none.
func closestAction(action string) string {
	prefix, name, found := strings.Cut(action, ":")
	c := catalogue.Catalogue()
	n, ok := c.ByPrefix[strings.ToLower(prefix)]
	if !found || !ok || strings.ContainsAny(name, "*?") {
		return ""
	}
	s := c.Services[n]
	names := make([]string, 0, s.Last-s.First)
	for i := s.First; i < s.Last; i++ {
		_, have, _ := strings.Cut(c.Name(i), ":")
		names = append(names, have)
	}
	if closest := policy.Closest(name, names); closest != "" {
		return s.Prefix + ":" + closest
	}
	return ""
}
