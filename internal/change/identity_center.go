package change

import (
	"cmp"
	"fmt"
	"slices"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/policy"
)

// AddIdentityCenter keeps which ids the names of the instance stand for: a name with another id is other people.
func (s *Side) AddIdentityCenter(stack *stack.Stack) {
	if stack.IdentityCenter == nil {
		return
	}
	s.Instance, s.People = stack.Account.ID, map[Member]string{}
	for name, id := range stack.IdentityCenter.Users {
		s.People[Member{Name: name}] = id
	}
	for name, id := range stack.IdentityCenter.Groups {
		s.People[Member{Group: true, Name: name}] = id
	}
}

// identityCenter is what attributes and assignments of the instance of IAM Identity Center are on either side.
func (c *comparison) identityCenter() {
	c.assignments()
	was, is := attributesOf(c.from), attributesOf(c.to)
	instance := cmp.Or(c.to.Instance, c.from.Instance)
	for _, a := range is {
		index := slices.IndexFunc(was, func(o world.AccessControlAttribute) bool { return o.Key == a.Key })
		if index < 0 {
			c.setting(
				instance,
				"IAM Identity Center",
				fmt.Sprintf("gives everybody the session tag %s from %s, and did not", a.Key, a.Source),
				true,
			)
		} else {
			c.one(
				instance,
				"IAM Identity Center",
				"the source of the session tag "+a.Key,
				was[index].Source.String(),
				a.Source.String(),
				true,
			)
		}
	}
	for _, o := range was {
		if !slices.ContainsFunc(is, func(a world.AccessControlAttribute) bool { return a.Key == o.Key }) {
			c.setting(
				instance,
				"IAM Identity Center",
				fmt.Sprintf("gives nobody the session tag %s any more: an identity provider chooses it", o.Key),
				true,
			)
		}
	}
}

// isMember reports whether the ARN is that of a user or group of IAM Identity Center.
func isMember(arn string) bool {
	parsed, err := policy.ParseARN(arn)
	return err == nil && parsed.Service == "identitystore"
}

func attributesOf(s *Side) []world.AccessControlAttribute {
	if s.World.IdentityCenter == nil {
		return nil
	}
	return s.World.IdentityCenter.Attributes
}

// assigned is an assignment with the id of who is assigned.
type assigned struct {
	world.PermissionSetAssignment
	id string
}

func (s *Side) assigned() []assigned {
	if s.World.IdentityCenter == nil {
		return nil
	}
	var out []assigned
	for _, a := range s.World.IdentityCenter.Assignments {
		who := Member{Name: a.User}
		if a.Group != "" {
			who = Member{Group: true, Name: a.Group}
		}
		out = append(out, assigned{a, s.People[who]})
	}
	return out
}

func (c *comparison) assignments() {
	before, after := c.from.assigned(), c.to.assigned()
	for _, gains := range []bool{true, false} {
		list, others, verb := after, before, "gains"
		if !gains {
			list, others, verb = before, after, "loses"
		}
		for _, a := range list {
			if slices.Contains(others, a) {
				continue
			}
			who := a.User
			if a.Group != "" {
				who = "whoever is in the group " + a.Group
			}
			if slices.ContainsFunc(
				others,
				func(o assigned) bool { return o.PermissionSetAssignment == a.PermissionSetAssignment },
			) {
				who += " (" + a.id + ")"
			}
			c.Assignments = append(c.Assignments, AssignmentChange{
				Gains:         gains,
				PermissionSet: a.PermissionSet,
				Account:       a.Account,
				User:          a.User,
				Group:         a.Group,
				ID:            a.id,
				Line: fmt.Sprintf(
					"%s of IAM Identity Center %s the permission set %s in %s",
					who,
					verb,
					a.PermissionSet,
					c.accountWords(a.Account),
				),
			})
		}
	}
}
