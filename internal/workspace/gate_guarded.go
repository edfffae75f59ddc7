package workspace

import (
	"fmt"
	"slices"
	"strconv"

	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/guarded"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
	"aws-access-guardrails/problem"
)

// guard refuses a plan of up that deletes or replaces guarded resources which nobody named. Destroy is asked for by
// name, and says what goes.
func (s *session) guard(stack string, plan *result.Report) error {
	if s.operation != result.Up {
		return nil
	}
	to := s.targets[stack]
	going := plan.Of(result.Delete)
	var problems problem.List
	for _, c := range plan.Of(result.Delete, result.Replace) {
		g := guarded.Of(c.URN)
		hangsOnOneThatGoes := c.On != "" && slices.ContainsFunc(going, func(other result.Change) bool {
			return c.On == other.ID || c.On == other.Physical && guarded.Carries(other.Type)
		})
		if g == nil || slices.Contains(s.options.AllowDelete, c.Name) ||
			slices.Contains(s.options.AllowDelete, c.URN) ||
			c.Op == result.Delete && hangsOnOneThatGoes {
			continue
		}
		at := problem.Position{File: s.folder.RelativeFile(stack)}
		if to.at != nil {
			if found := to.at(problem.Path(g.Path)); found.File != "" { // The section may be gone too.
				at = found
			}
		}
		problems = append(problems, &problem.Problem{
			Position: at,
			Path:     problem.Path(g.Path),
			Kind:     problem.Refused,
			Value:    problem.Written(urn.ShortType(c.Type) + " " + strconv.Quote(c.Name)),
			Why: fmt.Sprintf(
				"would be %s: %s",
				c.Op.Past(),
				g.Losing,
			),
			Fix: "add --allow-delete " + c.Name + " if that is meant",
		})
	}
	if len(problems) == 0 {
		return nil
	}
	return &exit.RefusedError{Stack: stack, Err: problems.Err()}
}
