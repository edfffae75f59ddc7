package explain

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/policy"
)

// Question is a question as it is asked on a command line, in the words of the section expect.
type Question struct {
	// As is the person: a user of IAM, or as "{identityCenter: alice, groups: [operators]}" somebody of IAM Identity
	// Center.
	As, Session, Via, SessionName, Do, Opens string
	// Then is the role that somebody of IAM Identity Center assumes with the permission set of Via.
	Then string
	// MFA is nil where it is not said: true then, but for an access key.
	MFA    *bool
	MFAAge time.Duration
	// On is what is acted on: tags of an instance as "Project=x", or one of "untagged", "user/x", "role/x",
	// "document/x" and an ARN.
	On     []string
	Region string
	// VolumeKeys are the KMS keys of the volumes of the instance that is started: key ARNs, or "alias/aws/ebs" for
	// AWS's own.
	VolumeKeys []string
	// SessionTags are the session tags that the person passes when taking the role, as "key=value".
	SessionTags []string
	// With are condition keys as "key=value"; a key that is given twice has both values.
	With []string
	// At is when it is tried; the zero time means any.
	At time.Time
}

// Expectation is the question as the access engine takes it.
func (q Question) Expectation() (expectation.Expectation, error) {
	x := expectation.Expectation{
		As:          q.As,
		Session:     expectation.SignIn(q.Session),
		MFA:         expectation.SignIn(q.Session) != expectation.SignInKey,
		MFAAge:      q.MFAAge,
		Via:         q.Via,
		Then:        q.Then,
		SessionName: q.SessionName,
		Do:          q.Do,
		Opens:       world.DoorKind(q.Opens),
	}
	if q.MFA != nil {
		x.MFA = *q.MFA
	}
	var err error
	if strings.HasPrefix(q.As, "{") {
		if x.As = ""; q.MFA != nil {
			return expectation.Expectation{}, errors.New(
				"--mfa: is for IAM users; Identity Center asks for MFA itself: remove it",
			)
		}
		if x.Person, err = sections.ReadPerson(q.As); err != nil {
			return expectation.Expectation{}, inAs(err)
		}
		x.MFA = false
	}
	if x.On, err = target(q.On); err != nil {
		return expectation.Expectation{}, err
	}
	x.On.Region, x.On.VolumeKeys = q.Region, q.VolumeKeys
	for _, tag := range q.SessionTags {
		key, value, found := strings.Cut(tag, "=")
		if !found || key == "" {
			return expectation.Expectation{}, fmt.Errorf(
				"--session-tag: %q is no tag with a value; write it as in SSMSessionRunAs=alice",
				tag,
			)
		}
		if x.SessionTags == nil {
			x.SessionTags = map[string]string{}
		}
		x.SessionTags[key] = value
	}
	for _, with := range q.With {
		key, value, found := strings.Cut(with, "=")
		if !found || key == "" {
			return expectation.Expectation{}, fmt.Errorf(
				"--with: %q is no condition key with a value; write it as in aws:TagKeys=Project",
				with,
			)
		}
		if x.With == nil {
			x.With = access.Context{}
		}
		x.With[key] = append(x.With[key], value)
	}
	x.At = q.At
	return x, nil
}

// target reads what is acted on.
func target(words []string) (expectation.Target, error) {
	var t expectation.Target
	for _, word := range words {
		kind, name, _ := strings.Cut(word, "/")
		key, value, tag := strings.Cut(word, "=")
		switch {
		case word == "untagged":
			t.Instance = map[string]string{}
		case strings.HasPrefix(word, "arn:"):
			t.ARN = word
		case tag && key != "":
			if t.Instance == nil {
				t.Instance = map[string]string{}
			}
			t.Instance[key] = value
		case kind == "user" && name != "":
			t.User = name
		case kind == "role" && name != "":
			t.Role = name
		case kind == "document" && name != "":
			t.Document = name
		default:
			return expectation.Target{}, fmt.Errorf(
				`--on: %q is nothing to act on; write a tag of an instance as in Project="Test Project 1", `+
					`or untagged, user/NAME, role/NAME, document/NAME or an ARN`,
				word,
			)
		}
	}
	return t, nil
}

// Ask answers a question about stacks: in every account in which its names mean something, in the order of the stacks.
func Ask(q Question, stacks ...*stack.Stack) (*Explanations, error) {
	x, err := q.Expectation()
	if err != nil {
		return nil, err
	}
	engine, err := reach.Engine(judge.WithSiblings(stacks...)...)
	if err != nil {
		return nil, err
	}
	answers := &Explanations{Version: Version, Answers: []Explanation{}}
	var errs, reasons []error
	for _, s := range stacks {
		x.Account = s.Account.ID
		found, err := explainQuestion(engine, x)
		if err != nil {
			err = expect.Named(err, flagOf)
			reasons = append(reasons, err)
			if len(stacks) > 1 {
				err = fmt.Errorf("%s: %w", s.Name, err)
			}
			errs = append(errs, err)
			continue
		}
		for i := range found {
			found[i].Stack, found[i].Account = s.Name, s.Account.ID
		}
		answers.Answers = append(answers.Answers, found...)
		if x.Person != nil && strings.Contains(x.Via, "/") {
			// The account is named, so every other stack would answer the same.
			break
		}
	}
	if len(answers.Answers) == 0 {
		who := askedAbout(q.As, stacks)
		if err := cmp.Or(elsewhere(q.As, stacks), who.throughIdentityCenter()); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(reasons, func(err error) bool { return err.Error() != reasons[0].Error() }) {
			return nil, reasons[0] // It is wrong by itself, whatever the stack.
		}
		return nil, cmp.Or(who.nobody(), errors.Join(errs...))
	}
	return answers, nil
}

// elsewhere says once, of a person who is known by name in other stacks than those in which the question means
// something, how the person is written there. It is nil where no stack of the folder has a user of that name, or
// where there is one stack and the person is in it.
func elsewhere(as string, stacks []*stack.Stack) error {
	if as == "" || strings.ContainsAny(as, "/:{") {
		return nil
	}
	var homes []string
	add := func(name string) {
		if name != "" && !slices.Contains(homes, name) {
			homes = append(homes, name)
		}
	}
	for _, s := range stacks {
		if slices.ContainsFunc(s.Users, func(u user.Args) bool { return u.Name == as }) {
			if len(stacks) == 1 {
				return nil
			}
			add(cmp.Or(s.Account.Alias, s.Name))
		}
		for _, other := range s.Siblings {
			if _, has := other.Users[as]; has {
				add(cmp.Or(other.Alias, other.Stack))
			}
		}
	}
	if len(homes) == 0 {
		return nil
	}
	ways := make([]string, len(homes))
	for i, name := range homes {
		ways[i] = strconv.Quote(name + "/" + as)
	}
	return fmt.Errorf(
		"--as: %q is a user of %s, and the question means nothing there alone; write %s, "+
			"and name the stack that is asked about, such as %s",
		as,
		strings.Join(homes, " and of "),
		strings.Join(ways, " or "),
		stacks[0].Name,
	)
}

// asked is the person of a question, as the stacks of the folder know people.
type asked struct {
	as, name string
	// user says that a stack that may be meant has the person as a user; from is the stack whose IAM Identity Center has
	// the person, empty where none has.
	user bool
	from string
	// people are those of all stacks that may be meant, as the question would write them.
	people []string
}

// askedAbout looks for a person, who is written alone or behind the alias or name of a stack.
func askedAbout(as string, stacks []*stack.Stack) asked {
	home, name, named := strings.Cut(as, "/")
	prefix := home + "/"
	if !named {
		prefix, name = "", as
	}
	a := asked{as: as, name: name}
	if strings.ContainsAny(as, ":{") {
		return a // An ARN, or somebody of IAM Identity Center.
	}
	add := func(stack, alias string, users, identityCenter []string) {
		if named && home != stack && home != alias {
			return
		}
		for _, user := range slices.Concat(users, identityCenter) {
			a.people = append(a.people, prefix+user)
		}
		a.user = a.user || slices.Contains(users, name)
		if slices.Contains(identityCenter, name) {
			a.from = stack
		}
	}
	for _, s := range stacks {
		var users, others []string
		for _, u := range s.Users {
			users = append(users, u.Name)
		}
		if c := s.IdentityCenter; c != nil {
			others = slices.Sorted(maps.Keys(c.IdentityCenter.Users))
		}
		add(s.Name, s.Account.Alias, users, others)
		for _, other := range s.Siblings {
			var others []string
			if c := other.IdentityCenterPeople; c != nil {
				others = slices.Sorted(maps.Keys(c.Users))
			}
			add(other.Stack, other.Alias, slices.Sorted(maps.Keys(other.Users)), others)
		}
	}
	return a
}

// throughIdentityCenter says how a person of IAM Identity Center is written; nil where the person is none.
func (a asked) throughIdentityCenter() error {
	if a.from == "" || a.user {
		return nil
	}
	return fmt.Errorf(
		"--as: %q comes through IAM Identity Center (identityCenter.users of %s); write --as %q, "+
			"and the permission set with --via, such as workload/Operator",
		a.as, a.from, "{identityCenter: "+a.name+"}",
	)
}

// nobody says of a person whom no stack has who else may be meant; nil where a stack has the person.
func (a asked) nobody() error {
	if a.user || len(a.people) == 0 {
		return nil
	}
	if near := policy.Closest(a.as, a.people); near != "" {
		return fmt.Errorf("--as: no stack of this folder has a person %q; did you mean %q?", a.as, near)
	}
	return fmt.Errorf("--as: no stack of this folder has a person %q; write one of guardrails:users or an ARN", a.as)
}
