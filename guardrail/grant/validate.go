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
	t, described := a.template()
	if !described {
		a.validateOpens(&p)
		return p
	}
	a.validatePerson(&p, t)
	a.validateProjects(&p, t)
	a.validateRunAs(&p)
	a.validateWindow(&p, t)
	a.validateTicket(&p, t)
	a.validateApproval(&p)
	if a.templateHasProblems() && len(p) == 0 {
		// What is opened reports its own problems where they are written; a grant of it cannot be judged.
		p.Add("opens", string(a.opens()), "has problems of its own", "correct the section "+t.section)
	}
	if len(p) == 0 {
		guardrail.CheckRole(&p, "", a.Role(), true, a.Quotas)
	}
	return p.Err()
}

// validateOpens says why nothing describes what is granted.
func (a *Args) validateOpens(p *problem.List) {
	if a.opens() == GrantOSAccess {
		p.Add(
			"opens",
			string(GrantOSAccess),
			"is not described: there is no section osAccess",
			"add osAccess, the template of what a grant opens, or write the name of a role",
		)
		return
	}
	p.Add(
		"opens",
		string(a.Opens),
		"is nothing that can be granted",
		"write "+string(GrantOSAccess)+", or the name of a role of operationRoles or delegatedRoles",
	)
}

func (a *Args) templateHasProblems() bool {
	switch {
	case a.OSAccess != nil:
		return a.OSAccess.Validate() != nil
	case a.DelegatedRole != nil:
		return a.DelegatedRole.Validate() != nil
	}
	return a.OperationRoles.Validate() != nil
}

func (a *Args) validatePerson(p *problem.List, t template) {
	const who = "write the name of a user of this account, such as alice, of another stack's, such as jump/alice, or the ARN of a user"
	if a.Person == "" {
		p.Add("person", nil, "is missing", who)
		return
	}
	if !p.Check("person", a.Person, policy.ValidateTagValue(a.Person)) {
		return
	}
	switch {
	case a.IdentityCenter.ID != "":
		a.validateIdentityCenterUser(p)
		return
	case a.User == "" && a.PrincipalARN == "":
		p.Add("person", a.Person, "is nobody", who)
	case a.User != "" && a.PrincipalARN != "":
		p.Add("person", a.Person, "is a user of this account and of another", who)
	case a.User != "":
		if !p.Check("person", a.User, policy.ValidateUserName(a.User)) {
			return
		}
	default:
		if why, fix := guardrail.RefusedPrincipal(t.account.Partition, a.PrincipalARN); why != "" {
			p.Add("person", a.PrincipalARN, why, fix)
			return
		}
	}
	if name := a.userName(); name != "" && policy.ValidateRoleSessionName(name) != nil {
		p.Add("person", a.Person, guardrail.TooShortForSessions, "give the user a name of two characters or more")
	}
}

// validateIdentityCenterUser wants an id of the identity store, and a name after which AWS names sessions.
func (a *Args) validateIdentityCenterUser(p *problem.List) {
	switch {
	case a.User != "" || a.PrincipalARN != "":
		p.Add(
			"person",
			a.Person,
			"is an IAM user and somebody of IAM Identity Center",
			"write the ARN of the IAM user, or give one of the two another name",
		)
	case !guardrail.PrincipalID.MatchString(a.IdentityCenter.ID):
		p.Add(
			"person",
			a.Person,
			"has an id that is none of the identity store: "+a.IdentityCenter.ID,
			`correct identityCenter.users; "aws identitystore list-users" prints the ids`,
		)
	case policy.ValidateRoleSessionName(a.IdentityCenter.Name) != nil:
		p.Add(
			"person",
			a.Person,
			"has a user name that is no name of a session, and sessions are named after their person: AWS takes 2 to 64 letters, digits and _+=,.@-",
			"rename the person in IAM Identity Center, or grant it to the person's IAM user",
		)
	}
}

func (a *Args) validateProjects(p *problem.List, t template) {
	if a.DelegatedRole != nil {
		if len(a.Projects) > 0 {
			p.Add(
				"projects",
				strings.Join(a.Projects, ", "),
				"narrows nothing: "+a.DelegatedRole.Name+" is a delegated role, which has no projects",
				"remove projects",
			)
		}
		return
	}
	separator := ""
	if a.OSAccess != nil {
		separator = a.OSAccess.ProjectSeparator
	}
	guardrail.ValidateProjects(p, a.Projects, separator)
	list := "osAccess.projects"
	if role, isOperation := a.OperationRole(); isOperation {
		list = "the projects of " + a.OperationRoles.RoleName(role)
	}
	for i, project := range a.Projects {
		if len(t.projects) > 0 && !slices.Contains(t.projects, project) {
			p.Add(
				problem.Path("projects").Index(i),
				project,
				"is not among "+list,
				"use "+strings.Join(t.projects, ", ")+", or add it there",
			)
		}
	}
}

func (a *Args) validateRunAs(p *problem.List) {
	role, isOperation := a.OperationRole()
	switch {
	case a.OSAccess != nil:
		a.OSAccess.ValidateRunAs(p, "runAs", a.RunAs, true)
	case !isOperation:
		if a.RunAs != "" {
			p.Add(
				"runAs",
				a.RunAs,
				"names the OS user of shells, and "+a.DelegatedRole.Name+" is a delegated role, which is not for shells",
				"remove runAs",
			)
		}
	case a.RunAs != "":
		guardrail.CheckOSUser(p, "runAs", a.RunAs)
	case a.ShellsRunAs() == "" && a.OperationRoles.DefaultRunAs == "":
		p.Add(
			"runAs",
			nil,
			"is missing: the role starts shells as the OS user of its person, and "+a.Person+" has none",
			"write the OS user of the shells, such as os-user1",
		)
	case a.OSUser == "":
		for arn, own := range a.OperationRoles.OSUsers {
			if own == role.RunAs && arn != a.principal() {
				p.Add(
					"runAs",
					nil,
					"is missing, and "+role.RunAs+", as which "+string(
						a.Opens,
					)+" starts shells, is the OS user of "+arn,
					"write the OS user of "+a.Person,
				)
				return
			}
		}
	}
}

func (a *Args) validateWindow(p *problem.List, t template) {
	const write = "write an instant with its offset in quotes, such as \"2030-12-01T09:00:00+09:00\""
	sound := true
	for _, end := range []struct {
		path    problem.Path
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
	most := t.longest
	switch length := a.Until.Sub(a.From); {
	case length <= 0:
		p.Add("until", instant(a.Until), "is not after from, "+instant(a.From), "write a later instant")
	case length > most:
		p.Add(
			"until",
			instant(a.Until),
			fmt.Sprintf(
				"is %s after from, and %s is %s", policy.ShortDuration(length), t.limit, policy.ShortDuration(most),
			),
			"end it by "+instant(a.From.Add(most).In(a.Until.Location()))+", or write several grants",
		)
	}
}

// validateApproval wants two people: who approves what they asked for approves nothing.
func (a *Args) validateApproval(p *problem.List) {
	for _, named := range []struct {
		key problem.Path
		who string
	}{{"askedBy", a.AskedBy}, {"approvedBy", a.ApprovedBy}} {
		if named.who != "" {
			p.Check(named.key, named.who, policy.ValidateTagValue(named.who))
		}
	}
	if a.AskedBy != "" && strings.EqualFold(strings.TrimSpace(a.AskedBy), strings.TrimSpace(a.ApprovedBy)) {
		p.Add("approvedBy", a.ApprovedBy, "asked for the grant too", "have somebody else approve it")
	}
}

func (a *Args) validateTicket(p *problem.List, t template) {
	switch {
	case strings.TrimSpace(a.Ticket) == "":
		p.Add("ticket", nil, "is missing", "write why the grant exists, such as CHG1234")
	case !p.Check("ticket", a.Ticket, policy.ValidateTagValue(a.Ticket)):
	case a.userName() != "":
		name := a.RoleName()
		if p.Check("ticket", name, policy.ValidateRoleName(name)) {
			p.Check("ticket", name, policy.ValidateSwitchRole(t.path, name))
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
			p.Add(problem.Path("grants").Index(i).Child("ticket"), grant.Ticket,
				fmt.Sprintf(
					"gives the role %s to %s, which %s has too", name, grant.Person, problem.Path("grants").Index(j),
				),
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
