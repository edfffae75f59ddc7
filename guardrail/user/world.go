package user

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// AllTags are all tags of the user, sorted by key.
func (a *Args) AllTags() []world.Tag {
	all := maps.Clone(a.Tags)
	if all == nil {
		all = map[string]string{}
	}
	if a.Email != "" {
		all[guardrail.EmailTag] = a.Email
	}
	if a.DisplayName != "" {
		all[guardrail.DisplayNameTag] = a.DisplayName
	}
	if a.RunAs != "" {
		all[guardrail.RunAsTag] = a.RunAs
	}
	var tags []world.Tag
	for _, key := range slices.Sorted(maps.Keys(all)) {
		tags = append(tags, world.Tag{Key: key, Value: all[key]})
	}
	return tags
}

// ARN is the ARN of the user.
func (a *Args) ARN() string {
	return a.Account.Partition.UserARN(a.Account.ID, a.Path, a.Name)
}

// AddTo adds the user to a world.
func (a *Args) AddTo(w *world.Account) {
	w.Users = append(
		w.Users,
		world.User{
			Name:     a.Name,
			Path:     PathOr(a.Path),
			Tags:     a.AllTags(),
			Groups:   slices.Clone(a.Groups),
			Boundary: a.BoundaryARN(),
		},
	)
}

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section
// "users".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	p.Check("name", a.Name, policy.ValidateUserName(a.Name))
	if a.Path != "" {
		p.Check("path", a.Path, policy.ValidatePath(a.Path))
	}
	p.Check("email", a.Email, policy.ValidateTagValue(a.Email))
	p.Check("displayName", a.DisplayName, policy.ValidateTagValue(a.DisplayName))
	if a.RunAs != "" {
		guardrail.CheckOSUser(&p, "runAs", a.RunAs)
	}
	a.validateTags(&p)
	a.ManagedPolicies.ValidateBoundary(&p, "permissionsBoundary", a.Account, a.PermissionsBoundary)
	for i, key := range a.ContactTags {
		path := problem.Path("contactTags").Index(i)
		if p.Check(path, key, policy.ValidateTagKey(key)) && strings.EqualFold(key, guardrail.RunAsTag) {
			p.Add(path, key, "decides what its owner may do", "leave it out; the stack file sets it")
		}
	}
	for i, group := range a.Groups {
		path := problem.Path("groups").Index(i)
		if p.Check(path, group, policy.ValidateGroupName(group)) && guardrail.DuplicateOf(a.Groups, i) >= 0 {
			p.Add(path, group, "is listed twice", "remove one")
		}
	}
	if len(a.Groups) == 0 {
		p.Empty("groups", "so no group would hold the user to MFA", "name the MFA group")
	}
	if n, most := len(a.Groups), a.Quotas.WithDefaults().GroupsPerUser; n > most {
		p.Add("groups", n, fmt.Sprintf("are more groups than the %d of a user", most), "remove some")
	}
	return p.Err()
}

func (a *Args) validateTags(p *problem.List) {
	keys := slices.Sorted(maps.Keys(a.Tags))
	for i, key := range keys {
		path := problem.Path("tags").Key(key)
		if !p.Check(path, key, policy.ValidateTagKey(key)) {
			continue
		}
		switch word, has := wordOf(key); {
		case has:
			p.Add(path, key, "has a word of its own", "write "+word+" instead")
		case guardrail.DuplicateOf(keys, i) >= 0:
			p.Add(
				path,
				key,
				"differs from "+keys[guardrail.DuplicateOf(keys, i)]+" by case alone",
				"remove one; tag keys of users ignore case",
			)
		default:
			p.Check(path, a.Tags[key], policy.ValidateTagValue(a.Tags[key]))
		}
	}
	if n, most := len(a.AllTags()), a.Quotas.WithDefaults().TagsPerPrincipal; n > most {
		p.Add(
			"tags",
			n,
			fmt.Sprintf("are more tags than the %d of a user, email and displayName included", most),
			"remove some",
		)
	}
}

// wordOf is the word of the stack file for a tag key that has one.
func wordOf(key string) (string, bool) {
	switch {
	case strings.EqualFold(key, guardrail.EmailTag):
		return "email", true
	case strings.EqualFold(key, guardrail.DisplayNameTag):
		return "displayName", true
	case strings.EqualFold(key, guardrail.RunAsTag):
		return "runAs", true
	}
	return "", false
}

func PathOr(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
