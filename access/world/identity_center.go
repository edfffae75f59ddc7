package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// TagList are tags sorted by key.
func TagList(tags map[string]string) []Tag {
	out := []Tag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, Tag{Key: key, Value: tags[key]})
	}
	return out
}

// IdentityCenterInstance is the instance of IAM Identity Center whose permission sets are roles of the accounts:
// those with a Role.PermissionSet.
type IdentityCenterInstance struct {
	// Attributes are the attributes for access control. Nil means that they are not switched on: then an identity
	// provider chooses every tag.
	Attributes []AccessControlAttribute
	// Assignments say who may take which permission set where.
	Assignments []PermissionSetAssignment
	// Users and Groups are the names of the identity store that are known.
	Users, Groups []string
	// UserIDs and GroupIDs are their ids by name, as far as they are known.
	UserIDs, GroupIDs map[string]string
}

// AccessControlAttribute is one attribute for access control: a session tag, and the profile attribute that its value
// comes from.
type AccessControlAttribute struct {
	Key    string
	Source AttributeSource
}

// PermissionSetAssignment lets a person, or everybody in a group, take a permission set in an account.
type PermissionSetAssignment struct {
	PermissionSet, Account string
	// User is a user name, Group the display name of a group; one of them is set.
	User, Group string
}

// Person is a person of IAM Identity Center.
type Person struct {
	// UserName is the name in the identity store, and the name of the person's role sessions. Required.
	UserName string
	// Groups are the display names of the groups that the person is in.
	Groups []string
	// Profile are the attributes of the profile, by path, such as "enterprise.organization". What is missing has no
	// value. userName is UserName.
	Profile map[string]string
	// Asserted are attributes for access control that an external identity provider sends in its SAML assertion, by
	// key: what it calls "https://aws.amazon.com/SAML/Attributes/AccessControl:<key>".
	Asserted map[string]string
}

func (p *Person) profile(s AttributeSource) string {
	if s.Path == "userName" {
		return p.UserName
	}
	return p.Profile[s.Path]
}

// May reports whether the person is assigned the permission set in the account.
func (c *IdentityCenterInstance) May(p *Person, set, account string) bool {
	return slices.ContainsFunc(c.Assignments, func(a PermissionSetAssignment) bool {
		return a.PermissionSet == set && a.Account == account &&
			(a.User != "" && a.User == p.UserName || a.Group != "" && slices.Contains(p.Groups, a.Group))
	})
}

// SessionTags are the session tags with which the person comes into an account, by key. Where Identity Center is
// configured with a key, the value is that of the profile, whatever the identity provider sends; with a key that is
// not configured the identity provider sends what it likes. A configured key for which the profile has no value is
// taken as the identity provider's too: AWS does not say what becomes of it. An error says why AWS lets the person
// into no account.
//
// Source: IAM Identity Center User Guide, Enable and configure attributes for access control: "If a SAML assertion
// passes any of these attributes, IAM Identity Center will replace the attribute value with the value from the IAM
// Identity Center identity store"; Attributes for access control.
func (c *IdentityCenterInstance) SessionTags(p Person) ([]Tag, error) {
	tags := map[string]string{}
	for _, a := range c.Attributes {
		if value := p.profile(a.Source); value != "" {
			tags[a.Key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Asserted)) {
		if _, configured := tags[key]; configured {
			continue
		}
		for _, have := range slices.Sorted(maps.Keys(tags)) {
			// Source: IAM User Guide, Pass session tags in AWS STS: "you cannot pass separate Department and
			// department tag keys".
			if strings.EqualFold(have, key) {
				return nil, fmt.Errorf(
					"the session tags %s and %s differ by case only, which AWS STS refuses",
					have,
					key,
				)
			}
		}
		tags[key] = p.Asserted[key]
	}
	list := TagList(tags)
	for _, t := range list {
		if err := policy.ValidateTagValue(t.Value); err != nil {
			return nil, policy.PlaceError(fmt.Sprintf("%q is no value of the session tag %s", t.Value, t.Key), err)
		}
	}
	return list, nil
}

func TagWords(tags []Tag) string {
	var words []string
	for _, t := range tags {
		words = append(words, fmt.Sprintf("%s=%q", t.Key, t.Value))
	}
	return strings.Join(words, ", ")
}
