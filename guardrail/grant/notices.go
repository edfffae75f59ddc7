package grant

import (
	"fmt"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Notices says which grants have ended at the instant now, and which overlap for the same person. It decides nothing:
// what is deployed does not depend on the clock. Paths are whole, such as "grants[1]".
func Notices(grants []*Args, now time.Time) guardrail.Notices {
	var n guardrail.Notices
	for i, grant := range grants {
		path := problem.Path("grants").Index(i)
		if !grant.Until.After(now) {
			n.Add(
				path,
				fmt.Sprintf("of %s ended at %s and opens nothing any more; remove it when its shells have ended, by %s",
					grant.Person, instant(grant.Until), instant(grant.ShellsEndBy())),
			)
		}
		for j, earlier := range grants[:i] {
			if earlier.principal() == grant.principal() && earlier.opens() == grant.opens() &&
				earlier.From.Before(grant.Until) &&
				grant.From.Before(earlier.Until) {
				n.Add(path, fmt.Sprintf(
					"of %s overlaps with %s (ticket %s): together they are open from %s to %s",
					grant.Person,
					problem.Path("grants").Index(j),
					earlier.Ticket,
					instant(minTime(earlier.From, grant.From)),
					instant(maxTime(earlier.Until, grant.Until)),
				))
			}
		}
	}
	return n
}

// principal is the ARN of the person's user, or the id in IAM Identity Center; empty when nobody is named.
func (a *Args) principal() string {
	t, described := a.template()
	switch {
	case a.IdentityCenter.ID != "":
		return a.IdentityCenter.ID
	case a.User == "" || !described:
		return a.PrincipalARN
	}
	return t.account.Partition.UserARN(t.account.ID, t.userPaths[a.User], a.User)
}

// ShellsEndBy is when the last shell that can be opened under the grant has been ended by Session Manager.
func (a *Args) ShellsEndBy() time.Time {
	t, _ := a.template()
	if t.sessions == nil {
		return a.Until
	}
	return a.Until.Add(t.sessions.SessionLength())
}

// EndShells are the command lines that end the shells of the grant that are open: EndShellsOf its role and person.
// Ending the window does not end them. There are none where the account has no preferences of Session Manager.
func (a *Args) EndShells() []string {
	t, _ := a.template()
	if t.sessions == nil {
		return nil
	}
	return EndShellsOf(t.account, t.sessions.Regions, a.RoleName(), a.userName())
}

// EndShellsOf are the command lines that end the shells that somebody has open in a role of the account, whose
// sessions are named after the person: one line for each Region, for somebody in the account who may call
// ssm:DescribeSessions and ssm:TerminateSession.
func EndShellsOf(account guardrail.Account, regions []string, role, person string) []string {
	owner := account.Partition.AssumedRoleARN(account.ID, role, person)
	var lines []string
	for _, region := range regions {
		lines = append(
			lines,
			fmt.Sprintf("aws ssm describe-sessions --region %s --state Active --filters key=Owner,value=%s "+
				"--query 'Sessions[].SessionId' --output text | tr '\\t' '\\n' | xargs -r -n 1 aws ssm terminate-session --region %s --session-id",
				region, owner, region),
		)
	}
	return lines
}

// Window is the window as policies carry it: RFC 3339 in UTC, from the first second to the first one after the end.
func (a *Args) Window() (from, until string) {
	return policy.Timestamp(a.From), policy.Timestamp(a.Until)
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
