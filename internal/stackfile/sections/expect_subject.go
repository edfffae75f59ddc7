package sections

import (
	"errors"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// subject is who an expectation is about: the name of an IAM user, or somebody of IAM Identity Center.
type subject struct {
	user   string
	person *world.Person
}

// subjectKind takes a name, or the keys of a person of IAM Identity Center.
type subjectKind struct{}

func (subjectKind) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (subject, bool) {
	if n.Shape != strictyaml.ShapeObject {
		user, ok := strictyaml.Text(nil).Decode(d, n, path)
		return subject{user: user}, ok
	}
	person, ok := personKeys.Decode(d, n, path)
	return subject{person: &person}, ok
}

func (subjectKind) Describe() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{strictyaml.Text(nil).Describe(), personKeys.Describe()}}
}

func (subjectKind) Written(s subject) any { return s.user }

var personKeys = strictyaml.Keys(
	"somebody of IAM Identity Center",
	strictyaml.Key("identityCenter", func(p *world.Person) *string { return &p.UserName }, strictyaml.Text(nil)).
		Required("write the user name of the person").
		Doc("The user name in the identity store. It is one of identityCenter.users, unless groups are given.").
		Example("alice"),
	strictyaml.Key("groups", func(p *world.Person) *[]string { return &p.Groups }, strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("the person is in no group that is assigned", "who is in which group is not in stack files").
		Doc("Groups of identityCenter.groups that the person is in.").
		Example([]string{"operators"}),
	strictyaml.Key("attributes", func(p *world.Person) *map[string]string { return &p.Profile }, strictyaml.TableOf(strictyaml.Text(nil), nil)).
		OrNothing("the profile has nothing but the user name", "profiles are not in stack files").
		Doc("What the profile of the person says, by attribute, such as enterprise.organization.").
		Example(map[string]string{"enterprise.organization": "iret"}),
	strictyaml.Key("asserted", func(p *world.Person) *map[string]string { return &p.Asserted }, strictyaml.TableOf(strictyaml.Text(nil), nil)).
		OrNothing("the identity provider sends no attributes", "most send none").
		Doc("Attributes for access control that an external identity provider sends in its SAML assertion, by key.").
		Example(map[string]string{"SSMSessionRunAs": "root"}),
)

// ReadPerson reads somebody of IAM Identity Center as "as" of an expectation has it: "{identityCenter: alice, groups:
// [operators]}". The error has every problem of the text.
func ReadPerson(text string) (*world.Person, error) {
	n, wrong := strictyaml.ParseYAML("", []byte(text))
	if wrong != nil {
		return nil, &problem.Problem{
			Kind:  problem.Invalid,
			Value: text,
			Why:   "is no YAML",
			Fix:   "write it as in {identityCenter: alice, groups: [operators]}",
		}
	}
	d := strictyaml.NewDecoder()
	person, ok := personKeys.Decode(d, n, "")
	if problems := d.Sorted(""); len(problems) > 0 || !ok {
		var errs []error
		for _, p := range problems {
			errs = append(errs, p)
		}
		return nil, errors.Join(errs...)
	}
	return &person, nil
}

// checkPortal refuses what is for IAM users.
func (e *expectationDraft) checkPortal(d *strictyaml.Decoder, path problem.Path) {
	refuse := func(name, why string) {
		d.Report(problem.Problem{Path: path.Child(name), Kind: problem.Invalid, Why: why, Fix: "remove it"})
	}
	if e.Via == "" {
		d.Report(
			problem.Problem{
				Path: path.Child("via"),
				Kind: problem.Missing,
				Why:  "is missing",
				Fix:  "name the permission set with which " + e.who.person.UserName + " comes in",
			},
		)
	}
	if d.Given(path.Child("session")) {
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
