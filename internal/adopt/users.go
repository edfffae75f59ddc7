package adopt

import (
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/policy"
)

// The tags that a stack file has keys of their own for.
const (
	emailTag       = "Email"
	displayNameTag = "DisplayName"
)

func (p *planner) users(selected Selection) {
	var others []User
	for _, u := range p.existing.Users {
		index, declared := declaredUser(p.stack, u.Name)
		switch {
		case p.managed(u.ARN):
		case declared:
			p.user(u, index)
		case selected.AllUsers || slices.Contains(selected.Users, u.Name):
			others = append(others, u)
		}
	}
	for _, u := range others { // Behind those that the file has: an entry more may shift theirs.
		p.newUser(u)
	}
	known := func(name string) bool {
		return slices.ContainsFunc(p.existing.Users, func(u User) bool { return u.Name == name })
	}
	for _, name := range selected.Users {
		if !known(name) && !p.listed(name) {
			p.refuse("user "+name, "the account has none of this name; look at its spelling")
		}
	}
	for _, name := range p.existing.AllUsers {
		declared := p.declaredLike(name)
		if known(name) || declared == name { // What the file has and AWS did not tell is among the unread.
			continue
		}
		if declared != "" {
			p.refuse(
				"user "+name,
				"the stack file has it as %s, and names that differ by case only are one; write it as it is",
				declared,
			)
			continue
		}
		p.Left = append(
			p.Left,
			Left{
				"user " + name,
				"the stack file does not have it; --user " + name + " takes it, and puts it into the group that enforces MFA",
			},
		)
	}
}

// listed reports whether AWS named the user in a list.
func (p *planner) listed(name string) bool { return slices.Contains(p.existing.AllUsers, name) }

// declaredLike is the user of the stack file whom IAM takes for the one of that name; empty where there is none.
func (p *planner) declaredLike(name string) string {
	for _, u := range p.stack.Users {
		if strings.EqualFold(u.Name, name) {
			return u.Name
		}
	}
	return ""
}

// bounded refuses a user with a permissions boundary: the file cannot say it, and it would be gone after the next
// deployment.
func (p *planner) bounded(u User) bool {
	if u.Boundary != "" {
		p.refuse(
			"user "+u.Name,
			"its permissions boundary %s is nothing that a stack file can say, and would be removed; decide that in the account first",
			u.Boundary,
		)
	}
	return u.Boundary != ""
}

// user is one that the file has. What its entry leaves open is written.
func (p *planner) user(u User, index int) {
	if p.bounded(u) {
		return
	}
	thing := Adopted{What: "user " + u.Name}
	keysOf := func(keys ...any) []any { return append([]any{"users", index}, keys...) }
	wanted := p.stack.UserArgs()[index]
	switch {
	case u.Path == wanted.Path:
	case p.file.Has(keysOf("path")...):
		thing.Changes = append(thing.Changes, becomes("path", u.Path, wanted.Path)+", and its ARN with it")
	default:
		p.write(&thing, edit.Addition{Keys: keysOf("path"), Value: u.Path})
	}
	will := map[string]string{}
	for _, tag := range p.world.Users[index].Tags {
		will[tag.Key] = tag.Value
	}
	for _, key := range sortedKeys(u.Tags) {
		if _, has := will[key]; has || p.ignored(key) || p.stack.AWS.DefaultTags[key] == u.Tags[key] {
			continue
		}
		if a, ok := p.tag(keysOf, key, u.Tags[key]); ok {
			p.write(&thing, a)
			will[key] = u.Tags[key]
		}
	}
	is := map[string]string{}
	maps.Copy(is, u.Tags)
	for key, value := range will {
		if slices.ContainsFunc(wanted.ContactTags, func(tag string) bool { return strings.EqualFold(tag, key) }) {
			is[key] = value // What people write about themselves stays as it is.
		}
	}
	thing.Changes = append(thing.Changes, p.tagChanges(is, will)...)
	p.takeUser(thing, u)
}

// tag is the addition of a tag, false where the file cannot say it.
func (p *planner) tag(keysOf func(...any) []any, key, value string) (edit.Addition, bool) {
	if policy.ValidateTagKey(key) != nil || policy.ValidateTagValue(value) != nil {
		return edit.Addition{}, false
	}
	switch {
	case key == emailTag && strings.Count(value, "@") == 1 && !p.file.Has(keysOf("email")...):
		return edit.Addition{Keys: keysOf("email"), Value: value}, true
	case key == displayNameTag && value != "" && !p.file.Has(keysOf("displayName")...):
		return edit.Addition{Keys: keysOf("displayName"), Value: value}, true
	case strings.EqualFold(key, emailTag), strings.EqualFold(key, displayNameTag):
		return edit.Addition{}, false
	}
	return edit.Addition{Keys: keysOf("tags", key), Value: value}, true
}

// newUser is one that somebody asked for.
func (p *planner) newUser(u User) {
	if p.bounded(u) {
		return
	}
	thing := Adopted{What: "user " + u.Name}
	entry := []edit.Pair{{Key: "name", Value: u.Name}}
	if u.Path != "/" {
		entry = append(entry, edit.Pair{Key: "path", Value: u.Path})
	}
	tags, nowhere := map[string]string{}, func(keys ...any) []any { return append([]any{"users", edit.Element}, keys...) }
	will := map[string]string{}
	for _, key := range sortedKeys(u.Tags) {
		if p.ignored(key) || p.stack.AWS.DefaultTags[key] == u.Tags[key] {
			continue
		}
		a, ok := p.tag(nowhere, key, u.Tags[key])
		if !ok {
			continue
		}
		will[key] = u.Tags[key]
		if name, _ := a.Keys[len(a.Keys)-1].(string); len(a.Keys) == 3 {
			entry = append(entry, edit.Pair{Key: name, Value: u.Tags[key]})
		} else {
			tags[key] = u.Tags[key]
		}
	}
	if len(tags) > 0 {
		entry = append(entry, edit.Pair{Key: "tags", Value: tags})
	}
	p.write(&thing, edit.Addition{Keys: []any{"users", edit.Element}, Value: entry})
	thing.Changes = p.tagChanges(u.Tags, will)
	p.takeUser(thing, u)
}

func (p *planner) takeUser(thing Adopted, u User) {
	thing.Changes = append(thing.Changes, "joins the group that enforces MFA, and has nothing beside it")
	for _, arn := range slices.Sorted(slices.Values(u.Attached)) {
		thing.Changes = append(thing.Changes, "detaches "+arn)
	}
	for _, name := range slices.Sorted(slices.Values(u.Inline)) {
		thing.Changes = append(thing.Changes, "deletes the inline policy "+name)
	}
	for _, group := range slices.Sorted(slices.Values(u.Groups)) {
		if p.stack.MFA == nil || group != p.stack.MFA.Name {
			thing.Changes = append(thing.Changes, "leaves the group "+group+" with the second run")
		}
	}
	p.adopt(
		thing,
		slices.Contains(p.stack.Adopt.Users, u.Name),
		edit.Addition{Keys: []any{"adopt", "users", edit.Element}, Value: u.Name},
	)
}
