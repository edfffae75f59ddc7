package identitycenter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// maxAttributes is the length of the list. Source:
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_InstanceAccessControlAttributeConfiguration.html.
const maxAttributes = 50

// reservedAttributes are the tags that decide access.
func (a *AttributesArgs) reservedAttributes() []string {
	return []string{guardrail.ProjectTag(a.ProjectTag), guardrail.RunAsTag}
}

// Effective are all attributes, by key: those of Attributes, and the tags that decide access where Attributes leaves
// them out. The source of those is the user name, which everybody has, so that no identity provider's value is left
// standing, and which no two people share. Sources that Validate refuses are left out.
func (a *AttributesArgs) Effective() []world.AccessControlAttribute {
	sources := maps.Clone(a.Attributes)
	if sources == nil {
		sources = map[string]string{}
	}
	for _, key := range a.reservedAttributes() {
		if _, given := sources[key]; !given {
			sources[key] = world.SourceOfUserNames
		}
	}
	var list []world.AccessControlAttribute
	for _, key := range slices.Sorted(maps.Keys(sources)) {
		if source, err := world.ParseAttributeSource(sources[key]); err == nil {
			list = append(list, world.AccessControlAttribute{Key: key, Source: source})
		}
	}
	return list
}

// Validate reports every problem, in the order of the fields, as Problems relative to the section "identityCenter".
func (a *AttributesArgs) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	a.IdentityCenter.validate(&p, a.Account)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	for _, key := range slices.Sorted(maps.Keys(a.Attributes)) {
		a.validateAttribute(&p, key, a.Attributes[key])
	}
	if n := len(a.Effective()); n > maxAttributes {
		p.Add(
			"attributes",
			n,
			fmt.Sprintf(
				"are more attributes than the %d of an instance, the tags that decide access among them",
				maxAttributes,
			),
			"use fewer",
		)
	}
	return p.Err()
}

func (a *AttributesArgs) validateAttribute(p *problem.List, key, text string) {
	path := problem.Path("attributes").Key(key)
	if err := policy.ValidateTagKey(key); err != nil {
		p.Check(path, key, err)
		return
	}
	for _, other := range append(slices.Sorted(maps.Keys(a.Attributes)), a.reservedAttributes()...) {
		if other != key && strings.EqualFold(other, key) {
			p.Add(
				path,
				key,
				"differs from "+strconv.Quote(other)+" by case only, and session tags ignore case",
				"write "+strconv.Quote(other)+" alone",
			)
			return
		}
	}
	source, err := world.ParseAttributeSource(text)
	if !p.Check(path, text, err) {
		return
	}
	if key == guardrail.RunAsTag && !source.Login {
		p.Add(
			path,
			text,
			"is never a login of a node, so every shell would fail",
			"write "+world.SourceOfUserNames+", or an attribute of the profile that holds the login",
		)
	}
}

// AddTo adds nothing: the attributes are of all accounts. See AddToWorld.
func (*AttributesArgs) AddTo(*world.Account) {}

// AddToWorld adds the instance with its attributes and with the people and groups that are known.
func (a *AttributesArgs) AddToWorld(w *world.World) {
	w.IdentityCenter = &world.IdentityCenterInstance{
		Attributes: a.Effective(),
		Users: slices.Sorted(
			maps.Keys(a.IdentityCenter.Users),
		),
		Groups:   slices.Sorted(maps.Keys(a.IdentityCenter.Groups)),
		UserIDs:  maps.Clone(a.IdentityCenter.Users),
		GroupIDs: maps.Clone(a.IdentityCenter.Groups),
	}
}

// Notices says what the sources mean for people. Paths are relative to the section "identityCenter".
func (a *AttributesArgs) Notices() guardrail.Notices {
	var n guardrail.Notices
	for _, attribute := range a.Effective() {
		source, path := attribute.Source, problem.Path("attributes").Key(attribute.Key)
		if attribute.Key != guardrail.RunAsTag {
			continue
		}
		switch source.Use {
		case world.SourceShared:
			n.Add(
				path,
				"everybody with one "+source.Path+" is one OS user, so the logs of a node do not say who it was",
			)
		case world.SourcePersonal:
			n.Add(path, "nothing keeps two people from having one "+source.Path+", and then they are one OS user")
		case world.SourceUnique:
		}
		if !source.Required {
			n.Add(path, "whoever has no "+source.Path+" opens no shell")
		}
		if source.Path != "userName" {
			continue
		}
		for _, user := range slices.Sorted(maps.Keys(a.IdentityCenter.Users)) {
			if err := validOSUser(user); err != nil {
				n.Add(
					problem.Path("users").Key(user),
					strconv.Quote(user)+" is not a login of a node, so "+user+" opens no shell",
				)
			}
		}
	}
	return n
}

// validOSUser accepts logins without privileges.
func validOSUser(name string) error {
	var p problem.List
	guardrail.CheckOSUser(&p, "", name)
	return p.Err()
}
