package expect

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// SignIn is how the person of an expectation signs in.
type SignIn string

// The ways to sign in.
const (
	// SignInConsole is the console.
	SignInConsole SignIn = "console"
	// SignInKey is a long-term access key, which never carries MFA.
	SignInKey SignIn = "key"
	// SignInKeyWithMFACode is a long-term access key that sends an MFA code along when it assumes a role.
	SignInKeyWithMFACode SignIn = "keyWithMfaCode"
	// SignInSessionToken is credentials of sts:GetSessionToken.
	SignInSessionToken SignIn = "sessionToken"
)

// SignIns lists the ways to sign in.
func SignIns() []SignIn {
	return []SignIn{SignInConsole, SignInKey, SignInKeyWithMFACode, SignInSessionToken}
}

// Expectation says how one journey must end: a person signs in, perhaps assumes a role, and makes a call or opens a
// door. Names in it that nothing has, actions that AWS does not have, and calls that AWS could not decide as they
// stand are failures and never pass.
type Expectation struct {
	// It says in words what must be true. Required.
	It string
	// Account is the id of the account in which names are looked up that name no other. Empty means the only account
	// that the world describes.
	Account string
	// As is the person: the name of a user, "alias/name" or "id/name" for one of another account, or the ARN of a
	// user. Required without Person.
	As string
	// Person is a person of IAM Identity Center, in place of As. Via is then the permission set that the person takes.
	Person *world.Person
	// Session is how the person signs in; empty means SignInConsole.
	Session SignIn
	// MFA says that the person signed in with MFA. SignInKey never does, SignInKeyWithMFACode always.
	MFA bool
	// MFAAge is how long ago the sign-in with MFA was. Zero means just now, as it always is with SignInKeyWithMFACode.
	MFAAge time.Duration
	// Via is the role that the person assumes first, by name, "alias/name", "id/name" or ARN; empty means none. For a
	// Person it is the permission set, by its name or "alias/name" for the account in which it is taken. It is
	// required then.
	Via string
	// Then is the role that a Person assumes with the permission set of Via, such as that of a grant, by name,
	// "alias/name", "id/name" or ARN. Empty means none.
	Then string
	// SessionName is the name of the role session; empty means the name of the person, as the console gives it.
	SessionName string
	// SessionTags are the session tags that the person passes when taking the role of Via. Empty means none; Switch
	// Role of the console passes none.
	SessionTags map[string]string
	// Do is the action that is tried, such as "iam:CreateAccessKey"; Opens is the door. One of them is required.
	Do    string
	Opens journey.DoorKind
	// On is what the action or the door is tried on.
	On Target
	// With are condition keys that the call of Do carries, such as aws:TagKeys. aws:TagKeys follows from
	// aws:RequestTag/... where it is not given.
	With engine.Context
	// At is when everything happens. Zero means any time, or with Engine.From that instant and every later one: an
	// expectation that is not met at one of them is a failure, and so is one that depends on the time where no such
	// instant is given.
	At time.Time
	// Allowed, Denied or OSUser is what is expected; OSUser is the login of the shell, and implies that it opens. One
	// of them is required.
	Allowed, Denied bool
	OSUser          string
	// Because is the Sid of the statement that must decide; empty means any.
	Because string
}

// Target is what an expectation acts on. One of its fields is set, but for two cases: Region goes with Instance and
// Document, and a Document beside an Instance is the one that the door uses. The zero value is nothing in particular,
// for actions that have no resource.
type Target struct {
	// Instance holds the tags of an EC2 instance, which need not be in the world. An empty map is an instance without
	// tags, nil is none.
	Instance map[string]string
	// User and Role are names, "alias/name", "id/name" or ARNs.
	User, Role string
	// Document is the name of an SSM document of the account or of AWS.
	Document string
	// ARN is the ARN of anything else.
	ARN string
	// VolumeKeys are the KMS keys of the volumes of the instance that ec2:StartInstances starts, as Node has them.
	// Nil means those of a node of the world with the ARN; of an instance that is known by its tags alone nothing is
	// known.
	VolumeKeys []string
	// Region is where the instance or document is. Empty means every Region that has Session Manager preferences: the
	// expectation must be met in each of them. An instance is where the keys of its volumes are.
	Region string
}

// IsZero reports whether nothing is named.
func (t Target) IsZero() bool {
	return t.Instance == nil && t.User == "" && t.Role == "" && t.Document == "" && t.ARN == ""
}

// ExpectationResult is what became of an expectation.
type ExpectationResult struct {
	Expectation Expectation
	// Verdict is DoesNotHold for every expectation that was not met or could not be judged.
	Verdict prove.Verdict
	// Field is the field of the expectation that cannot be judged, in the words of the stack file, such as "as" or
	// "on.user", and Problem what is wrong with it. Both are empty when it was judged; Field is empty too when the
	// problem is not one field's.
	Field, Problem string
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
func Check(e *engine.Engine, x Expectation) ExpectationResult {
	r, untimed := checkAt(e, x)
	if untimed && x.At.IsZero() && !e.Since.IsZero() {
		if timed, told := expectFrom(e, x); told {
			return timed
		}
	}
	return r
}

// checkAt judges an expectation at its own time, and says whether it wants one.
func checkAt(e *engine.Engine, x Expectation) (ExpectationResult, bool) {
	r := ExpectationResult{Expectation: x, Verdict: prove.DoesNotHold}
	reader := expectationReader{engine: e, x: &x}
	journeys, err := reader.journeys()
	r.Subject, r.Object, r.Want = x.subject(), x.object(), x.want()
	if err != nil {
		r.Field, r.Problem = err.field, err.text
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

// judge goes one journey of an expectation. It reports whether the journey depends on an instant that nobody names.
func judge(e *engine.Engine, r *ExpectationResult, j journey.Journey) bool {
	x := &r.Expectation
	worse, better := engine.UnknownAllowsNothing, engine.UnknownAllowsEverything
	if x.Denied {
		worse, better = better, worse
	}
	arrival, err := journey.Walk(e.Assuming(worse), j)
	r.Verdict = prove.Holds
	if err == nil && !x.met(arrival) {
		r.Verdict = prove.DoesNotHold
		var other journey.Arrival
		if other, err = journey.Walk(e.Assuming(better), j); err == nil {
			if x.met(other) {
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
		r.Verdict, r.Problem = prove.DoesNotHold, err.Error()
		var untimed *engine.UntimedError
		return errors.As(err, &untimed)
	}
	r.Arrival = arrival
	tell(e, r, j)
	because(e, r)
	return false
}

// met reports whether the journey ended as expected.
func (x *Expectation) met(a journey.Arrival) bool {
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
func assumptionsOf(e *engine.Engine, x *Expectation, generous journey.Arrival) []prove.ProofAssumption {
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
