package sections

import (
	"strings"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// teamsKind takes teams: a name each, with the names of users of the stack.
var teamsKind = strictyaml.TableOf(strictyaml.Words(strictyaml.Text(teamMember).Pattern(namePattern)), ValidateTeamName).
	IgnoringCase()

// ValidateTeamName accepts what can be written behind an alias, as the name of a user can.
func ValidateTeamName(s string) error {
	if policy.ValidateUserName(s) != nil {
		return strictyaml.Says("is no name for a team", "use 1 to 64 letters, digits and _+=,.@-, as for a user")
	}
	return nil
}

// teamMember accepts the name of a user of this stack. People of other stacks are in teams of those.
func teamMember(s string) error {
	if strings.Contains(s, "/") {
		return strictyaml.Says("is not a name of guardrails:users",
			"write the name alone; a team has users of its own stack, and people of another stack are in a team there")
	}
	return policy.ValidateUserName(s)
}

// teamDoc is what every list of people takes besides persons.
const teamDoc = " A team of guardrails:teams, as team or alias/team, stands for everybody in it."
