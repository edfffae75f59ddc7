package judge

import (
	"slices"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/policy"
)

// ofUnread gives an expectation that cannot be judged its cause, where that is another stack of the folder whose file
// is refused: the world has not its account then, and nothing is wrong with the expectation.
func ofUnread(judged access.World, s *stack.Stack, r expect.ExpectationResult) expect.ExpectationResult {
	if r.Problem == nil {
		return r
	}
	x := r.Expectation
	name := map[string]string{"as": x.As, "via": x.Via, "then": x.Then, "on.user": x.On.User, "on.role": x.On.Role}[r.Field]
	alias, _ := sections.SplitPerson(name)
	for _, other := range s.Siblings {
		if other.Named(alias) && !slices.ContainsFunc(
			judged.Accounts,
			func(a world.Account) bool { return a.ID == other.AccountID },
		) {
			r.Problem = policy.Refusef(
				"mend Pulumi."+other.Stack+".yaml first",
				"%q is of the stack %s, whose file is refused", name, other.Stack,
			)
		}
	}
	return r
}
