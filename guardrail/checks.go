package guardrail

import (
	"fmt"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// CheckOSUser refuses what is no login of a person, and tells whether it did not. The agent's own user is a legal
// login, which Run As takes: its shells could do everything on the node.
func CheckOSUser(p *problem.List, path problem.Path, name string) bool {
	if name == world.AgentUser {
		p.Add(
			path,
			name,
			"is the user of the Systems Manager agent, who has sudo",
			"write a login name without privileges",
		)
		return false
	}
	return p.Check(path, name, policy.ValidateOSUser(name))
}

// OwnDocument is a document of permissions that the admin has written, or that has statements of theirs.
type OwnDocument struct {
	// Path is where it is named, relative to the section as in problems.
	Path problem.Path
	// What names it in a sentence.
	What     string
	Document policy.Document
}

// CheckRole holds the documents of a role against AWS's rules and quotas; the trust policy only of a role that has
// principals.
func CheckRole(p *problem.List, path problem.Path, role world.Role, trusted bool, quotas policy.Quotas) {
	if trusted {
		p.Document(path, "trust policy of "+role.Name, role.Trust, policy.Trust, quotas)
	}
	var all []policy.Document
	for _, inline := range role.Inline {
		p.Document(
			path,
			fmt.Sprintf("inline policy %s of %s", inline.Name, role.Name),
			inline.Document,
			policy.RoleInline,
			quotas,
		)
		all = append(all, inline.Document)
	}
	if len(*p) == 0 {
		p.Check(path, nil, policy.ValidateTotal(policy.RoleInline, quotas, all...))
	}
}
