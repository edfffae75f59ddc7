package expect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// fromPortal is the way of a person of IAM Identity Center, with the permission set.
func (r *expectationReader) fromPortal() (journey.Journey, *expectationError) {
	x, center := r.x, r.engine.World().IdentityCenter
	switch {
	case center == nil:
		return journey.Journey{}, cannot(
			"as.identityCenter", "add identityCenter to one of them",
			"is a person of IAM Identity Center, and no stack that is read here configures an instance",
		)
	case x.Via == "":
		return journey.Journey{}, cannot(
			"via", fmt.Sprintf("name the permission set with which %s comes in", x.Person.UserName),
			"is missing",
		)
	}
	if err := knows(center, x.Person); err != nil {
		return journey.Journey{}, err
	}
	role, err := permissionSetRole(r.engine, x.Via, r.home)
	if err != nil {
		return journey.Journey{}, cannotFor("via", err)
	}
	r.caller = role
	j := journey.Journey{Portal: &journey.Portal{Person: *x.Person, Role: role.Arn}, At: x.At}
	if x.Then != "" {
		next, err := named(r.engine, engine.RolePrincipal, x.Then, r.home)
		if err != nil {
			return journey.Journey{}, cannotFor("then", err)
		}
		r.caller = next
		j.Via = []journey.Hop{{Role: next.Arn}}
	}
	return j, nil
}

// knows refuses a person about whom nothing would be true: nobody has the user name, the groups or the attributes.
func knows(c *world.IdentityCenterInstance, p *world.Person) *expectationError {
	if p.UserName == "" {
		return cannot("as.identityCenter", "write the user name of the person", "is missing")
	}
	if len(p.Groups) == 0 && !slices.Contains(c.Users, p.UserName) {
		return cannot(
			"as.identityCenter", meant(p.UserName, c.Users, "write groups with the groups of the person"),
			"%q is nobody whom identityCenter.users has, and is in no group", p.UserName,
		)
	}
	for _, group := range p.Groups {
		if !slices.Contains(c.Groups, group) {
			return cannot(
				"as.groups", meant(group, c.Groups, "an expectation about what does not exist is worth nothing"),
				"%q is no group of identityCenter.groups", group,
			)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(p.Profile)) {
		source, err := world.ParseAttributeSource("${path:" + path + "}")
		if err != nil {
			why, fix := policy.Reason(err)
			return cannot("as.attributes", fix, "%q %s", path, why)
		}
		if value := p.Profile[path]; source.Path == "userName" && value != p.UserName {
			return cannot("as.attributes", "leave it out", "%q is another user name than %q", value, p.UserName)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Asserted)) {
		if err := policy.ValidateTagKey(key); err != nil {
			why, fix := policy.Reason(err)
			return cannot("as.asserted", fix, "%q %s", key, why)
		}
	}
	return nil
}

// permissionSetRole finds the role of a permission set by "name" or "account/name".
func permissionSetRole(e *engine.Engine, name string, home *world.Account) (*engine.Principal, error) {
	if policy.IsARN(name) {
		return nil, policy.Refusef(
			"write its name, or account/name",
			"%q is an ARN, and a person of IAM Identity Center takes a permission set", name,
		)
	}
	home, plain := accountNamed(e, name, home)
	if home == nil {
		return nil, policy.Refusef(
			"write the name alone, or the alias of a stack of this folder",
			"%q names an account that this world does not have", name,
		)
	}
	var sets []string
	for i := range home.Roles {
		if r := &home.Roles[i]; r.PermissionSet == plain && plain != "" {
			return e.Principals[r.ARN(home)], nil
		}
		if set := home.Roles[i].PermissionSet; set != "" {
			sets = append(sets, set)
		}
	}
	return nil, policy.Refusef(
		meant(plain, sets, "name the account in which it is taken: account/name"),
		"%q is no permission set that is assigned in account %s", name, cmp.Or(home.Alias, home.ID),
	)
}
