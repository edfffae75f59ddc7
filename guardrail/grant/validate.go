package grant

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section
// "grants". It never looks at the clock.
func (a *Args) Validate() error {
	var p problem.List
	if a.OSAccess == nil {
		p.Add(
			"opens",
			string(GrantOSAccess),
			"is not described: there is no section osAccess",
			"add osAccess, the template of what a grant opens",
		)
		return p
	}
	a.validatePerson(&p)
	if a.Opens != "" && a.Opens != GrantOSAccess {
		p.Add("opens", string(a.Opens), "is nothing that can be granted", "write "+string(GrantOSAccess))
	}
	a.validateGrantProjects(&p)
	a.OSAccess.ValidateRunAs(&p, "runAs", a.RunAs, true)
	a.validateWindow(&p)
	a.validateTicket(&p)
	if err := a.OSAccess.Validate(); err != nil && len(p) == 0 {
		// The template reports its own problems where they are written; a grant of it cannot be judged.
		p.Add("opens", string(GrantOSAccess), "has problems of its own", "correct the section osAccess")
	}
	if len(p) == 0 {
		guardrail.CheckRole(&p, "", a.Role(), true, a.Quotas)
	}
	return p.Err()
}

func (a *Args) validatePerson(p *problem.List) {
	const who = "write the name of a user of this account, such as alice, of another stack's, such as jump/alice, or the ARN of a user"
	if a.Person == "" {
		p.Add("person", nil, "is missing", who)
		return
	}
	if !p.Check("person", a.Person, policy.ValidateTagValue(a.Person)) {
		return
	}
	switch {
	case a.User == "" && a.PrincipalARN == "":
		p.Add("person", a.Person, "is nobody", who)
	case a.User != "" && a.PrincipalARN != "":
		p.Add("person", a.Person, "is a user of this account and of another", who)
	case a.User != "":
		if !p.Check("person", a.User, policy.ValidateUserName(a.User)) {
			return
		}
	default:
		if why, fix := guardrail.RefusedPrincipal(a.OSAccess.Account.Partition, a.PrincipalARN); why != "" {
			p.Add("person", a.PrincipalARN, why, fix)
			return
		}
	}
	if name := a.userName(); name != "" && policy.ValidateRoleSessionName(name) != nil {
		p.Add("person", a.Person, guardrail.TooShortForSessions, "give the user a name of two characters or more")
	}
}

func (a *Args) validateGrantProjects(p *problem.List) {
	guardrail.ValidateProjects(p, a.Projects)
	for i, project := range a.Projects {
		if len(a.OSAccess.Projects) > 0 && !slices.Contains(a.OSAccess.Projects, project) {
			p.Add(
				problem.At("projects", i),
				project,
				"is not among osAccess.projects",
				"use "+strings.Join(a.OSAccess.Projects, ", ")+", or add it there",
			)
		}
	}
}

func (a *Args) validateWindow(p *problem.List) {
	const write = "write an instant with its offset in quotes, such as \"2026-12-01T09:00:00+09:00\""
	sound := true
	for _, end := range []struct {
		path    string
		instant time.Time
	}{{"from", a.From}, {"until", a.Until}} {
		switch {
		case end.instant.IsZero():
			p.Add(end.path, nil, "is missing", write)
			sound = false
		case end.instant.Nanosecond() != 0:
			p.Add(end.path, instant(end.instant), "is not in whole seconds, and policies know no others", write)
			sound = false
		}
	}
	if !sound {
		return
	}
	most := a.OSAccess.LongestGrant()
	switch length := a.Until.Sub(a.From); {
	case length <= 0:
		p.Add("until", instant(a.Until), "is not after from, "+instant(a.From), "write a later instant")
	case length > most:
		p.Add(
			"until",
			instant(a.Until),
			fmt.Sprintf("is %s after from, and osAccess.grantMaxLength is %s", length, most),
			"end it by "+instant(a.From.Add(most).In(a.Until.Location()))+", or write several grants",
		)
	}
}

func (a *Args) validateTicket(p *problem.List) {
	switch {
	case strings.TrimSpace(a.Ticket) == "":
		p.Add("ticket", nil, "is missing", "write why the grant exists, such as CHG1234")
	case !p.Check("ticket", a.Ticket, policy.ValidateTagValue(a.Ticket)):
	case a.userName() != "":
		name := a.RoleName()
		if p.Check("ticket", name, policy.ValidateRoleName(name)) {
			p.Check("ticket", name, policy.ValidateSwitchRole(guardrail.OSAccessRolePath, name))
		}
	}
}

// ValidateAll holds the grants of an account against one another: two must not have the role name in common. Paths
// are whole, such as "grants[1].ticket". The grants themselves have a Validate of their own.
func ValidateAll(grants []*Args) error {
	var p problem.List
	for i, grant := range grants {
		if grant.Ticket == "" || grant.userName() == "" {
			continue
		}
		name := grant.RoleName()
		same := func(earlier *Args) bool { return strings.EqualFold(earlier.RoleName(), name) }
		if j := slices.IndexFunc(grants[:i], same); j >= 0 {
			p.Add(problem.Join(problem.At("grants", i), "ticket"), grant.Ticket,
				fmt.Sprintf("gives the role %s to %s, which %s has too", name, grant.Person, problem.At("grants", j)),
				"write one window, or tell the tickets apart, such as "+grant.Ticket+"-2")
		}
	}
	return p.Err()
}

// instant is how notices and problems write an instant: with the offset that the admin wrote, and in UTC.
func instant(t time.Time) string {
	written := t.Format(time.RFC3339)
	if utc := policy.Timestamp(t); utc != written {
		return written + " (" + utc + ")"
	}
	return written
}
