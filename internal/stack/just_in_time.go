package stack

import (
	"cmp"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// JustInTimeAccess is the section "justInTime" complete, nil where there is none.
func (s *Stack) JustInTimeAccess() *justintime.Args {
	if s.JustInTime == nil {
		return nil
	}
	a := *s.JustInTime
	a.Account, a.ProjectTag, a.Quotas, a.Sessions = s.Account.Account, s.Tags.Project, s.Quotas, s.Preferences()
	a.HomeRegion = cmp.Or(a.HomeRegion, s.AWS.Region)
	return &a
}

// RequestersGoRound are the requesters of just-in-time access whom AWS would take past every approval, or whose
// requests it would always refuse, in the world of the engine. No document of a requester depends on the time, so
// that of the question is any.
func (s *Stack) RequestersGoRound(e *access.Engine) strictyaml.Problems {
	a := s.JustInTimeAccess()
	if a == nil {
		return nil
	}
	var out strictyaml.Problems
	for _, p := range problem.Of(CheckRequesters(a, e, time.Unix(0, 0).UTC())).Under("justInTime") {
		path := strictyaml.Path(stackfile.Namespace + ":" + p.Path)
		at := s.Position(path)
		at.File = s.File
		out = append(
			out,
			strictyaml.Problem{
				Position: at,
				Path:     path,
				Kind:     strictyaml.Unproven,
				Value:    shownValue(p.Value),
				Why:      p.Why,
				Fix:      p.Fix,
			},
		)
	}
	return out
}
