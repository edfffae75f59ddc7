package osaccess

import (
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/problem"
)

// Validate reports every problem, in the order of the fields, as Problems relative to the section "osAccess".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	guardrail.ValidateProjectTag(&p, a.ProjectTag)
	a.validateSessions(&p)
	if a.PasswordData && !a.RDP {
		p.Add(
			"passwordData",
			true,
			"is of use for remote desktops alone, and rdp is not true",
			"leave it out, or write rdp: true",
		)
	}
	guardrail.ValidateProjectSeparator(&p, a.ProjectSeparator)
	guardrail.ValidateProjects(&p, a.Projects, a.ProjectSeparator)
	operation.ValidateDocumentNames(&p, "", operation.Role{Documents: a.Documents, AllowUnlogged: a.AllowUnlogged})
	guardrail.ValidateGrantMaxLength(&p, "grantMaxLength", a.LongestGrant())
	a.validateStanding(&p)
	guardrail.ValidateMFAMaxAge(&p, "mfaMaxAge", a.MfaMaxAge())
	a.SourceNetworks.Validate(&p, "")
	guardrail.ValidateUserPaths(&p, a.UserPaths)
	a.ManagedPolicies.ValidateBoundary(&p, "permissionsBoundary", a.Account, a.PermissionsBoundary)
	if len(p) == 0 {
		// The documents are those of a grant too, so they are held against AWS's rules whether the shared role is
		// made or not.
		guardrail.CheckRole(&p, "", a.Role(), a.Standing(), a.Quotas)
	}
	return p.Err()
}

// validateSessions wants the preferences whose Regions, limits and Run As bound the sessions. What is wrong inside
// them is theirs to report.
func (a *Args) validateSessions(p *problem.List) {
	switch s := a.Sessions; {
	case s == nil:
		p.Add(
			"",
			nil,
			"opens shells, and without the section sessions they would be ssm-user's, with sudo and without end",
			"add sessions with its regions",
		)
	case len(s.Regions) == 0:
		p.Add(
			"",
			nil,
			"opens shells, and sessions.regions is empty, so there is no Region where they would be bounded",
			"list the Regions in sessions.regions",
		)
	}
}

func (a *Args) validateStanding(p *problem.List) {
	t := a.trust()
	t.ValidateUsers(p, "")
	t.ValidateARNs(p, "")
	t.ValidateSessionNames(p, "", "")
	a.ValidateRunAs(p, "runAs", a.RunAs, a.Standing())
}

// ValidateRunAs wants an OS user for shells that would have none.
func (a *Args) ValidateRunAs(p *problem.List, path problem.Path, runAs string, needed bool) {
	runAsEnabled, defaultUser := true, ""
	if a.Sessions != nil {
		runAsEnabled, defaultUser = preferences.OrTrue(a.Sessions.RunAs.Enabled), a.Sessions.RunAs.DefaultUser
	}
	switch {
	case runAs != "":
		if guardrail.CheckOSUser(p, path, runAs) && !runAsEnabled {
			p.Add(
				path,
				runAs,
				"has no effect while sessions.runAs.enabled is false: the shell would be ssm-user's, with sudo",
				"leave it out, or enable Run As",
			)
		}
	case needed && runAsEnabled && defaultUser == "":
		p.Add(
			path,
			nil,
			"is missing and sessions.runAs.defaultUser is empty, so every shell would fail",
			"write the OS user of the shells, such as os-user1",
		)
	}
}
