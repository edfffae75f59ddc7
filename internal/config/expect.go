package config

import (
	"fmt"
	"regexp"
	"time"
)

// Expectation is one entry of the section "expect": what must be true of the stack before anything of it is deployed.
type Expectation struct {
	// It says the expectation in words.
	It string
	// As is the person: a user of this stack, "alias/name" for one of another account, or a user ARN.
	As string
	// Session is how the person signs in.
	Session Session
	// MFA tells whether the person has signed in with MFA; of SessionKeyWithMFACode it is true.
	MFA bool
	// Via is the role that the person assumes first; empty means none.
	Via string
	// Do is the action that is tried, such as "iam:DeleteUser"; Opens is the door that is tried. One of them is set.
	Do    string
	Opens Door
	On    Target
	// At is the time of the attempt; zero means any time.
	At time.Time
	// Allowed, Denied or OSUser is set: the outcome that is expected, or the OS user of the shell, which implies Allowed.
	Allowed, Denied bool
	OSUser          string
	// Because is the Sid of the statement that must decide; empty means any.
	Because string
}

// Session is how a person of an expectation has signed in.
type Session string

// The ways to sign in.
const (
	// SessionConsole is a sign-in to the console.
	SessionConsole Session = "console"
	// SessionKey is a long-term access key, which never carries MFA.
	SessionKey Session = "key"
	// SessionKeyWithMFACode is a long-term access key that sends an MFA code along when it assumes a role.
	SessionKeyWithMFACode Session = "keyWithMfaCode"
	// SessionToken is what GetSessionToken gives.
	SessionToken Session = "sessionToken"
)

// Door is a way into a node.
type Door string

// The doors.
const (
	DoorShell       Door = "shell"
	DoorPort        Door = "port"
	DoorRDP         Door = "rdp"
	DoorSendCommand Door = "sendCommand"
)

// Target is what an expectation acts on. At most one field is set.
type Target struct {
	// Instance holds the tags of a node. An empty map is a node without tags; nil means that no node is meant.
	Instance map[string]string
	// User, Role and Document are names.
	User, Role, Document string
}

// IsZero reports whether nothing is named.
func (t Target) IsZero() bool {
	return t.Instance == nil && t.User == "" && t.Role == "" && t.Document == ""
}

var action = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`)

func validateAction(s string) error {
	if action.MatchString(s) {
		return nil
	}
	return says("is not an action", `write the service's prefix and the action, such as "iam:DeleteUser", and one expectation per action`)
}

type wordKind[T ~string] struct{ *textKind }

func (k wordKind[T]) decode(d *decoder, n *node, at Path) (T, bool) {
	s, ok := k.textKind.decode(d, n, at)
	return T(s), ok
}

func (k wordKind[T]) written(s T) any { return string(s) }

func wordsOf[T ~string](words ...T) wordKind[T] {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	return wordKind[T]{oneWordOf(plain...)}
}

// expectationDraft tells apart what was given from what was not.
type expectationDraft struct {
	Expectation
	mfa             *bool
	allowed, denied *bool
}

var expectationKeys = keys("what must be true before anything is deployed",
	key("it", func(e *expectationDraft) *string { return &e.It }, text(nil)).
		required("say in a few words what must be true").
		doc("The expectation in words, as reports print it.").
		example("another project stays shut"),
	key("as", func(e *expectationDraft) *string { return &e.As }, text(nil)).
		required("name the person").
		doc("The person: a user of this stack, or a user ARN. A person who does not exist fails the expectation.").
		example("non-97-test-user1"),
	key("session", func(e *expectationDraft) *Session { return &e.Session }, wordsOf(SessionConsole, SessionKey, SessionKeyWithMFACode, SessionToken)).
		orElse(SessionConsole, "it is how most people come in").
		doc("How the person signs in: the console, a long-term access key, a key that sends an MFA code when it assumes a role, or GetSessionToken.").
		example("console"),
	key("mfa", func(e *expectationDraft) **bool { return &e.mfa }, optionally(boolean{})).
		orNothing("true, but for session: key, which never carries MFA", "whoever has no MFA can do next to nothing, which the proofs hold already").
		doc("Whether the person has signed in with MFA.").
		example(true),
	key("via", func(e *expectationDraft) *string { return &e.Via }, text(nil)).
		orNothing("the person assumes no role", "some expectations are about the person alone").
		doc("The role that the person assumes first: a name of this stack, or a role ARN.").
		example("TestProject1-os-user1"),
	key("do", func(e *expectationDraft) *string { return &e.Do }, text(validateAction)).
		orNothing("the expectation opens a door instead", "one of do and opens is given").
		doc("The action that is tried.").
		example("iam:DeactivateMFADevice"),
	key("opens", func(e *expectationDraft) *Door { return &e.Opens }, wordsOf(DoorShell, DoorPort, DoorRDP, DoorSendCommand)).
		orNothing("the expectation tries an action instead", "one of do and opens is given").
		doc("The door that is tried.").
		example("shell"),
	key("on", func(e *expectationDraft) *Target { return &e.On }, targetKeys).
		orNothing("nothing in particular", "some actions name no resource").
		doc("What the action or the door is tried on.").
		example(map[string]any{"instance": map[string]any{"Project": "Test Project 2"}}),
	key("at", func(e *expectationDraft) *time.Time { return &e.At }, momentKind{}).
		orNothing("any time", "only grants depend on time").
		doc("When it is tried: a quoted time with its offset.").
		example("2026-12-01T09:00:00+09:00"),
	key("allowed", func(e *expectationDraft) **bool { return &e.allowed }, optionally(boolean{})).
		orNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		doc("It must be allowed.").
		example(true),
	key("denied", func(e *expectationDraft) **bool { return &e.denied }, optionally(boolean{})).
		orNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		doc("It must be denied.").
		example(true),
	key("osUser", func(e *expectationDraft) *string { return &e.OSUser }, text(nil)).
		orNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		doc("The shell must open as this OS user.").
		example("os-user1"),
	key("because", func(e *expectationDraft) *string { return &e.Because }, text(nil)).
		orNothing("any statement may decide", "the outcome is what matters, most of the time").
		doc("The Sid of the statement that must decide.").
		example("StartSessionOnOwnProjectNodes"),
)

var targetKeys = keys("what is acted on",
	key("instance", func(t *Target) *map[string]string { return &t.Instance }, tableOf(text(nil).orEmpty(), nil)).
		orNothing("no node", "at most one target is given").
		doc("A node with these tags; {} is a node without tags.").
		example(map[string]any{"Project": "Test Project 2"}),
	key("user", func(t *Target) *string { return &t.User }, text(nil)).
		orNothing("no user", "at most one target is given").
		doc("A user of this account.").
		example("non-97-test-user2"),
	key("role", func(t *Target) *string { return &t.Role }, text(nil)).
		orNothing("no role", "at most one target is given").
		doc("A role of this account.").
		example("AdminRole"),
	key("document", func(t *Target) *string { return &t.Document }, text(nil)).
		orNothing("no document", "at most one target is given").
		doc("A session document.").
		example("AWS-StartSSHSession"),
)

// expectationKind finishes the draft: it holds the rules that concern several keys.
type expectationKind struct{ *object[expectationDraft] }

func (k expectationKind) written(Expectation) any { return map[string]any{} }

func (k expectationKind) decode(d *decoder, n *node, at Path) (Expectation, bool) {
	draft, ok := k.object.decode(d, n, at)
	if !ok {
		return draft.Expectation, false
	}
	before := len(d.problems)
	draft.checkShape(d, n, at)
	draft.checkOutcome(d, n, at)
	draft.checkSession(d, n, at)
	return draft.Expectation, len(d.problems) == before
}

func (e *expectationDraft) checkShape(d *decoder, n *node, at Path) {
	switch {
	case e.Do == "" && e.Opens == "":
		d.report(Problem{Position: n.pos, Path: at, Kind: Missing, Why: "tries nothing", Fix: "write do with an action, or opens with a door"})
	case e.Do != "" && e.Opens != "":
		d.report(Problem{Path: at.Child("opens"), Kind: Invalid, Value: quoted(string(e.Opens)), Why: "stands beside do", Fix: "write two expectations"})
	}
	given := 0
	for _, set := range []bool{e.On.Instance != nil, e.On.User != "", e.On.Role != "", e.On.Document != ""} {
		if set {
			given++
		}
	}
	if given > 1 {
		d.report(Problem{Path: at.Child("on"), Kind: Invalid, Why: "names several targets", Fix: "write one expectation for each"})
	}
	if e.Opens != "" && !e.On.IsZero() && e.On.Instance == nil {
		d.report(Problem{Path: at.Child("on"), Kind: Invalid, Why: "names no node", Fix: "doors are opened on nodes: write instance with its tags"})
	}
}

func (e *expectationDraft) checkOutcome(d *decoder, n *node, at Path) {
	for _, outcome := range []struct {
		name  string
		value *bool
		other string
	}{{"allowed", e.allowed, "denied"}, {"denied", e.denied, "allowed"}} {
		if outcome.value != nil && !*outcome.value {
			d.report(Problem{Path: at.Child(outcome.name), Kind: Invalid, Value: "false", Why: "says only what is not expected", Fix: "write " + outcome.other + ": true"})
		}
	}
	outcomes := 0
	for _, set := range []bool{e.allowed != nil, e.denied != nil, e.OSUser != ""} {
		if set {
			outcomes++
		}
	}
	if outcomes != 1 {
		d.report(Problem{Position: n.pos, Path: at, Kind: Invalid, Why: fmt.Sprintf("has %d outcomes", outcomes),
			Fix: "write one of allowed: true, denied: true, osUser: <name>; an osUser is allowed"})
	}
	if e.OSUser != "" && e.Opens != DoorShell {
		d.report(Problem{Path: at.Child("osUser"), Kind: Invalid, Value: quoted(e.OSUser), Why: "is expected where no shell is opened", Fix: "write opens: shell"})
	}
	e.Allowed, e.Denied = e.allowed != nil || e.OSUser != "", e.denied != nil
}

func (e *expectationDraft) checkSession(d *decoder, _ *node, at Path) {
	e.MFA = e.Session != SessionKey
	if e.mfa == nil {
		return
	}
	switch {
	case e.Session == SessionKey && *e.mfa:
		d.report(Problem{Path: at.Child("mfa"), Kind: Invalid, Value: "true", Why: "is never so of a long-term key", Fix: "write session: keyWithMfaCode or sessionToken"})
	case e.Session == SessionKeyWithMFACode && !*e.mfa:
		d.report(Problem{Path: at.Child("mfa"), Kind: Invalid, Value: "false", Why: "contradicts session: keyWithMfaCode", Fix: "write session: key"})
	}
	e.MFA = *e.mfa
}

// Acceptance is one entry of the section "accept": something that a proof cannot hold, or holds only on a condition, and why that is all right.
type Acceptance struct {
	// ID is the waived key or the assumption, as check prints it.
	ID string
	// Because is the reason.
	Because string
}

var acceptanceKeys = keys("something that a strict check would fail on, and why it is all right",
	key("id", func(a *Acceptance) *string { return &a.ID }, text(nil)).
		required("write the id that check printed").
		doc("What is accepted, as check prints it: the key that weakens a proof, or the assumption that it rests on.").
		example("mfa.enrolWithAccessKeys"),
	key("because", func(a *Acceptance) *string { return &a.Because }, text(nil)).
		required("write the reason, for whoever reads this after you").
		doc("Why it is all right.").
		example("the build users have no console password"),
)
