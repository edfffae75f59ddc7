package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/policy"
)

// calls are the differences that were found, one for each reason: what a statement gives or takes, and to whom.
func (c *comparison) calls(found prove.Comparison) {
	c.Classes = found.Classes
	index := map[string]int{}
	for i := range found.Differences {
		d := &found.Differences[i]
		if c.toldOfRole(d) || c.toldOfDoor(d) {
			continue
		}
		key := fmt.Sprint(d.Gained, because(d), d.Unreal != (prove.Doubt{}))
		position, known := index[key]
		if !known {
			position = len(c.Calls)
			index[key] = position
			c.Calls = append(
				c.Calls,
				CallChange{
					Gains:   d.Gained,
					Because: because(d),
					Example: example(d),
					Unreal:  d.Unreal.String(),
					doubt:   d.Unreal,
				},
			)
		}
		one := &c.Calls[position]
		if !slices.Contains(one.ARNs, d.Subject) {
			one.ARNs = append(one.ARNs, d.Subject)
			who := c.caller(d.Subject)
			one.Who, one.callers = append(one.Who, who.String()), append(one.callers, who)
		}
		if !slices.Contains(one.Actions, d.Pattern) {
			one.Actions = append(one.Actions, d.Pattern)
		}
	}
	// What AWS does not send today says nothing beside what it sends, for the same reason.
	c.Calls = slices.DeleteFunc(c.Calls, func(one CallChange) bool {
		return one.Unreal != "" && slices.ContainsFunc(c.Calls, func(other CallChange) bool {
			return other.Unreal == "" && other.Gains == one.Gains && within(one.ARNs, other.ARNs) &&
				within(one.Actions, other.Actions)
		})
	})
	for i := range c.Calls {
		one := &c.Calls[i]
		slices.Sort(one.Actions)
		one.Line = one.line()
	}
	for _, subject := range found.Undecided {
		who := c.caller(subject).String()
		c.Open = append(
			c.Open,
			who+": the search for a difference was too large to end, so what "+who+" may call is not compared",
		)
	}
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// toldOfRole reports whether the report says already that the person gains or loses the way into the role, in some way.
func (c *comparison) toldOfRole(d *prove.Difference) bool {
	if d.Request.Action != "sts:AssumeRole" || len(d.Request.Resources) != 1 {
		return false
	}
	role := d.Request.Resources[0].ARN
	return slices.ContainsFunc(c.People, func(p PersonChange) bool {
		return p.Gains == d.Gained && p.PersonARN == d.Subject && p.RoleARN == role && len(p.Through) == 0
	})
}

// toldOfDoor reports whether the report says already, of people, that the door of a session opens or shuts in the role
// that calls: the ways of people say on which nodes, as whom and when. Of a role that somebody else takes too, and of
// what somebody is only assumed to do, it is said here.
func (c *comparison) toldOfDoor(d *prove.Difference) bool {
	node, document := sessionOf(&d.Request)
	if node == "" || d.Unreal != (prove.Doubt{}) || d.Unknown != "" || d.Elsewhere || c.othersTake(d.Subject) {
		return false
	}
	return slices.ContainsFunc(c.People, func(p PersonChange) bool {
		return p.Gains == d.Gained && cmp.Or(p.RoleARN, p.PersonARN) == d.Subject && slices.ContainsFunc(p.Opens,
			func(o Opening) bool {
				return slices.ContainsFunc(o.Doors, func(door reach.Door) bool { return door.OpensWith(document) })
			})
	})
}

// sessionOf are the node and the name of the document of a call that starts a session on a node; empty for any other.
func sessionOf(r *access.Request) (node, document string) {
	if r.Action != "ssm:StartSession" {
		return "", ""
	}
	for _, resource := range r.Resources {
		arn, err := policy.ParseARN(resource.ARN)
		kind, name, _ := strings.Cut(arn.Resource, "/")
		switch {
		case err != nil:
		case kind == "document":
			document = name
		case kind == "instance", kind == "managed-instance":
			node = resource.ARN
		}
	}
	if document == "" {
		return "", ""
	}
	return node, document
}

// othersTake reports whether the trust policy of a role names somebody but users, on either side. Identity Center
// alone takes the roles of its permission sets.
func (c *comparison) othersTake(subject string) bool {
	for _, side := range []*Side{c.from, c.to} {
		for i := range side.World.Accounts {
			a := &side.World.Accounts[i]
			for j := range a.Roles {
				if r := &a.Roles[j]; r.ARN(a) == subject && r.PermissionSet == "" && len(others(r.Trust)) > 0 {
					return true
				}
			}
		}
	}
	return false
}

func (c *comparison) caller(subject string) caller {
	if id, root := prove.RootOf(subject); root {
		return caller{words: "the root user of " + c.accountWords(id)}
	}
	arn, err := policy.ParseARN(subject)
	if err != nil {
		return caller{words: "anybody else in " + c.accountWords(subject)}
	}
	if set := c.permissionSets[subject]; set != "" {
		return caller{words: "whoever comes with " + set + c.takers(subject)}
	}
	if kind, _, name, ok := arn.Entity(); ok && kind == "role" {
		return caller{role: name, place: c.accountName(arn.Account) + c.takers(subject)}
	}
	return caller{words: c.personName(subject)}
}

// takers are the people who take a role on either side, in brackets.
func (c *comparison) takers(role string) string {
	var people []string
	for _, f := range c.facts {
		for i := range f.Ways {
			w := &f.Ways[i]
			if taken := w.Role(); taken == nil || taken.ARN != role || w.Nothing() {
				continue
			}
			if name := c.personName(w.Person.ARN); !slices.Contains(people, name) {
				people = append(people, name)
			}
		}
	}
	if len(people) == 0 {
		return ""
	}
	return " (" + shorten(people) + ")"
}

// because says which statement makes the difference.
func because(d *prove.Difference) string {
	words := becauseOf(d)
	if d.Elsewhere {
		words += "; the resource is of another account, whose policy must let the caller in too"
	}
	return words
}

func becauseOf(d *prove.Difference) string {
	denies := d.Not.Sid != "" && d.Not.Kind != access.NoStatement
	switch {
	case d.Unknown != "" && !denies:
		if d.Gained {
			return nameOf(d.Unknown) + ", whose document is not known here, may allow it"
		}
		return nameOf(d.Unknown) + ", whose document is not known here, may have allowed it"
	case denies && d.Gained:
		return sourceWords(d.Not) + " no longer denies it"
	case denies:
		return sourceWords(d.Not) + " denies it"
	case d.By.Sid == "" && d.Gained:
		return "nothing shuts it any more"
	case d.By.Kind == access.AWSRule:
		return d.Not.String()
	case d.Gained:
		return sourceWords(d.By) + " allows it"
	}
	return sourceWords(d.By) + " no longer allows it"
}

// sourceWords name a statement and its policy.
func sourceWords(s access.Source) string {
	name, owner := nameOf(s.Policy), s.Owner
	// An owner is told without its path.
	if set, ok := policy.PermissionSetOfRole(policy.PermissionSetRolePath, strings.TrimPrefix(owner, "role/")); ok {
		owner = "permission set " + set
	}
	switch {
	case s.Kind == access.TrustPolicy:
		name = "the trust policy of " + owner
	case owner != "" && s.Kind == access.IdentityPolicy:
		name += " of " + owner
	case s.Kind == access.ServiceControlPolicySource:
		name = "service control policy " + name
	}
	if s.Sid == "" {
		return name
	}
	return s.Sid + " (" + name + ")"
}

// example is the request that shows a difference.
func example(d *prove.Difference) string {
	var resources []string
	for _, r := range d.Request.Resources {
		text := r.ARN
		for _, t := range r.Tags {
			text += fmt.Sprintf(" tagged %s=%q", t.Key, t.Value)
		}
		resources = append(resources, text)
	}
	text := d.Request.Action
	if len(resources) > 0 {
		text += " on " + strings.Join(resources, " and ")
	}
	var with []string
	for key, values := range d.Request.Context {
		with = append(with, fmt.Sprintf("%s=%s", key, strings.Join(values, ",")))
	}
	slices.Sort(with)
	if len(with) > 0 {
		text += " with " + strings.Join(with, ", ")
	}
	if arn, err := policy.ParseARN(d.Session.Subject()); err == nil {
		// How a role is assumed is of no consequence for what it calls.
		if kind, _, _, _ := arn.Entity(); kind == "user" {
			return text + d.Session.How()
		}
	}
	return text
}

// maxShown bounds how many names and actions a line has; all of them are in the JSON.
const maxShown = 6

func shorten(list []string) string {
	if len(list) <= maxShown {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:maxShown], ", ") + fmt.Sprintf(" and %d more", len(list)-maxShown)
}

func (o *CallChange) line() string {
	verb := "gains"
	switch many := len(o.Who) > 1; {
	case o.Gains && many:
		verb = "gain"
	case !o.Gains && many:
		verb = "lose"
	case !o.Gains:
		verb = "loses"
	}
	line := fmt.Sprintf(
		"%s %s %s: %s; such as %s",
		shorten(inWords(o.callers)),
		verb,
		shorten(o.Actions),
		o.Because,
		o.Example,
	)
	if o.doubt != (prove.Doubt{}) {
		line += " (" + o.doubt.Sentence() + ")"
	}
	return line
}

// caller is who calls. Whoever is in a role has its name, and its place: the account, with the people who take it.
type caller struct{ words, role, place string }

func (w caller) String() string {
	if w.role == "" {
		return w.words
	}
	return "whoever is in role " + w.role + " of " + w.place
}

// inWords are callers, those who are in several roles of one place together.
func inWords(callers []caller) []string {
	var joined []caller
	for _, w := range callers {
		index := slices.IndexFunc(joined, func(have caller) bool { return have.role != "" && have.place == w.place })
		if w.role == "" || index < 0 {
			joined = append(joined, w)
			continue
		}
		joined[index].role += " or " + w.role
	}
	words := make([]string, len(joined))
	for i, w := range joined {
		words[i] = w.String()
	}
	return words
}
