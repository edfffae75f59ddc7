package stack

import (
	"time"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/problem"
)

// noun is a row of the registry of nouns: what is asked of everything that an account can have. World, intent, notices,
// the order of stacks, the lists of people and the places of proofs range over the rows, and package program makes a
// component of each. The rows are written without the names of the columns, so that a row that lacks one does not
// compile.
type noun struct {
	// key is the key of the stack file.
	key string
	// parts are the Args of its components, in the order of the file.
	parts func(*Stack) []part
	// intent adds what its documents are for.
	intent func(*Stack, *intent.Account)
	// notices are what it has to say at an instant; their paths are whole.
	notices func(*Stack, time.Time) guardrail.Notices
	// makes are the users and roles that it makes, of which proofs speak, each with its place in the file.
	makes func(*Stack) []principalAt
	// roles are the roles that lists of people of its section may take, in the order of the file, without their People.
	roles func(*Stack) []Role
	// people are the ARNs of the people of other accounts whom its trust policies name.
	people func(*Stack) []string
}

// part is the Args of one component.
type part struct {
	// section is put before the paths of problems; empty where they are whole.
	section problem.Path
	args    args
	// derived are the Args that come from other sections, which report what is wrong there themselves.
	derived []problem.Path
}

type args interface {
	Validate() error
	AddTo(*world.Account)
}

// principalAt is a user or role by its ARN, with the path of the entry that makes it.
type principalAt struct {
	arn  string
	path problem.Path
}

// single is the part of a noun with one component at most; nil Args are none.
func single[T any, P interface {
	*T
	args
}](a P, section problem.Path, derived ...problem.Path) []part {
	if a == nil {
		return nil
	}
	return []part{{section, a, derived}}
}

// each are the parts of a noun with a component for each element of its section.
func each[P args](all []P, section func(i int) problem.Path, derived ...problem.Path) []part {
	parts := make([]part, len(all))
	for i, a := range all {
		parts[i] = part{section(i), a, derived}
	}
	return parts
}

// elements are the paths of the elements of a section.
func elements(section problem.Path) func(i int) problem.Path { return section.Index }
