package stack

import (
	"slices"
	"time"

	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/problem"
)

// Role is a role that a list of people may take.
type Role struct {
	// ARN is the role's. Keys are the place of what makes it, such as "operationRoles[1]": the section, then an index; a
	// section alone for the shared role of OS access.
	ARN  string
	Keys []any
	// Users and PrincipalARNs are the places of its lists of people, as the file has them, with what they say.
	Users, PrincipalARNs People
	// People are the ARNs of all who may take it, those of teams too.
	People []string
	// OSUser is the OS user of its shells, for everybody alike; empty where each has their own or the default one.
	OSUser string
	// MaxSession is the longest session.
	MaxSession time.Duration
}

// People is a list of people as the file has it, and where it is.
type People struct {
	Keys []any
	List []string
}

// roleAt is a role at a place, with its lists of people under two keys.
func roleAt(keys []any, users, arns string) Role {
	return Role{
		Keys:          keys,
		Users:         People{Keys: append(slices.Clone(keys), users)},
		PrincipalARNs: People{Keys: append(slices.Clone(keys), arns)},
	}
}

// list says what the two lists have.
func (r *Role) list(users []sections.PersonOrTeam, arns []string) {
	for _, who := range users {
		r.Users.List = append(r.Users.List, string(who))
	}
	r.PrincipalARNs.List = arns
}

// path is where the list stands.
func (p People) path() problem.Path {
	section, _ := p.Keys[0].(string)
	path := stackPath(problem.Path(section))
	for _, key := range p.Keys[1:] {
		switch key := key.(type) {
		case string:
			path = path.Child(key)
		case int:
			path = path.Index(key)
		}
	}
	return path
}
