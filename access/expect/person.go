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
			"as.identityCenter",
			"is a person of IAM Identity Center, and no stack that is read here configures an instance; add identityCenter to one of them",
		)
	case x.Via == "":
		return journey.Journey{}, cannot(
			"via",
			"is missing; name the permission set with which %s comes in",
			x.Person.UserName,
		)
	}
	if err := knows(center, x.Person); err != nil {
		return journey.Journey{}, err
	}
	role, err := permissionSetRole(r.engine, x.Via, r.home)
	if err != nil {
		return journey.Journey{}, cannot("via", "%s", err)
	}
	r.caller = role
	j := journey.Journey{Portal: &journey.Portal{Person: *x.Person, Role: role.Arn}, At: x.At}
	if x.Then != "" {
		next, err := named(r.engine, engine.RolePrincipal, x.Then, r.home)
		if err != nil {
			return journey.Journey{}, cannot("then", "%s", err)
		}
		r.caller = next
		j.Via = []journey.Hop{{Role: next.Arn}}
	}
	return j, nil
}

// knows refuses a person about whom nothing would be true: nobody has the user name, the groups or the attributes.
func knows(c *world.IdentityCenterInstance, p *world.Person) *expectationError {
	if p.UserName == "" {
		return cannot("as.identityCenter", "is missing; write the user name of the person")
	}
	if len(p.Groups) == 0 && !slices.Contains(c.Users, p.UserName) {
		return cannot(
			"as.identityCenter",
			"%q is nobody whom identityCenter.users has, and is in no group; %s",
			p.UserName,
			meant(p.UserName, c.Users, "write groups with the groups of the person"),
		)
	}
	for _, group := range p.Groups {
		if !slices.Contains(c.Groups, group) {
			return cannot(
				"as.groups",
				"%q is no group of identityCenter.groups; %s",
				group,
				meant(group, c.Groups, "an expectation about what does not exist is worth nothing"),
			)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(p.Profile)) {
		source, err := world.ParseAttributeSource("${path:" + path + "}")
		if err != nil {
			return cannot("as.attributes", "%q %s", path, err)
		}
		if value := p.Profile[path]; source.Path == "userName" && value != p.UserName {
			return cannot("as.attributes", "%q is another user name than %q; leave it out", value, p.UserName)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Asserted)) {
		if err := policy.ValidateTagKey(key); err != nil {
			return cannot("as.asserted", "%q %s", key, err)
		}
	}
	return nil
}

// permissionSetRole finds the role of a permission set by "name" or "account/name".
func permissionSetRole(e *engine.Engine, name string, home *world.Account) (*engine.Principal, error) {
	if policy.IsARN(name) {
		return nil, fmt.Errorf(
			"%q is an ARN, and a person of IAM Identity Center takes a permission set; write its name, or account/name",
			name,
		)
	}
	home, plain := accountNamed(e, name, home)
	if home == nil {
		return nil, fmt.Errorf(
			"%q names an account that this world does not have; write the name alone, or the alias of a stack of this folder",
			name,
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
	return nil, fmt.Errorf(
		"%q is no permission set that is assigned in account %s; %s",
		name,
		cmp.Or(home.Alias, home.ID),
		meant(plain, sets, "name the account in which it is taken: account/name"),
	)
}
