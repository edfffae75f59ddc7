package explain

import (
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

// Version is the version of the JSON form of Explanations.
const Version = 1

// Explanations are the answers to one question.
type Explanations struct {
	Version int           `json:"version"`
	Answers []Explanation `json:"answers"`
}

// Explanation is the answer to one question, with the whole chain of why.
type Explanation struct {
	// Stack and Account are those whose names the question has.
	Stack    string `json:"stack,omitempty"`
	Account  string `json:"account,omitempty"`
	Question string `json:"question"`
	// Allowed is the answer, OSUser the login of the shell where one opens.
	Allowed bool   `json:"allowed"`
	OSUser  string `json:"osUser,omitempty"`
	// Answer is the answer in a sentence, with the step that decided.
	Answer string `json:"answer"`
	// Networks are the networks from which it is allowed, as policies write them; empty where any will do, and where the
	// question names one.
	Networks []string `json:"networks,omitempty"`
	// FallsBack says which instances fall back to stopped though the call that starts them succeeds; empty for none.
	FallsBack string `json:"fallsBack,omitempty"`
	// Door is what the table of doors says of the action that is asked about; empty where it is none.
	Door string `json:"door,omitempty"`
	// Region is where the node or document is taken to be; empty when the question names none of both.
	Region string `json:"region,omitempty"`
	// Assumptions are what the answer rests on: policies and accounts that the stack files do not have.
	Assumptions []words.Assumption `json:"assumptions,omitempty"`
	Steps       []Step             `json:"steps"`
}

// Step is one step of the journey.
type Step struct {
	Does string `json:"does"`
	// From is the network from which the call comes, such as "the address 203.0.113.7"; empty where the policies ask for
	// none, and where an earlier step says it.
	From string `json:"from,omitempty"`
	// Outcome is "allowed" or "denied" for a call, and empty for a step that is none.
	Outcome string `json:"outcome,omitempty"`
	// Fails says why a step that is no call ends the journey; Note what else there is to know.
	Fails string `json:"fails,omitempty"`
	Note  string `json:"note,omitempty"`
	// Calls are what AWS decides for the step: more than one where it acts on several things.
	Calls []Call `json:"calls,omitempty"`
}

// Call is one action on one thing, and what every set of policies says of it.
type Call struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
	Outcome  string `json:"outcome"`
	// Rule is the rule of AWS that decided, where no policy did.
	Rule   string  `json:"rule,omitempty"`
	Layers []Layer `json:"layers,omitempty"`
}

// Layer is what one set of policies says of a call.
type Layer struct {
	// Kind is AWS's word for the set, Owner what it belongs to.
	Kind  string `json:"kind"`
	Owner string `json:"owner,omitempty"`
	// Says is "denies", "allows", "does not allow", "is not needed" (the trust policy alone decides) or "is not known".
	Says string `json:"says"`
	// Decides is set for the one set of policies that decided the call.
	Decides bool `json:"decides,omitempty"`
	// Statements are those that apply, or of a layer that does not allow, those that come nearest.
	Statements []Statement `json:"statements,omitempty"`
	// Unknown are policies whose documents are not known.
	Unknown []string `json:"unknown,omitempty"`
}

// Statement is one statement of a policy with the reasons why it applies, or what it misses.
type Statement struct {
	Policy string `json:"policy"`
	Sid    string `json:"sid"`
	Effect string `json:"effect"`
	// Applies says whether it does; Reasons are why, or of one that does not apply what would have had to match.
	Applies bool     `json:"applies"`
	Reasons []string `json:"reasons,omitempty"`
}

// explainQuestion answers one question about the stacks: an expectation without an outcome. The answers are one per Region
// where the question names none and the answer depends on it; one otherwise.
func explainQuestion(engine *access.Engine, question expectation.Expectation) ([]Explanation, error) {
	journeys, err := expect.Journeys(engine, question)
	if err != nil {
		return nil, err
	}
	var all []Explanation
	for _, j := range journeys {
		x, err := explainJourney(engine, question, j)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	same := true
	for _, x := range all[1:] {
		same = same && x.Allowed == all[0].Allowed && x.OSUser == all[0].OSUser && x.Answer == all[0].Answer
	}
	if same {
		all = all[:1]
	}
	return all, nil
}

func explainJourney(engine *access.Engine, question expectation.Expectation, j journey.Journey) (Explanation, error) {
	arrival, err := journey.Walk(engine, j)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{
		Question: questionWords(question),
		Allowed:  arrival.Allowed(),
		OSUser:   arrival.OSUser.Name,
		Region:   regionOf(j),
	}
	if x.Allowed && question.On.ARN != "" {
		// With other tags of the resource it may be refused.
		question.Allowed, question.Denied, question.OSUser = true, false, ""
		x.Assumptions = assumptionsOf(expect.Check(engine, question))
	}
	if !x.Allowed {
		// What is not known may allow it: then the answer is yes under assumptions, and the way of that answer is the
		// one to explain.
		question.Allowed, question.Denied, question.OSUser = true, false, ""
		if question.On.Instance != nil || question.On.Document != "" {
			question.On.Region = x.Region
		}
		if r := expect.Check(engine, question); r.Verdict == prove.HoldsIf {
			arrival, engine = r.Arrival, engine.Assuming(access.UnknownAllowsEverything)
			x.Allowed, x.OSUser, x.Assumptions = true, arrival.OSUser.Name, assumptionsOf(r)
		}
	}
	if x.Allowed && len(j.Network) == 0 {
		if x.Networks, err = journey.Networks(engine, j); err != nil {
			return Explanation{}, err
		}
	}
	if x.Steps, err = Steps(engine, arrival.Steps); err != nil {
		return Explanation{}, err
	}
	for i := range x.Steps {
		if i == 0 {
			x.Steps[i].Does = signInWords(question)
		}
		if question.Opens != "" && i == doorStep(j) {
			x.Steps[i].Does = "Tries to " + triesWords(question)
		}
	}
	x.FallsBack, x.Door = arrival.FallsBack, tableWords(question.Do)
	x.Answer = answerWords(x)
	return x, nil
}

// assumptionsOf are what an expectation holds under.
func assumptionsOf(r expect.ExpectationResult) []words.Assumption {
	var all []words.Assumption
	for _, a := range r.Assumptions {
		all = append(all, words.Assumption{ID: a.ID, Text: a.Text})
	}
	return all
}

// doorStep is the step at which a journey comes to its door: after the sign-in, and the roles or the permission set.
func doorStep(j journey.Journey) int {
	if j.Portal != nil {
		return 2 + len(j.Via)
	}
	return 1 + len(j.Via)
}

// Steps says step by step what decided a journey.
func Steps(engine *access.Engine, steps []journey.Step) ([]Step, error) {
	var all []Step
	said := ""
	for i := range steps {
		step, err := explainStep(engine, &steps[i])
		if err != nil {
			return nil, err
		}
		if steps[i].Request != nil {
			if network := journey.NetworkWords(steps[i].Request.Context); network != "" && network != said {
				step.From, said = network, network
			}
		}
		all = append(all, step)
	}
	return all, nil
}

func explainStep(engine *access.Engine, s *journey.Step) (Step, error) {
	step := Step{Does: stepWords(s), Fails: s.Fails, Note: s.Note}
	if s.Request == nil {
		return step, nil
	}
	full, err := engine.Explain(s.As, *s.Request)
	if err != nil {
		return Step{}, err
	}
	step.Outcome = outcomeWord(full.Decision)
	for i := range full.Parts {
		step.Calls = append(step.Calls, explainCall(&full.Parts[i]))
	}
	return step, nil
}

func explainCall(part *access.Part) Call {
	d := &part.Decision
	call := Call{Action: d.Action, Resource: d.Resource, Outcome: outcomeWord(*d)}
	if d.By.Kind == access.AWSRule || d.By.Kind == access.NoStatement {
		call.Rule = d.By.Rule
	}
	for i := range part.Layers {
		call.Layers = append(call.Layers, explainLayer(&part.Layers[i], d))
	}
	return call
}

// maxNear bounds the statements that are shown because they come near; the rest say nothing new.
const maxNear = 3

func explainLayer(l *access.Layer, d *access.Decision) Layer {
	out := Layer{Kind: l.Source.Kind.String(), Owner: l.Source.Owner, Says: "does not allow", Unknown: l.Unknowns}
	out.Decides = l.Source.Kind == d.By.Kind && (l.Source.Owner == d.By.Owner || len(l.Denies) > 0 || d.Allowed())
	switch {
	case len(l.Denies) > 0:
		out.Says = "denies"
	case len(l.Allows) > 0:
		out.Says = "allows"
	case len(l.Unknowns) > 0:
		out.Says = "is not known"
	case d.Allowed():
		// Every set of policies must allow a call but for one case: in one account a trust policy that names the
		// caller is enough.
		out.Says = "is not needed"
		return out
	}
	for _, a := range l.Denies {
		out.Statements = append(out.Statements, applied("Deny", a))
	}
	for _, a := range l.Allows {
		out.Statements = append(out.Statements, applied("Allow", a))
	}
	if len(l.Allows) > 0 {
		return out
	}
	for _, n := range nearest(l.Near) {
		st := statementOf("Allow", n.By)
		for _, t := range n.Tests {
			st.Reasons = append(st.Reasons, testWords("Allow", t))
		}
		out.Statements = append(out.Statements, st)
	}
	return out
}

// nearest are the Allows that come nearest: where some are about what the call is on, those that are about something
// else say nothing.
func nearest(near []access.NearMiss) []access.NearMiss {
	var about, others []access.NearMiss
	for _, n := range near {
		switch {
		case n.Effect != policy.EffectAllow:
		case slices.ContainsFunc(n.Tests, func(t access.Test) bool { return t.Element == "Resource" || t.Element == "NotResource" }):
			others = append(others, n)
		default:
			about = append(about, n)
		}
	}
	if len(about) == 0 {
		about = others
	}
	return about[:min(len(about), maxNear)]
}

func applied(effect string, a access.Applied) Statement {
	st := statementOf(effect, a.By)
	st.Applies = true
	for _, t := range a.Tests {
		st.Reasons = append(st.Reasons, testWords(effect, t))
	}
	return st
}

func statementOf(effect string, by access.Source) Statement {
	return Statement{Policy: by.Policy[strings.LastIndexByte(by.Policy, '/')+1:], Sid: by.Sid, Effect: effect}
}

func outcomeWord(d access.Decision) string {
	if d.Allowed() {
		return "allowed"
	}
	return "denied"
}

func regionOf(j journey.Journey) string {
	switch {
	case j.Opens != nil:
		return j.Opens.Node.Region
	case j.Does != nil:
		for _, r := range j.Does.Resources {
			if parts := strings.SplitN(r.ARN, ":", 6); len(parts) == 6 {
				return parts[3]
			}
		}
	}
	return ""
}
