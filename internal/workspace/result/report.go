// Package result is what a run of the engine did to stacks, or would do, and what differs in AWS from what is
// deployed: as values, and in the words and the JSON in which the verbs print it. It asks nobody.
package result

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/urn"
)

// Operation is what the engine is asked for.
type Operation string

// The operations.
const (
	Preview Operation = "preview"
	Up      Operation = "up"
	Destroy Operation = "destroy"
	// Drift asks AWS what it holds of a stack, compares that with what the program deploys, and changes nothing.
	Drift Operation = "drift"
)

// Changes reports whether the operation changes accounts.
func (o Operation) Changes() bool { return o == Up || o == Destroy }

// Op is what happens to one resource.
type Op string

// The ops. A resource that is deleted from the stack and kept in AWS on purpose is retained.
const (
	Create  Op = "create"
	Update  Op = "update"
	Replace Op = "replace"
	Delete  Op = "delete"
	Retain  Op = "retain"
	Import  Op = "import"
)

// Past is the op as a finished thing.
func (o Op) Past() string {
	switch o {
	case Retain, Import:
		return string(o) + "ed"
	default:
		return strings.TrimSuffix(string(o), "e") + "ed"
	}
}

// Change is what happens, or would happen, to one resource.
type Change struct {
	Op Op `json:"op"`
	// URN is the engine's name of the resource.
	URN string `json:"urn"`
	// Type is the type token, such as "aws:iam/role:Role".
	Type string `json:"type"`
	// Name is the resource's name in the program.
	Name string `json:"name"`
	// ID is what AWS calls it; empty until it exists.
	ID string `json:"id,omitempty"`
	// Component is true for a group of resources that exists in the program alone.
	Component bool `json:"component,omitempty"`
	// Properties are the top-level properties that differ, sorted; only for updates and replacements.
	Properties []string `json:"properties,omitempty"`

	// Physical is the name of what AWS calls by name, and HangsOn the name (or id) of what the resource hangs on, such as
	// the role of an inline policy.
	Physical, HangsOn string `json:"-"`
	// Lost are the arguments that the state has and the program does not set any more, sorted.
	Lost []string `json:"-"`
}

// Diagnostic is an error that the engine reported.
type Diagnostic struct {
	// URN is the resource it speaks of; empty when it speaks of the whole stack.
	URN     string `json:"urn,omitempty"`
	Message string `json:"message"`
	// Advice is what to do about it; empty where nothing is known, or where the message says it.
	Advice string `json:"advice,omitempty"`
}

func (d Diagnostic) String() string {
	if typ, name := urn.Parse(d.URN); name != "" && typ != urn.StackType {
		return urn.ShortType(typ) + " " + name + ": " + d.Message
	}
	return d.Message
}

// Outcome is how the operation on one stack ended.
type Outcome string

// The outcomes.
const (
	// OutcomeDone is an operation that did what was asked for.
	OutcomeDone Outcome = "done"
	// OutcomeFailed is one that the engine, the backend or AWS ended; what was made before stays.
	OutcomeFailed Outcome = "failed"
	// OutcomeRefused is one that a proof or a gate refuses.
	OutcomeRefused Outcome = "refused"
	// OutcomeDiffers is one after which AWS holds something else than was deployed.
	OutcomeDiffers Outcome = "differs"
	// OutcomeUndeployed is one that could only look at what is deployed, and nothing of the stack is.
	OutcomeUndeployed Outcome = "not deployed"
	// OutcomeNotRun is one that never began.
	OutcomeNotRun Outcome = "not run"
)

// ended reports whether the operation did what it does; what it found and did can be counted then.
func (o Outcome) ended() bool { return o == OutcomeDone || o == OutcomeDiffers }

// Step is one part of an operation with the time that it took.
type Step struct {
	// Name is open (the stack in its backend), plan, recover (creations that an earlier run left open), verify, or
	// the operation itself.
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Report is what one operation did to one stack, or would do.
type Report struct {
	Stack     string    `json:"stack"`
	Account   string    `json:"account"`
	Operation Operation `json:"operation"`
	Sandbox   bool      `json:"sandbox"`
	Outcome   Outcome   `json:"outcome"`
	// Because is the stack whose failure kept this one from being run, empty where an interrupt did or a refusal of
	// another.
	Because string `json:"because,omitempty"`
	// Needs are the stacks of the same command that had to end well before this one began.
	Needs []string `json:"needs,omitempty"`
	// Planned is true when the changes are what would happen, and false when they happened.
	Planned bool `json:"planned"`
	// Changes are in the order of their URNs, so that two runs with the same outcome report the same. Providers and
	// the stack itself are left out.
	Changes []Change `json:"changes"`
	// Same is the number of resources that stay as they are, components left out.
	Same int `json:"same"`
	// Read says that AWS was read before anything was planned. Where it is false (--no-refresh), what somebody
	// changed by hand is neither seen nor put back.
	Read bool `json:"read"`
	// PutBack is what somebody had changed by hand and the changes make again what the program deploys, in the order
	// of the URNs; each of them is among the changes too. Only where AWS was read.
	PutBack []Drifted `json:"putBack,omitempty"`
	// NotPutBack is what somebody had changed by hand and a run that was ended did not come to, in the order of the
	// URNs.
	NotPutBack []Drifted `json:"notPutBack,omitempty"`
	// Drift is what differs in AWS from what the program deploys, in the order of the URNs; only for the operation
	// drift.
	Drift []Drifted `json:"drift,omitempty"`
	// Beside is what somebody added by hand to something of the stack and that up leaves, in the order of the URNs;
	// the texts say why. Only for preview and up, where AWS was read.
	Beside []Drifted `json:"beside,omitempty"`
	// Unread are the questions about what others added that AWS did not answer, with why.
	Unread []string `json:"unread,omitempty"`
	// Failures are the resources whose operation began and failed, by URN.
	Failures []Change `json:"failures,omitempty"`
	// Notes are what the program had to say, such as how to undo service control policies without it.
	Notes []string `json:"notes,omitempty"`
	// Outputs are the stack's outputs after up; a secret one reads "[secret]".
	Outputs map[string]any `json:"outputs,omitempty"`
	// Began and Ended are the wall clock around the operation, in UTC; zero when it was not run.
	Began time.Time `json:"began,omitzero"`
	Ended time.Time `json:"ended,omitzero"`
	// Seconds is the time between them, and Steps are what it went into.
	Seconds float64 `json:"seconds"`
	Steps   []Step  `json:"steps,omitempty"`
	// Error is what refused or ended the operation; empty when it succeeded.
	Error string `json:"error,omitempty"`

	// madeAt is when a resource was made in this run, by URN.
	MadeAt map[string]time.Time `json:"-"`
	// Standing is what was found out about each resource, by URN.
	Standing map[string]*Standing `json:"-"`
	// StateChanges says that something changes of which AWS has nothing: the stack's outputs, or whether the engine may
	// delete a resource.
	StateChanges bool `json:"-"`
	// Named are the names in AWS of what AWS has chosen the id of, by that id.
	Named map[string]string `json:"-"`
	// besides is all that was found beside the stack.
	Besides []Beside `json:"-"`
	// told are the changes that were shown in a plan before, by URN, so that the result need not list them again; nil
	// where no plan was shown.
	Told map[string]Op `json:"-"`
}

// ChangesBy lists the changes with one of the given ops, components left out.
func (r *Report) ChangesBy(ops ...Op) []Change {
	var out []Change
	for _, c := range r.Changes {
		if !c.Component && slices.Contains(ops, c.Op) {
			out = append(out, c)
		}
	}
	return out
}

// Summary is what one command did to all the stacks that it was given.
type Summary struct {
	// Version is the version of this format.
	Version   int       `json:"version"`
	Operation Operation `json:"operation"`
	Sandbox   bool      `json:"sandbox"`
	// Parallel is how many stacks ran at once at most.
	Parallel int `json:"parallel"`
	// Stacks are all stacks of the command, each after those that it needs. Empty when a stack file was refused: then
	// no stack was run.
	Stacks []*Report `json:"stacks"`
	// Shut says from when until when accounts had no way to a shell, because service control policies came before the
	// doors that they exempt.
	Shut []Shut `json:"shut,omitempty"`
	// Problems are what was refused: stack files and files that are not committed, and then no stack is listed, or
	// what a gate or the program refused.
	Problems []project.Problem `json:"problems,omitempty"`
	// Seconds is the wall time of all of it.
	Seconds float64 `json:"seconds"`
}

// SortChanges brings changes into the order of their URNs.
func SortChanges(changes []Change) {
	slices.SortStableFunc(
		changes,
		func(a, b Change) int { return cmp.Or(cmp.Compare(a.URN, b.URN), cmp.Compare(a.Op, b.Op)) },
	)
}

// Seconds are those of a length of time, to the millisecond.
func Seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}
