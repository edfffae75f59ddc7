package sections

import (
	"fmt"
	"regexp"
	"time"

	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

var action = regexp.MustCompile(actionPattern)

func validateAction(s string) error {
	if action.MatchString(s) {
		return nil
	}
	return strictyaml.Says(
		"is not an action",
		`write the service's prefix and the action, such as "iam:DeleteUser", and one expectation per action`,
	)
}

// expectationDraft tells apart what was given from what was not.
type expectationDraft struct {
	expectation.Expectation
	who             subject
	mfa             *bool
	allowed, denied *bool
	with            map[string][]string
}

var expectationKeys = strictyaml.Keys(
	"what must be true before anything is deployed",
	strictyaml.Key("it", func(e *expectationDraft) *string { return &e.It }, strictyaml.Text(nil).AsProse()).
		Required("say in a few words what must be true").
		Doc("The expectation in words, as reports print it.").
		Example("another project stays shut"),
	strictyaml.Key("as", func(e *expectationDraft) *subject { return &e.who }, subjectKind{}).
		Required("name the person").
		Doc("The person: a user of this stack, alias/name, or a user ARN; or, with keys, somebody of IAM Identity "+
			"Center. A person who does not exist fails the expectation. "+
			"A team of guardrails:teams stands for everybody in it: the expectation must hold of each.").
		Example("non-97-test-user1"),
	strictyaml.Key("session", func(e *expectationDraft) *expectation.SignIn { return &e.Session },
		strictyaml.WordsOf(expectation.SignIns()...)).
		OrElse(expectation.SignInConsole, "it is how most people come in").
		Doc("How the person signs in: the console, a long-term access key, a key that sends an MFA code when it "+
			"assumes a role, or GetSessionToken.").
		Example("console"),
	strictyaml.Key("mfa", func(e *expectationDraft) **bool { return &e.mfa },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrNothing("true, but for session: key, which never carries MFA",
			"whoever has no MFA can do next to nothing, which the proofs hold already").
		Doc("Whether the person has signed in with MFA.").
		Example(true),
	strictyaml.Key("mfaAge", func(e *expectationDraft) *time.Duration { return &e.MFAAge }, signInAges).
		OrNothing("the person has just signed in", "most expectations do not depend on it").
		Doc("How long ago the person signed in with MFA.").
		Example("13h"),
	strictyaml.Key("via", func(e *expectationDraft) *string { return &e.Via }, strictyaml.Text(nil)).
		OrNothing("the person assumes no role", "some expectations are about the person alone").
		Doc("The role that the person assumes first: a name of this stack, alias/name, or a role ARN. For somebody of "+
			"Identity Center it is the permission set, as a name or alias/name.").
		Example("TestProject1-os-user1"),
	strictyaml.Key("then", func(e *expectationDraft) *string { return &e.Then }, strictyaml.Text(nil)).
		OrNothing("nobody assumes another role", "a permission set is what most people of Identity Center work with").
		Doc("The role that somebody of Identity Center assumes with the permission set of via, such as the role of a "+
			"grant: a name of this stack, alias/name, or a role ARN.").
		Example("workload/grant-CHG1234-dave"),
	strictyaml.Key(
		"sessionName",
		func(e *expectationDraft) *string { return &e.SessionName },
		strictyaml.Text(policy.ValidateRoleSessionName),
	).
		OrNothing("the name of the person, as the console gives it",
			"roles take no other, unless their sessionName is any").
		Doc("How the person names the session of the role.").
		Example("test-user-1-session"),
	strictyaml.Key("sessionTags", func(e *expectationDraft) *map[string]string { return &e.SessionTags },
		strictyaml.TableOf(strictyaml.Text(policy.ValidateTagValue).OrEmpty(), policy.ValidateTagKey).IgnoringCase()).
		OrNothing("the person passes none, and could not in the console", "only roles with runAs: fromUser take one").
		Doc("The session tags that the person passes when assuming the role.").
		Example(map[string]any{"SSMSessionRunAs": "alice"}),
	strictyaml.Key("do", func(e *expectationDraft) *string { return &e.Do },
		strictyaml.Text(validateAction).Pattern(actionPattern)).
		OrNothing("the expectation opens a door instead", "one of do and opens is given").
		Doc("The action that is tried. It is one that AWS documents.").
		Example("iam:DeactivateMFADevice"),
	strictyaml.Key("opens", func(e *expectationDraft) *world.DoorKind { return &e.Opens },
		strictyaml.WordsOf(world.Doors()...)).
		OrNothing("the expectation tries an action instead", "one of do and opens is given").
		Doc("The door that is tried.").
		Example("shell"),
	strictyaml.Key("on", func(e *expectationDraft) *expectation.Target { return &e.On }, targetKeys).
		OrNothing("nothing in particular", "some actions name no resource").
		Doc("What the action or the door is tried on.").
		Example(map[string]any{"instance": map[string]any{"Project": "Test Project 2"}}),
	strictyaml.Key("with", func(e *expectationDraft) *map[string][]string { return &e.with },
		strictyaml.TableOf(strictyaml.Words(strictyaml.Text(nil)), nil)).
		OrNothing("the action carries nothing that policies read, but what follows from the person and the target",
			"few actions do").
		Doc("Condition keys that the call of do carries, each with a list of values. Actions that write tags always "+
			"carry aws:TagKeys. Those of the network (aws:SourceIp, aws:SourceVpc, aws:SourceVpce) hold for the "+
			"whole way, "+
			"and for doors too; without them people come from a network from which the roles let in.").
		Example(map[string]any{"aws:TagKeys": []string{"Project"}}),
	strictyaml.Key("at", func(e *expectationDraft) *time.Time { return &e.At }, strictyaml.Moment{}).
		OrNothing("at the time of the check and at every later one", "only grants depend on time").
		Doc("When it is tried: a quoted time with its offset.").
		Example("2030-12-01T09:00:00+09:00"),
	strictyaml.Key("allowed", func(e *expectationDraft) **bool { return &e.allowed },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		Doc("It must be allowed.").
		Example(true),
	strictyaml.Key("denied", func(e *expectationDraft) **bool { return &e.denied },
		strictyaml.Optionally(strictyaml.Boolean{})).
		OrNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		Doc("It must be denied.").
		Example(true),
	strictyaml.Key("osUser", func(e *expectationDraft) *string { return &e.OSUser }, strictyaml.Text(nil)).
		OrNothing("another outcome is expected", "one of allowed, denied and osUser is given").
		Doc("The shell must open as this OS user.").
		Example("os-user1"),
	strictyaml.Key("because", func(e *expectationDraft) *string { return &e.Because }, strictyaml.Text(nil)).
		OrNothing("any statement may decide", "the outcome is what matters, most of the time").
		Doc("The Sid of the statement that must decide.").
		Example("StartSessionOnOwnProjectNodes"),
)

var targetKeys = strictyaml.Keys(
	"what is acted on",
	strictyaml.Key(
		"instance",
		func(t *expectation.Target) *map[string]string { return &t.Instance },
		strictyaml.TableOf(strictyaml.Text(nil).OrEmpty(), nil),
	).
		OrNothing("no node", "at most one target is given").
		Doc("A node with these tags; {} is a node without tags.").
		Example(map[string]any{"Project": "Test Project 2"}),
	strictyaml.Key("user", func(t *expectation.Target) *string { return &t.User }, strictyaml.Text(nil)).
		OrNothing("no user", "at most one target is given").
		Doc("A user, written as in as.").
		Example("non-97-test-user2"),
	strictyaml.Key("role", func(t *expectation.Target) *string { return &t.Role }, strictyaml.Text(nil)).
		OrNothing("no role", "at most one target is given").
		Doc("A role, written as in via.").
		Example("AdminRole"),
	strictyaml.Key("document", func(t *expectation.Target) *string { return &t.Document }, strictyaml.Text(nil)).
		OrNothing("no document, or the door's own", "at most one target is given").
		Doc("A document of Systems Manager. Beside instance it is the one that the door uses.").
		Example("AWS-StartSSHSession"),
	strictyaml.Key("arn", func(t *expectation.Target) *string { return &t.ARN }, strictyaml.Text(nil)).
		OrNothing("nothing else", "at most one target is given").
		Doc("Anything else, by its ARN.").
		Example("arn:aws:iam::111122223333:mfa/non-97-test-user1"),
	strictyaml.Key("volumeKeys", func(t *expectation.Target) *[]string { return &t.VolumeKeys },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("nothing is known of the keys, and the call alone is judged",
			"only ec2:StartInstances depends on them").
		Doc("The KMS keys of the volumes of the instance that ec2:StartInstances starts: ARNs of customer managed "+
			"keys, or alias/aws/ebs for AWS's own. The person must be able to have EC2 use each of "+
			"them, or the instance falls back to stopped, which counts as denied.").
		Example([]string{"arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	strictyaml.Key("region", func(t *expectation.Target) *string { return &t.Region }, strictyaml.Text(nil)).
		OrNothing("every Region of sessions.regions", "a node may be in any of them").
		Doc("Where the instance or document is.").
		Example("ap-northeast-1"),
)

// expectationKind finishes the draft: it holds the rules that concern several keys.
type expectationKind struct {
	*strictyaml.Object[expectationDraft]
}

func (k expectationKind) Written(expectation.Expectation) any { return map[string]any{} }

func (k expectationKind) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (expectation.Expectation, bool) {
	draft, ok := k.Object.Decode(d, n, path)
	if !ok {
		return draft.Expectation, false
	}
	before := len(d.Problems)
	draft.checkShape(d, n, path)
	draft.checkOutcome(d, n, path)
	draft.checkSession(d, n, path)
	draft.With = draft.with
	draft.As, draft.Person = draft.who.user, draft.who.person
	return draft.Expectation, len(d.Problems) == before
}

func (e *expectationDraft) checkShape(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) {
	switch {
	case e.Do == "" && e.Opens == "":
		d.Report(
			problem.Problem{
				Position: n.Pos,
				Path:     path,
				Kind:     problem.Missing,
				Why:      "tries nothing",
				Fix:      "write do with an action, or opens with a door",
			},
		)
	case e.Do != "" && e.Opens != "":
		d.Report(
			problem.Problem{
				Path:  path.Child("opens"),
				Kind:  problem.Invalid,
				Value: string(e.Opens),
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
		d.Report(
			problem.Problem{
				Path: path.Child("on"),
				Kind: problem.Invalid,
				Why:  "names several targets",
				Fix:  "write one expectation for each",
			},
		)
	}
	if e.Opens != "" && !e.On.IsZero() && e.On.Instance == nil {
		d.Report(
			problem.Problem{
				Path: path.Child("on"),
				Kind: problem.Invalid,
				Why:  "names no node",
				Fix:  "doors are opened on nodes: write instance with its tags",
			},
		)
	}
}

func (e *expectationDraft) checkOutcome(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) {
	for _, outcome := range []struct {
		name  string
		value *bool
		other string
	}{{"allowed", e.allowed, "denied"}, {"denied", e.denied, "allowed"}} {
		if outcome.value != nil && !*outcome.value {
			d.Report(
				problem.Problem{
					Path:  path.Child(outcome.name),
					Kind:  problem.Invalid,
					Value: false,
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
		d.Report(problem.Problem{Position: n.Pos, Path: path, Kind: problem.Invalid,
			Why: fmt.Sprintf("has %d outcomes", outcomes),
			Fix: "write one of allowed: true, denied: true, osUser: <name>; an osUser is allowed"})
	}
	if e.OSUser != "" && e.Opens != world.Shell {
		d.Report(
			problem.Problem{
				Path:  path.Child("osUser"),
				Kind:  problem.Invalid,
				Value: e.OSUser,
				Why:   "is expected where no shell is opened",
				Fix:   "write opens: shell",
			},
		)
	}
	e.Allowed, e.Denied = e.allowed != nil || e.OSUser != "", e.denied != nil
}

func (e *expectationDraft) checkSession(d *strictyaml.Decoder, _ *strictyaml.Node, path problem.Path) {
	if e.who.person != nil {
		e.checkPortal(d, path)
		return
	}
	e.MFA = e.Session != expectation.SignInKey
	if e.mfa == nil {
		return
	}
	switch {
	case e.Session == expectation.SignInKey && *e.mfa:
		d.Report(
			problem.Problem{
				Path:  path.Child("mfa"),
				Kind:  problem.Invalid,
				Value: true,
				Why:   "is never so of a long-term key",
				Fix:   "write session: keyWithMfaCode or sessionToken",
			},
		)
	case e.Session == expectation.SignInKeyWithMFACode && !*e.mfa:
		d.Report(
			problem.Problem{
				Path:  path.Child("mfa"),
				Kind:  problem.Invalid,
				Value: false,
				Why:   "contradicts session: keyWithMfaCode",
				Fix:   "write session: key",
			},
		)
	}
	e.MFA = *e.mfa
}

// signInAges are the ages of a sign-in that a session can have: AWS keeps MFA for 36 hours at most.
var signInAges = strictyaml.Duration{Least: time.Second, Most: 36 * time.Hour, Step: time.Second}

// Acceptance is one entry of the section "accept": something that a proof cannot hold, or holds only on a condition,
// and why that is all right.
type Acceptance struct {
	// ID is the waived key or the assumption, as check prints it.
	ID string
	// Because is the reason.
	Because string
}

var acceptanceKeys = strictyaml.Keys("something that a strict check would fail on, and why it is all right",
	strictyaml.Key("id", func(a *Acceptance) *string { return &a.ID }, strictyaml.Text(nil)).
		Required("write the id that check printed").
		Doc("What is accepted, as check prints it: the key that weakens a proof, or the assumption that it rests on.").
		Example("mfa.enrolWithAccessKeys"),
	strictyaml.Key("because", func(a *Acceptance) *string { return &a.Because }, strictyaml.Text(nil).AsProse()).
		Required("write the reason, for whoever reads this after you").
		Doc("Why it is all right.").
		Example("the build users have no console password"),
)
