package config

import (
	"fmt"
	"regexp"
	"time"

	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/policy"
)

var action = regexp.MustCompile(actionPattern)

func validateAction(s string) error {
	if action.MatchString(s) {
		return nil
	}
	return says(
		"is not an action",
		`write the service's prefix and the action, such as "iam:DeleteUser", and one expectation per action`,
	)
}

// expectationDraft tells apart what was given from what was not.
type expectationDraft struct {
	expect.Expectation
	who             subject
	mfa             *bool
	allowed, denied *bool
	with            map[string][]string
}

var expectationKeys = keys(
	"what must be true before anything is deployed",
	key("it", func(e *expectationDraft) *string { return &e.It }, text(nil).asProse()).
		required("say in a few words what must be true").
		doc("The expectation in words, as reports print it.").
		example("another project stays shut"),
	key("as", func(e *expectationDraft) *subject { return &e.who }, subjectKind{}).
		required("name the person").
		doc("The person: a user of this stack, alias/name, or a user ARN; or, with keys, somebody of IAM Identity Center. A person who does not exist fails the expectation. "+
			"A team of guardrails:teams stands for everybody in it: the expectation must hold of each.").
		example("non-97-test-user1"),
	key("session", func(e *expectationDraft) *expect.SignIn { return &e.Session }, wordsOf(expect.SignIns()...)).
		orElse(expect.SignInConsole, "it is how most people come in").
		doc("How the person signs in: the console, a long-term access key, a key that sends an MFA code when it assumes a role, or GetSessionToken.").
		example("console"),
	key("mfa", func(e *expectationDraft) **bool { return &e.mfa }, optionally(boolean{})).
		orNothing("true, but for session: key, which never carries MFA", "whoever has no MFA can do next to nothing, which the proofs hold already").
		doc("Whether the person has signed in with MFA.").
		example(true),
	key("mfaAge", func(e *expectationDraft) *time.Duration { return &e.MFAAge }, signInAges).
		orNothing("the person has just signed in", "most expectations do not depend on it").
		doc("How long ago the person signed in with MFA.").
		example("13h"),
	key("via", func(e *expectationDraft) *string { return &e.Via }, text(nil)).
		orNothing("the person assumes no role", "some expectations are about the person alone").
		doc("The role that the person assumes first: a name of this stack, alias/name, or a role ARN. For somebody of Identity Center it is the permission set, as a name or alias/name.").
		example("TestProject1-os-user1"),
	key(
		"sessionName",
		func(e *expectationDraft) *string { return &e.SessionName },
		text(policy.ValidateRoleSessionName),
	).
		orNothing("the name of the person, as the console gives it", "roles take no other, unless their sessionName is any").
		doc("How the person names the session of the role.").
		example("test-user-1-session"),
	key("sessionTags", func(e *expectationDraft) *map[string]string { return &e.SessionTags },
		tableOf(text(policy.ValidateTagValue).orEmpty(), policy.ValidateTagKey).ignoringCase()).
		orNothing("the person passes none, and could not in the console", "only roles with runAs: fromUser take one").
		doc("The session tags that the person passes when assuming the role.").
		example(map[string]any{"SSMSessionRunAs": "alice"}),
	key("do", func(e *expectationDraft) *string { return &e.Do }, text(validateAction).pattern(actionPattern)).
		orNothing("the expectation opens a door instead", "one of do and opens is given").
		doc("The action that is tried. It is one that AWS documents.").
		example("iam:DeactivateMFADevice"),
	key("opens", func(e *expectationDraft) *journey.DoorKind { return &e.Opens }, wordsOf(journey.Doors()...)).
		orNothing("the expectation tries an action instead", "one of do and opens is given").
		doc("The door that is tried.").
		example("shell"),
	key("on", func(e *expectationDraft) *expect.Target { return &e.On }, targetKeys).
		orNothing("nothing in particular", "some actions name no resource").
		doc("What the action or the door is tried on.").
		example(map[string]any{"instance": map[string]any{"Project": "Test Project 2"}}),
	key("with", func(e *expectationDraft) *map[string][]string { return &e.with }, tableOf(words(text(nil)), nil)).
		orNothing("the action carries nothing that policies read, but what follows from the person and the target", "few actions do").
		doc("Condition keys that the call of do carries, each with a list of values. Actions that write tags always carry aws:TagKeys.").
		example(map[string]any{"aws:TagKeys": []string{"Project"}}),
	key("at", func(e *expectationDraft) *time.Time { return &e.At }, momentKind{}).
		orNothing("at the time of the check and at every later one", "only grants depend on time").
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

var targetKeys = keys(
	"what is acted on",
	key(
		"instance",
		func(t *expect.Target) *map[string]string { return &t.Instance },
		tableOf(text(nil).orEmpty(), nil),
	).
		orNothing("no node", "at most one target is given").
		doc("A node with these tags; {} is a node without tags.").
		example(map[string]any{"Project": "Test Project 2"}),
	key("user", func(t *expect.Target) *string { return &t.User }, text(nil)).
		orNothing("no user", "at most one target is given").
		doc("A user, written as in as.").
		example("non-97-test-user2"),
	key("role", func(t *expect.Target) *string { return &t.Role }, text(nil)).
		orNothing("no role", "at most one target is given").
		doc("A role, written as in via.").
		example("AdminRole"),
	key("document", func(t *expect.Target) *string { return &t.Document }, text(nil)).
		orNothing("no document, or the door's own", "at most one target is given").
		doc("A document of Systems Manager. Beside instance it is the one that the door uses.").
		example("AWS-StartSSHSession"),
	key("arn", func(t *expect.Target) *string { return &t.ARN }, text(nil)).
		orNothing("nothing else", "at most one target is given").
		doc("Anything else, by its ARN.").
		example("arn:aws:iam::111122223333:mfa/non-97-test-user1"),
	key("volumeKeys", func(t *expect.Target) *[]string { return &t.VolumeKeys }, words(text(nil))).
		orNothing("nothing is known of the keys, and the call alone is judged", "only ec2:StartInstances depends on them").
		doc("The KMS keys of the volumes of the instance that ec2:StartInstances starts: ARNs of customer managed keys, or alias/aws/ebs for AWS's own. The person must be able to have EC2 use each of "+
			"them, or the instance falls back to stopped, which counts as denied.").
		example([]string{"arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	key("region", func(t *expect.Target) *string { return &t.Region }, text(nil)).
		orNothing("every Region of sessions.regions", "a node may be in any of them").
		doc("Where the instance or document is.").
		example("ap-northeast-1"),
)

// expectationKind finishes the draft: it holds the rules that concern several keys.
type expectationKind struct{ *object[expectationDraft] }

func (k expectationKind) written(expect.Expectation) any { return map[string]any{} }

func (k expectationKind) decode(d *decoder, n *node, at Path) (expect.Expectation, bool) {
	draft, ok := k.object.decode(d, n, at)
	if !ok {
		return draft.Expectation, false
	}
	before := len(d.problems)
	draft.checkShape(d, n, at)
	draft.checkOutcome(d, n, at)
	draft.checkSession(d, n, at)
	draft.With = draft.with
	draft.As, draft.Person = draft.who.user, draft.who.person
	return draft.Expectation, len(d.problems) == before
}

func (e *expectationDraft) checkShape(d *decoder, n *node, at Path) {
	switch {
	case e.Do == "" && e.Opens == "":
		d.report(
			Problem{
				Position: n.pos,
				Path:     at,
				Kind:     Missing,
				Why:      "tries nothing",
				Fix:      "write do with an action, or opens with a door",
			},
		)
	case e.Do != "" && e.Opens != "":
		d.report(
			Problem{
				Path:  at.Child("opens"),
				Kind:  Invalid,
				Value: quoted(string(e.Opens)),
				Why:   "stands beside do",
				Fix:   "write two expectations",
			},
		)
	}
	given := 0
	// A document beside an instance is the one that the door uses.
	documentOfDoor := e.Opens != "" && e.On.Instance != nil
	for _, set := range []bool{e.On.Instance != nil, e.On.User != "", e.On.Role != "", e.On.Document != "" && !documentOfDoor, e.On.ARN != ""} {
		if set {
			given++
		}
	}
	if given > 1 {
		d.report(
			Problem{
				Path: at.Child("on"),
				Kind: Invalid,
				Why:  "names several targets",
				Fix:  "write one expectation for each",
			},
		)
	}
	if e.Opens != "" && !e.On.IsZero() && e.On.Instance == nil {
		d.report(
			Problem{
				Path: at.Child("on"),
				Kind: Invalid,
				Why:  "names no node",
				Fix:  "doors are opened on nodes: write instance with its tags",
			},
		)
	}
}

func (e *expectationDraft) checkOutcome(d *decoder, n *node, at Path) {
	for _, outcome := range []struct {
		name  string
		value *bool
		other string
	}{{"allowed", e.allowed, "denied"}, {"denied", e.denied, "allowed"}} {
		if outcome.value != nil && !*outcome.value {
			d.report(
				Problem{
					Path:  at.Child(outcome.name),
					Kind:  Invalid,
					Value: "false",
					Why:   "says only what is not expected",
					Fix:   "write " + outcome.other + ": true",
				},
			)
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
	if e.OSUser != "" && e.Opens != journey.Shell {
		d.report(
			Problem{
				Path:  at.Child("osUser"),
				Kind:  Invalid,
				Value: quoted(e.OSUser),
				Why:   "is expected where no shell is opened",
				Fix:   "write opens: shell",
			},
		)
	}
	e.Allowed, e.Denied = e.allowed != nil || e.OSUser != "", e.denied != nil
}

func (e *expectationDraft) checkSession(d *decoder, _ *node, at Path) {
	if e.who.person != nil {
		e.checkPortal(d, at)
		return
	}
	e.MFA = e.Session != expect.SignInKey
	if e.mfa == nil {
		return
	}
	switch {
	case e.Session == expect.SignInKey && *e.mfa:
		d.report(
			Problem{
				Path:  at.Child("mfa"),
				Kind:  Invalid,
				Value: "true",
				Why:   "is never so of a long-term key",
				Fix:   "write session: keyWithMfaCode or sessionToken",
			},
		)
	case e.Session == expect.SignInKeyWithMFACode && !*e.mfa:
		d.report(
			Problem{
				Path:  at.Child("mfa"),
				Kind:  Invalid,
				Value: "false",
				Why:   "contradicts session: keyWithMfaCode",
				Fix:   "write session: key",
			},
		)
	}
	e.MFA = *e.mfa
}

// signInAges are the ages of a sign-in that a session can have: AWS keeps MFA for 36 hours at most.
var signInAges = durationKind{least: time.Second, most: 36 * time.Hour, step: time.Second}

// Acceptance is one entry of the section "accept": something that a proof cannot hold, or holds only on a condition,
// and why that is all right.
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
	key("because", func(a *Acceptance) *string { return &a.Because }, text(nil).asProse()).
		required("write the reason, for whoever reads this after you").
		doc("Why it is all right.").
		example("the build users have no console password"),
)
