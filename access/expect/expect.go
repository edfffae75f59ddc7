package expect

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/policy"
)

// ExpectationResult is what became of an expectation.
type ExpectationResult struct {
	Expectation expectation.Expectation
	// Verdict is DoesNotHold for every expectation that was not met or could not be judged.
	Verdict prove.Verdict
	// Field is the field of the expectation that cannot be judged, in the words of the stack file, such as "as" or
	// "on.user"; empty when the problem is not one field's.
	Field string
	// Problem is what is wrong with it, and what to write instead; nil when it was judged.
	Problem *policy.ValueError
	// Subject and Object are who does what, and Want and Got how it should end and did, in words.
	Subject, Object, Want, Got string
	// At is the call that decided, such as "sts:AssumeRole on role/Admin"; empty when the person was refused by no
	// call.
	At string
	// OnTheWay says that the journey ended before what was to be tried: its person cannot assume the role. A denial
	// on the way says nothing about what lies behind.
	OnTheWay bool
	// Why is what decided, in words.
	Why string
	// Assumptions are what a verdict of HoldsIf rests on.
	Assumptions []prove.ProofAssumption
	// Arrival is the journey that decided, with every step of it.
	Arrival journey.Arrival
}

// Holds reports whether the expectation is met, be it under assumptions.
func (r ExpectationResult) Holds() bool { return r.Verdict != prove.DoesNotHold }

// Check judges an expectation. Whatever is not known is taken for the worse: for an expectation of Allowed it allows
// nothing, for one of Denied everything; one that depends on it holds under an assumption. An engine that looks from
// an instant on (Engine.From) judges an expectation that depends on the time and names none at that instant and at
// every later one.
func Check(e *engine.Engine, x expectation.Expectation) ExpectationResult {
	r, untimed := checkAt(e, x)
	if untimed && x.At.IsZero() && !e.Since.IsZero() {
		if timed, told := expectFrom(e, x); told {
			return timed
		}
	}
	return r
}

// checkAt judges an expectation at its own time, and says whether it wants one.
func checkAt(e *engine.Engine, x expectation.Expectation) (ExpectationResult, bool) {
	r := ExpectationResult{Expectation: x, Verdict: prove.DoesNotHold}
	reader := expectationReader{engine: e, x: &x}
	journeys, err := reader.journeys()
	r.Subject, r.Object, r.Want = subjectOf(&x), objectOf(&x), wanted(&x)
	if err != nil {
		r.Field, r.Problem = err.field, err.reason
		return r, false
	}
	result, untimed := r, false
	var assumptions []prove.ProofAssumption
	for i, j := range journeys {
		next := r
		untimed = judge(e, &next, j) || untimed
		if next.Verdict == prove.DoesNotHold && len(journeys) > 1 {
			next.Object += " in " + region(&j)
		}
		if i == 0 || next.Verdict > result.Verdict {
			result = next
		}
		for _, a := range next.Assumptions {
			if !slices.Contains(assumptions, a) {
				assumptions = append(assumptions, a)
			}
		}
	}
	if result.Verdict == prove.HoldsIf {
		result.Assumptions = assumptions
	}
	return result, untimed
}

// judge goes one journey of an expectation, with the tags that are known. It reports whether the journey depends on an
// instant that nobody names.
func judge(e *engine.Engine, r *ExpectationResult, j journey.Journey) bool {
	if untimed, done := judgeTags(e, r, j); done {
		return untimed
	}
	return judgeJourney(e, r, j)
}

func judgeJourney(e *engine.Engine, r *ExpectationResult, j journey.Journey) bool {
	x := &r.Expectation
	worse, better := engine.UnknownAllowsNothing, engine.UnknownAllowsEverything
	if x.Denied {
		worse, better = better, worse
	}
	arrival, err := journey.Walk(e.Assuming(worse), j)
	r.Verdict = prove.Holds
	if err == nil && !met(x, arrival) {
		r.Verdict = prove.DoesNotHold
		var other journey.Arrival
		if other, err = journey.Walk(e.Assuming(better), j); err == nil {
			if met(x, other) {
				generous := arrival
				if !x.Denied {
					generous = other
				}
				r.Assumptions = assumptionsOf(e, x, generous)
			}
			if len(r.Assumptions) > 0 {
				r.Verdict = prove.HoldsIf
			}
			// Under the better assumption a failure is one that nothing unknown can mend, so it says more.
			arrival = other
		}
	}
	if err != nil {
		r.Verdict, r.Problem = prove.DoesNotHold, reasonOf(err)
		var untimed *engine.UntimedError
		return errors.As(err, &untimed)
	}
	r.Arrival = arrival
	tell(e, r, j)
	because(e, r)
	return false
}

// met reports whether the journey ended as expected.
func met(x *expectation.Expectation, a journey.Arrival) bool {
	switch {
	case x.Denied:
		return !a.Allowed()
	case x.OSUser != "":
		return a.Allowed() && a.OSUser.Name == x.OSUser
	}
	return a.Allowed()
}

// assumptionsOf is what must be true of the unknown for an expectation to be met. Of the steps of a journey on which
// everything unknown allows, those count that are refused where it allows nothing: an expectation of Allowed needs it
// to, one of Denied needs it not to.
func assumptionsOf(e *engine.Engine, x *expectation.Expectation, generous journey.Arrival) []prove.ProofAssumption {
	var out []prove.ProofAssumption
	for _, step := range generous.Steps {
		if step.Request == nil || !step.Decision.Allowed() {
			continue
		}
		d, err := e.Assuming(engine.UnknownAllowsNothing).Decide(step.As, *step.Request)
		if err == nil && !d.Allowed() {
			out = append(out, unknownIs(d, x.Denied, step.As))
		}
	}
	return out
}

// unknownIs says that something unknown must allow a call, or must not.
func unknownIs(d engine.Decision, denied bool, s engine.Session) prove.ProofAssumption {
	allows, allow := "allows", "allow"
	if denied {
		allows, allow = "does not allow", "do not allow"
	}
	switch {
	case d.By.Kind == engine.NoStatement:
		return prove.ProofAssumption{
			ID:   d.By.Account,
			Text: fmt.Sprintf("the policies of %s %s %s to %s", d.Resource, allow, d.Action, s.Subject()),
		}
	case d.By.Kind == engine.TrustPolicy:
		return prove.ProofAssumption{
			ID:   d.By.Account,
			Text: fmt.Sprintf("the trust policy of %s %s %s to %s", d.Resource, allows, d.Action, s.Subject()),
		}
	case len(d.Unknowns) == 0:
		return prove.ProofAssumption{
			ID:   d.By.Account,
			Text: fmt.Sprintf("what is not known %s %s on %s", allows, d.Action, d.Resource),
		}
	case strings.HasPrefix(policy.ARNResource(d.Unknowns[0]), "user/"):
		return prove.ProofAssumption{
			ID:   policy.ARNPart(d.Unknowns[0], 4),
			Text: fmt.Sprintf("the policies of %s %s %s on %s", d.Unknowns[0], allow, d.Action, d.Resource),
		}
	}
	return prove.ProofAssumption{
		ID:   strings.Join(d.Unknowns, " and "),
		Text: fmt.Sprintf("%s %s %s on %s", wording.JoinWords(d.Unknowns, "or"), allows, d.Action, d.Resource),
	}
}

// region is the Region of the node or resource at the end of the journey.
func region(j *journey.Journey) string {
	switch {
	case j.Opens != nil:
		return j.Opens.Node.Region
	case j.Does != nil && len(j.Does.Resources) > 0:
		return policy.ARNPart(j.Does.Resources[0].ARN, 3)
	}
	return ""
}

// because holds the statement that decided against the one that should have.
func because(e *engine.Engine, r *ExpectationResult) {
	want := r.Expectation.Because
	if want == "" || r.Verdict == prove.DoesNotHold {
		return
	}
	sids := deciders(e, r.Arrival)
	if slices.Contains(sids, want) {
		return
	}
	r.Verdict, r.Assumptions = prove.DoesNotHold, nil
	r.Want += " because of " + want
	r.Got += " because of " + cmp.Or(wording.JoinWords(sids, "and"), "no statement at all")
}
