package adopt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/stack"
)

// Plan is what becomes of what exists.
type Plan struct {
	Stack   string `json:"stack"`
	Account string `json:"account"`
	// Adopted becomes the stack's.
	Adopted []Adopted `json:"adopted"`
	// Left exists, is not in the stack file, and was not asked for.
	Left []Left `json:"left"`
	// Refused exists, and is in the stack file or was asked for, and cannot become the stack's.
	Refused []Left `json:"refused"`
	// Unread may exist.
	Unread []Left `json:"unread"`
	// Additions are what the stack file gets.
	Additions []edit.Addition `json:"-"`
}

// Adopted is a thing that becomes the stack's.
type Adopted struct {
	What string `json:"what"`
	// Written are values of it that the file did not have, in its words.
	Written []string `json:"written"`
	// Changes are what the next deployment makes of it, because the file says so.
	Changes []string `json:"changes"`
}

// Left is a thing that does not become the stack's.
type Left struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Make plans the adoption of what exists into a stack file. The plan is the same whenever it is made of the same.
func Make(file *edit.File, existing *Existing, selected Selection) *Plan {
	stack := file.Stack()
	p := &planner{file: file, stack: stack, existing: existing, world: stack.World(), Plan: Plan{
		Stack:   stack.Name,
		Account: stack.Account.ID,
		Adopted: []Adopted{},
		Left:    []Left{},
		Refused: []Left{},
		Unread:  []Left{},
	}}
	p.preferences()
	p.approvals()
	p.group()
	p.users(selected)
	p.roles()
	p.policies()
	p.attributes()
	for _, u := range existing.Unread {
		p.Unread = append(p.Unread, Left(u))
	}
	return &p.Plan
}

type planner struct {
	Plan
	file     *edit.File
	stack    *stack.Stack
	existing *Existing
	world    world.Account
}

// managed reports whether the stack made the thing, or has taken it over.
func (p *planner) managed(arn string) bool { return p.existing.Managed[arn] }

func (p *planner) refuse(what, format string, args ...any) {
	p.Refused = append(p.Refused, Left{what, fmt.Sprintf(format, args...)})
}

// adopt adds the thing to the plan, and its mark to the file, where it is not there yet.
func (p *planner) adopt(thing Adopted, marked bool, mark edit.Addition) {
	if thing.Written == nil {
		thing.Written = []string{}
	}
	if thing.Changes == nil {
		thing.Changes = []string{}
	}
	p.Adopted = append(p.Adopted, thing)
	if !marked {
		p.Additions = append(p.Additions, mark)
	}
}

// write adds a value that the file leaves open, and says so.
func (p *planner) write(thing *Adopted, a edit.Addition) {
	p.Additions = append(p.Additions, a)
	thing.Written = append(thing.Written, a.String())
}

func becomes(what, is, will string) string {
	return fmt.Sprintf("%s is %s, becomes %s", what, shown(is), shown(will))
}

func shown(value string) string {
	if value == "" {
		return "empty"
	}
	return value
}

func (p *planner) group() {
	g := p.existing.Group
	if g == nil || p.managed(g.ARN) {
		return
	}
	thing := Adopted{What: "group " + g.Name}
	path := "/guardrails/"
	if p.stack.MFA != nil {
		path = p.stack.MFA.Path
	}
	if g.Path != path {
		thing.Changes = append(thing.Changes, becomes("path", g.Path, path))
	}
	thing.Changes = append(thing.Changes, "its policies become this stack's; others are removed from it")
	for _, member := range g.Members {
		if _, declared := declaredUser(p.stack, member); !declared {
			thing.Changes = append(thing.Changes, "the member "+member+" stays in it, and is not in the stack file")
		}
	}
	p.adopt(thing, p.stack.Adopt.MFA, edit.Addition{Keys: []any{"adopt", "mfa"}, Value: true})
}

func (p *planner) roles() {
	var ours []string
	for _, wanted := range p.world.Roles {
		arn := p.world.Partition.RoleARN(p.world.ID, wanted.Path, wanted.Name)
		ours = append(ours, arn)
		index := slices.IndexFunc(p.existing.Roles, func(r Role) bool { return strings.EqualFold(r.Name, wanted.Name) })
		if index < 0 || p.managed(p.existing.Roles[index].ARN) {
			continue
		}
		p.role(wanted, p.existing.Roles[index])
	}
	for _, arn := range p.existing.RolesOfGuardrails {
		if !slices.Contains(ours, arn) && !p.managed(arn) {
			p.Left = append(
				p.Left,
				Left{
					arn,
					"no entry of the stack file makes a role of this name and path; write one, or delete the role",
				},
			)
		}
	}
}

func (p *planner) role(wanted world.Role, r Role) {
	what := "role " + r.Name
	switch {
	case r.Name != wanted.Name:
		p.refuse(
			what,
			"the stack file has it as %s, and names that differ by case only are one; write it as it is",
			wanted.Name,
		)
		return
	case r.Path != wanted.Path:
		p.refuse(
			what,
			"it lies under %s and the stack's would under %s, and roles do not move; delete it, or give the stack's another name",
			r.Path,
			wanted.Path,
		)
		return
	case r.Boundary != "":
		p.refuse(
			what,
			"its permissions boundary %s is nothing that a stack file can say, and would be removed; decide that in the account first",
			r.Boundary,
		)
		return
	}
	thing := Adopted{What: what}
	if !sameJSON(r.Trust, wanted.Trust.JSON()) {
		thing.Changes = append(thing.Changes, "the trust policy becomes this stack's")
	}
	own := map[string]string{}
	for _, tag := range wanted.Tags {
		own[tag.Key] = tag.Value
	}
	thing.Changes = append(thing.Changes, p.tagChanges(r.Tags, own)...)
	thing.Changes = append(thing.Changes, "its policies become this stack's; others are removed from it")
	p.adopt(
		thing,
		slices.Contains(p.stack.Adopt.Roles, r.Name),
		edit.Addition{Keys: []any{"adopt", "roles", edit.Element}, Value: r.Name},
	)
}

// tagChanges are what becomes of tags, those aside that the provider's settings leave alone or write anyway.
func (p *planner) tagChanges(is, will map[string]string) []string {
	var changes []string
	for _, key := range sortedKeys(is, will) {
		before, had := is[key]
		after, stays := will[key]
		switch {
		case p.ignored(key):
		case had && !stays && p.stack.AWS.DefaultTags[key] == "":
			changes = append(changes, fmt.Sprintf("the tag %s: %s is removed", key, shown(before)))
		case had && stays && before != after:
			changes = append(changes, becomes("the tag "+key, before, after))
		case !had:
			changes = append(changes, fmt.Sprintf("gets the tag %s: %s", key, shown(after)))
		}
	}
	return changes
}

// ignored reports whether the provider leaves tags of the key alone.
func (p *planner) ignored(key string) bool {
	t := p.stack.AWS.IgnoreTags
	return slices.Contains(t.Keys, key) ||
		slices.ContainsFunc(t.KeyPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func sortedKeys(maps ...map[string]string) []string {
	var keys []string
	for _, m := range maps {
		for key := range m {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (p *planner) policies() {
	for _, wanted := range p.world.Policies {
		name, own := p.stack.OwnPolicy(wanted.ARN)
		index := slices.IndexFunc(p.existing.Policies, func(e Policy) bool { return e.ARN == wanted.ARN })
		if !own || index < 0 || p.managed(wanted.ARN) {
			continue
		}
		is := p.existing.Policies[index]
		if is.Description != "" {
			p.refuse(
				"policy "+name,
				"it has a description, which cannot be changed, and the stack's has none; delete the policy",
			)
			continue
		}
		thing := Adopted{What: "policy " + name}
		if !sameJSON(is.Document, wanted.Document.JSON()) {
			thing.Changes = append(thing.Changes, "its document becomes this stack's")
		}
		p.adopt(
			thing,
			slices.Contains(p.stack.Adopt.Policies, name),
			edit.Addition{Keys: []any{"adopt", "policies", edit.Element}, Value: name},
		)
	}
}

// sameJSON reports whether two documents say the same.
func sameJSON(a, b string) bool {
	var left, right any
	return json.Unmarshal([]byte(a), &left) == nil && json.Unmarshal([]byte(b), &right) == nil &&
		reflect.DeepEqual(left, right)
}
