package sections

import (
	"strings"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// PersonOrTeam is somebody as a list of people names them: the name of a user of this stack or of one of its teams,
// alias/name for those of another stack. Who that is, nobody knows before the stack is resolved.
type PersonOrTeam string

// people takes a list of people. arns is the key that takes ARNs.
func people(arns string) *strictyaml.ListType[PersonOrTeam] {
	one := strictyaml.WordType[PersonOrTeam]{TextType: strictyaml.Text(person(arns)).Pattern(personPattern)}
	return strictyaml.ListOf(one).Distinct(func(who PersonOrTeam) string { return string(who) })
}

// person accepts the name of a user of this stack, and alias/name. ARNs belong into the key of that name.
func person(arns string) func(string) error {
	return func(s string) error {
		if strings.HasPrefix(s, "arn:") {
			return strictyaml.Says("is an ARN", "move it to "+arns+"; this key takes names of guardrails:users")
		}
		_, name := SplitPerson(s)
		return policy.ValidateUserName(name)
	}
}

// SplitPerson is the alias and the name of "alias/name"; the alias is empty for people of this stack.
func SplitPerson(person string) (alias, name string) {
	alias, name, found := strings.Cut(person, "/")
	if !found {
		return "", person
	}
	return alias, name
}
