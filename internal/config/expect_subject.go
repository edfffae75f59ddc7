package config

import (
	"errors"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/access/world"
)

// subject is who an expectation is about: the name of an IAM user, or somebody of IAM Identity Center.
type subject struct {
	user   string
	person *world.Person
}

// subjectKind takes a name, or the keys of a person of IAM Identity Center.
type subjectKind struct{}

func (subjectKind) decode(d *decoder, n *node, at Path) (subject, bool) {
	if n.shape != shapeObject {
		user, ok := text(nil).decode(d, n, at)
		return subject{user: user}, ok
	}
	person, ok := personKeys.decode(d, n, at)
	return subject{person: &person}, ok
}

func (subjectKind) describe() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text(nil).describe(), personKeys.describe()}}
}

func (subjectKind) written(s subject) any { return s.user }

var personKeys = keys("somebody of IAM Identity Center",
	key("identityCenter", func(p *world.Person) *string { return &p.UserName }, text(nil)).
		required("write the user name of the person").
		doc("The user name in the identity store. It is one of identityCenter.users, unless groups are given.").
		example("alice"),
	key("groups", func(p *world.Person) *[]string { return &p.Groups }, words(text(nil))).
		orNothing("the person is in no group that is assigned", "who is in which group is not in stack files").
		doc("Groups of identityCenter.groups that the person is in.").
		example([]string{"operators"}),
	key("attributes", func(p *world.Person) *map[string]string { return &p.Profile }, tableOf(text(nil), nil)).
		orNothing("the profile has nothing but the user name", "profiles are not in stack files").
		doc("What the profile of the person says, by attribute, such as enterprise.organization.").
		example(map[string]string{"enterprise.organization": "iret"}),
	key("asserted", func(p *world.Person) *map[string]string { return &p.Asserted }, tableOf(text(nil), nil)).
		orNothing("the identity provider sends no attributes", "most send none").
		doc("Attributes for access control that an external identity provider sends in its SAML assertion, by key.").
		example(map[string]string{"SSMSessionRunAs": "root"}),
)

// ReadPerson reads somebody of IAM Identity Center as "as" of an expectation has it: "{identityCenter: alice, groups:
// [operators]}". The error has every problem of the text.
func ReadPerson(text string) (*world.Person, error) {
	n, problem := parseYAML("", []byte(text))
	if problem != nil {
		return nil, &Problem{
			Kind:  Invalid,
			Value: quoted(text),
			Why:   "is no YAML",
			Fix:   "write it as in {identityCenter: alice, groups: [operators]}",
		}
	}
	d := newDecoder()
	person, ok := personKeys.decode(d, n, "as")
	if problems := d.sorted(""); len(problems) > 0 || !ok {
		var errs []error
		for _, p := range problems {
			errs = append(errs, p)
		}
		return nil, errors.Join(errs...)
	}
	return &person, nil
}

// checkPortal refuses what is for IAM users.
func (e *expectationDraft) checkPortal(d *decoder, at Path) {
	refuse := func(name, why string) {
		d.report(Problem{Path: at.Child(name), Kind: Invalid, Why: why, Fix: "remove it"})
	}
	if e.Via == "" {
		d.report(
			Problem{
				Path: at.Child("via"),
				Kind: Missing,
				Why:  "is missing",
				Fix:  "name the permission set with which " + e.who.person.UserName + " comes in",
			},
		)
	}
	if _, given := d.marks[at.Child("session")]; given {
		refuse("session", "is for IAM users; somebody of Identity Center comes in through the access portal")
	}
	if e.mfa != nil || e.MFAAge != 0 {
		name := "mfa"
		if e.mfa == nil {
			name = "mfaAge"
		}
		refuse(name, "is for IAM users; Identity Center asks for MFA itself")
	}
	if e.SessionName != "" {
		refuse("sessionName", "is the user name for somebody of Identity Center")
	}
	e.Session, e.MFA = "", false
}
