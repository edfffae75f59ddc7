package stack

import (
	"cmp"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/problem"
)

// JustInTimeAccess is the section "justInTime" complete, nil where there is none.
func (s *Stack) JustInTimeAccess() *justintime.Args {
	if s.JustInTime == nil {
		return nil
	}
	a := *s.JustInTime
	a.Account, a.ProjectTag, a.Quotas, a.Sessions = s.Account.Account, s.Tags.Project, s.Quotas, s.Preferences()
	a.ProjectSeparator = s.Tags.ProjectSeparator
	a.HomeRegion = cmp.Or(a.HomeRegion, s.AWS.Region)
	return &a
}

// RequestersGoRound are the requesters of just-in-time access whom AWS would take past every approval, or whose
// requests it would always refuse, in the world of the engine. No document of a requester depends on the time, so
// that of the question is any.
func (s *Stack) RequestersGoRound(e *access.Engine) problem.List {
	a := s.JustInTimeAccess()
	if a == nil {
		return nil
	}
	out := problem.Of(CheckRequesters(a, e, time.Unix(0, 0).UTC())).Under("justInTime")
	for _, p := range out {
		p.Path, p.Kind = stackPath(p.Path), problem.Unproven
		p.Position = s.Position(p.Path)
		p.File = s.File
	}
	return out
}
