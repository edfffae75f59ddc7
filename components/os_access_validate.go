package components

import (
	"fmt"
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/policy"
)

// maxGrantLength bounds what GrantMaxLength can be set to: what is open for longer is no grant.
const maxGrantLength = 7 * 24 * time.Hour

// Validate reports every problem, in the order of the fields, as Problems relative to the section "osAccess".
func (a *OSAccessArgs) Validate() error {
	var p Problems
	a.Account.validate(&p)
	validateProjectTag(&p, a.ProjectTag)
	a.validateSessions(&p)
	if a.PasswordData && !a.RDP {
		p.add("passwordData", true, "is of use for remote desktops alone, and rdp is not true", "leave it out, or write rdp: true")
	}
	validateProjects(&p, a.Projects)
	validateDocumentNames(&p, "", OperationRole{Documents: a.Documents, AllowUnlogged: a.AllowUnlogged})
	a.validateGrantMaxLength(&p)
	a.validateStanding(&p)
	validateMFAMaxAge(&p, "mfaMaxAge", a.mfaMaxAge())
	validateUserPaths(&p, a.UserPaths)
	if len(p) == 0 {
		// The documents are those of a grant too, so they are held against AWS's rules whether the shared role is made or not.
		p.role("", a.role(), a.standing(), a.Quotas)
	}
	return p.Err()
}

// validateSessions wants the preferences whose Regions, limits and Run As bound the sessions. What is wrong inside them is theirs to report.
func (a *OSAccessArgs) validateSessions(p *Problems) {
	switch s := a.Sessions; {
	case s == nil:
		p.add("", nil, "opens shells, and without the section sessions they would be ssm-user's, with sudo and without end", "add sessions with its regions")
	case len(s.Regions) == 0:
		p.add("", nil, "opens shells, and sessions.regions is empty, so there is no Region where they would be bounded", "list the Regions in sessions.regions")
	}
}

func validateProjects(p *Problems, projects []string) {
	if projects != nil && len(projects) == 0 {
		p.add("projects", "[]", "is an empty list, which would be every node", "list the projects, or leave projects out for every node of the account")
	}
	for i, project := range projects {
		path := at("projects", i)
		switch {
		case !p.check(path, project, policy.ValidateProject(project)):
		case slices.Contains(projects[:i], project):
			p.add(path, project, "is listed twice", "remove one")
		case len(projects) > 1 && slices.ContainsFunc([]rune(project), func(r rune) bool { return r > 0xFF }):
			p.add(path, project, "has a character that policies do not take, and several projects are written into the policy",
				"list it alone, so that the role's tag carries it, or use characters up to U+00FF")
		}
	}
}

func (a *OSAccessArgs) validateGrantMaxLength(p *Problems) {
	switch d := a.grantMaxLength(); {
	case d < time.Minute || d > maxGrantLength:
		p.add("grantMaxLength", d.String(), "is not the length of a grant", "use 1m to 168h")
	case d%time.Second != 0:
		p.add("grantMaxLength", d.String(), "is not in whole seconds", "use whole seconds")
	}
}

func (a *OSAccessArgs) validateStanding(p *Problems) {
	var own Problems
	t := a.trust()
	t.validateUsers(&own, "")
	t.validateARNs(&own, "")
	t.validateSessionNames(&own, "", "")
	for _, problem := range own {
		// The words of the section, where the trust policy's are users and principalArns.
		problem.Path = "standing" + upperFirst(problem.Path)
		*p = append(*p, problem)
	}
	a.validateRunAs(p, "runAs", a.RunAs, a.standing())
}

// validateRunAs wants an OS user for shells that would have none.
func (a *OSAccessArgs) validateRunAs(p *Problems, path, runAs string, needed bool) {
	runAsEnabled, defaultUser := true, ""
	if a.Sessions != nil {
		runAsEnabled, defaultUser = orTrue(a.Sessions.RunAs.Enabled), a.Sessions.RunAs.DefaultUser
	}
	switch {
	case runAs != "":
		if p.osUser(path, runAs) && !runAsEnabled {
			p.add(path, runAs, "has no effect while sessions.runAs.enabled is false: the shell would be ssm-user's, with sudo", "leave it out, or enable Run As")
		}
	case needed && runAsEnabled && defaultUser == "":
		p.add(path, nil, "is missing and sessions.runAs.defaultUser is empty, so every shell would fail", "write the OS user of the shells, such as os-user1")
	}
}

// role holds the documents of a role against AWS's rules and quotas; the trust policy only of a role that has principals.
func (p *Problems) role(path string, role access.Role, trusted bool, quotas policy.Quotas) {
	if trusted {
		p.document(path, "trust policy of "+role.Name, role.Trust, policy.Trust, quotas)
	}
	var all []policy.Document
	for _, inline := range role.Inline {
		p.document(path, fmt.Sprintf("inline policy %s of %s", inline.Name, role.Name), inline.Document, policy.RoleInline, quotas)
		all = append(all, inline.Document)
	}
	if len(*p) == 0 {
		p.check(path, nil, policy.ValidateTotal(policy.RoleInline, quotas, all...))
	}
}

// upperFirst turns "users[0]" into "Users[0]".
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
