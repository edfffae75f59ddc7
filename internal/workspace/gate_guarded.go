package workspace

import (
	"slices"
	"strconv"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/guarded"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/urn"
	"aws-access-guardrails/problem"
)

// guard refuses a plan of up that deletes or replaces guarded resources, or takes guarded arguments off resources that
// stay, which nobody named. What the plan puts back is no edit. Destroy is asked for by name, and says what goes.
func (s *session) guard(stack string, plan *result.Report) error {
	if s.operation != result.Up {
		return nil
	}
	going := plan.ChangesBy(result.Delete)
	var problems problem.List
	for _, c := range plan.ChangesBy(result.Delete, result.Replace) {
		g := guarded.GuardOf(c.URN)
		hangsOnOneThatGoes := c.HangsOn != "" && slices.ContainsFunc(going, func(other result.Change) bool {
			return c.HangsOn == other.ID || c.HangsOn == other.Physical && guarded.Carries(other.Type)
		})
		if g == nil || s.allowed(c) || c.Op == result.Delete && hangsOnOneThatGoes ||
			c.Op == result.Replace && plan.Standing[c.URN].Unedited(c.Properties) {
			continue
		}
		problems = append(problems, s.refusal(stack, c, g, "would be "+c.Op.Past()))
	}
	for _, c := range plan.ChangesBy(result.Update, result.Replace) {
		for _, property := range c.Lost {
			g := guarded.Property(c.URN, property)
			if g == nil || s.allowed(c) || !plan.Standing[c.URN].Had(property) {
				continue
			}
			problems = append(problems, s.refusal(stack, c, g, "would lose its "+property))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &exit.RefusedError{Stack: stack, Err: problems.Err()}
}

// allowed reports whether a change was named by whoever started the command.
func (s *session) allowed(c result.Change) bool {
	return slices.Contains(s.options.AllowDelete, c.Name) || slices.Contains(s.options.AllowDelete, c.URN)
}

// refusal is what is said of a change to what is guarded.
func (s *session) refusal(stack string, c result.Change, g *awstype.Guard, would string) *problem.Problem {
	position := problem.Position{File: s.folder.RelativeFile(stack)}
	if to := s.targets[stack]; to.positionOf != nil {
		if found := to.positionOf(problem.Path(g.Path)); found.File != "" { // The section may be gone too.
			position = found
		}
	}
	return &problem.Problem{
		Position: position,
		Path:     problem.Path(g.Path),
		Kind:     problem.Refused,
		Value:    problem.Written(urn.ShortType(c.Type) + " " + strconv.Quote(c.Name)),
		Why:      would + ": " + g.Losing,
		Fix:      "add --allow-delete " + c.Name + " if that is meant",
	}
}
