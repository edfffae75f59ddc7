package components

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

// tags are all tags of the user, sorted by key.
func (a *UserArgs) tags() []access.Tag {
	all := maps.Clone(a.Tags)
	if all == nil {
		all = map[string]string{}
	}
	if a.Email != "" {
		all[EmailTag] = a.Email
	}
	if a.DisplayName != "" {
		all[DisplayNameTag] = a.DisplayName
	}
	if a.RunAs != "" {
		all[RunAsTag] = a.RunAs
	}
	var tags []access.Tag
	for _, key := range slices.Sorted(maps.Keys(all)) {
		tags = append(tags, access.Tag{Key: key, Value: all[key]})
	}
	return tags
}

// ARN is the ARN of the user.
func (a *UserArgs) ARN() string {
	return a.Account.Partition.UserARN(a.Account.ID, a.Path, a.Name)
}

// AddTo adds the user to a world.
func (a *UserArgs) AddTo(w *access.Account) {
	w.Users = append(w.Users, access.User{Name: a.Name, Path: pathOr(a.Path), Tags: a.tags(), Groups: slices.Clone(a.Groups)})
}

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section "users".
func (a *UserArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	p.check("name", a.Name, policy.ValidateUserName(a.Name))
	if a.Path != "" {
		p.check("path", a.Path, policy.ValidatePath(a.Path))
	}
	p.check("email", a.Email, policy.ValidateTagValue(a.Email))
	p.check("displayName", a.DisplayName, policy.ValidateTagValue(a.DisplayName))
	if a.RunAs != "" {
		p.osUser("runAs", a.RunAs)
	}
	a.validateTags(&p)
	for i, key := range a.ContactTags {
		path := at("contactTags", i)
		if p.check(path, key, policy.ValidateTagKey(key)) && strings.EqualFold(key, RunAsTag) {
			p.add(path, key, "decides what its owner may do", "leave it out; the stack file sets it")
		}
	}
	for i, group := range a.Groups {
		path := at("groups", i)
		if p.check(path, group, policy.ValidateGroupName(group)) && duplicateOf(a.Groups, i) >= 0 {
			p.add(path, group, "is listed twice", "remove one")
		}
	}
	if len(a.Groups) == 0 {
		p.add("groups", nil, "is empty, so no group would hold the user to MFA", "name the MFA group")
	}
	if n, most := len(a.Groups), a.Quotas.WithDefaults().GroupsPerUser; n > most {
		p.add("groups", n, fmt.Sprintf("are more groups than the %d of a user", most), "remove some")
	}
	return p.Err()
}

func (a *UserArgs) validateTags(p *Problems) {
	keys := slices.Sorted(maps.Keys(a.Tags))
	for i, key := range keys {
		path := "tags[" + strconv.Quote(key) + "]"
		if !p.check(path, key, policy.ValidateTagKey(key)) {
			continue
		}
		switch word, has := wordOf(key); {
		case has:
			p.add(path, key, "has a word of its own", "write "+word+" instead")
		case duplicateOf(keys, i) >= 0:
			p.add(path, key, "differs from "+keys[duplicateOf(keys, i)]+" by case alone", "remove one; tag keys of users ignore case")
		default:
			p.check(path, a.Tags[key], policy.ValidateTagValue(a.Tags[key]))
		}
	}
	if n, most := len(a.tags()), a.Quotas.WithDefaults().TagsPerPrincipal; n > most {
		p.add("tags", n, fmt.Sprintf("are more tags than the %d of a user, email and displayName included", most), "remove some")
	}
}

// wordOf is the word of the stack file for a tag key that has one.
func wordOf(key string) (string, bool) {
	switch {
	case strings.EqualFold(key, EmailTag):
		return "email", true
	case strings.EqualFold(key, DisplayNameTag):
		return "displayName", true
	case strings.EqualFold(key, RunAsTag):
		return "runAs", true
	}
	return "", false
}

func pathOr(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
