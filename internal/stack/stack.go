package stack

import (
	"cmp"

	"aws-access-guardrails/internal/stackfile"
)

// Stack is a stack file that holds together: its sections with the defaults that depend on one another, and the people
// of its lists resolved. It is what an admin wrote and nothing that AWS knows. The methods are the Args of the nouns,
// complete: whom they name are users of this account by their names, and everybody else by an ARN.
type Stack struct {
	stackfile.Sections
	// fromFiles says that it has what stands in other files that its own names.
	fromFiles bool
	// homeAlone says that the preferences are those of aws:region, because the file lists no Regions.
	homeAlone bool
}

// SignInName is what links call the account: its alias, or its id.
func (s *Stack) SignInName() string { return cmp.Or(s.Account.Alias, s.Account.ID) }

// ProjectTag is the key of the tag that pairs roles with nodes.
func (s *Stack) ProjectTag() string { return s.Tags.Project }
