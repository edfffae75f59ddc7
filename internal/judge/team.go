package judge

import (
	"slices"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expect"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/internal/stack"
)

// expectTeam judges the expectation of the stack at the index. One about a team must hold of everybody in it: the
// result is that of the first member for whom it does not hold, and it holds under all assumptions that it needs for
// any of them.
func expectTeam(engine *access.Engine, s *stack.Stack, index int, x expectation.Expectation) expect.ExpectationResult {
	team := s.Expect[index].As
	members, isTeam := s.TeamMembers(team)
	if !isTeam || x.Person != nil {
		return expect.Check(engine, x)
	}
	var all expect.ExpectationResult
	for i, member := range members {
		one := x
		one.As = byAccount(s, member)
		r := expect.Check(engine, one)
		r.Expectation, r.Subject = x, "team "+team+": "+r.Subject
		for _, a := range all.Assumptions {
			if !slices.Contains(r.Assumptions, a) {
				r.Assumptions = append(r.Assumptions, a)
			}
		}
		if r.Verdict == prove.DoesNotHold {
			return r
		}
		if i == 0 || r.Verdict >= all.Verdict {
			all = r
		} else {
			all.Assumptions = r.Assumptions
		}
	}
	return all
}
