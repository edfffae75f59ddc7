package workspace

import (
	"slices"
	"time"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/result"
)

// shutTimes are the times in which shells were shut, by the order of the stacks. Only what this run did counts: an
// attachment that it made, before doors that it made. A stack without new roles had its doors before.
func shutTimes(reports []*result.Report, targets map[string]target) []result.Shut {
	from := shutFrom(reports, targets)
	var shut []result.Shut
	for _, r := range reports {
		began, ok := from[r.Account]
		if !ok || !r.Ended.IsZero() && r.Ended.Before(began) {
			continue
		}
		s := result.Shut{Account: r.Account, Stack: r.Stack, From: began.UTC()}
		switch {
		case r.Outcome == result.OutcomeDone && !slices.ContainsFunc(r.ChangesBy(result.Create, result.Replace), isRole):
			continue
		case r.Outcome == result.OutcomeDone:
			s.Until = r.Ended
		}
		shut = append(shut, s)
	}
	return shut
}

// shutFrom is since when shells are shut, by account: since the first attachment of this run that shuts them.
func shutFrom(reports []*result.Report, targets map[string]target) map[string]time.Time {
	from := map[string]time.Time{}
	for _, r := range reports {
		for _, s := range targets[r.Stack].shuts {
			first, found := r.FirstMade(shutSuffix(s))
			if !found {
				continue
			}
			for _, account := range s.Accounts {
				if began, known := from[account]; !known || first.Before(began) {
					from[account] = first
				}
			}
		}
	}
	return from
}

// shutSuffix is how the name of the attachment ends that shuts shells.
func shutSuffix(s stack.ShutShells) string { return "-attachment-" + s.Policy + "-" + s.Target }

func isRole(c result.Change) bool { return c.Type == token.IAMRole }
