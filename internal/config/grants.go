package config

import (
	"fmt"
	"strconv"
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/policy"
)

var grantOpens = wordsOf(grant.GrantOSAccess)

var grantKeys = keys(
	"OS access for one person, from one instant until another",
	key("person", func(a *grant.Args) *string { return &a.Person }, text(nil)).
		required("name who gets the grant").
		doc("Who gets the grant: a user of this stack, alias/name for a user of another stack of the organization, or a user ARN.").
		example("jump/alice"),
	key("opens", func(a *grant.Args) *grant.Opens { return &a.Opens }, grantOpens).
		orElse(grant.GrantOSAccess, "it is the only thing that a grant opens").
		doc("What the grant opens: osAccess is OS access as the section osAccess describes it.").
		example("osAccess"),
	key(
		"projects",
		func(a *grant.Args) *[]string { return &a.Projects },
		words(
			text(policy.ValidateProject).pattern(projectPattern),
		).notEmpty("would read as every project", "list projects, or remove the key to mean those of osAccess"),
	).
		orNothing("those of osAccess", "the template says what can be reached").
		doc("The values of the project tag on the nodes that the grant reaches, of those that osAccess lists.").
		example([]string{"Test Project 1"}),
	key("runAs", func(a *grant.Args) *string { return &a.RunAs }, text(policy.ValidateOSUser).pattern(osUserPattern)).
		orNothing("shells start as sessions.runAs.defaultUser, and the grant is refused when there is none", "a shared default may be what is wanted").
		doc("The OS user of the person's shells. It must exist on the nodes.").
		example("alice"),
	key("from", func(a *grant.Args) *time.Time { return &a.From }, momentKind{}).
		required("write when the grant begins").
		doc("The instant from which the grant holds: a quoted time with its offset.").
		example("2026-12-01T09:00:00+09:00"),
	key("until", func(a *grant.Args) *time.Time { return &a.Until }, momentKind{}).
		required("write when the grant ends").
		doc("The instant at which the grant is over. At most osAccess.grantMaxLength after from.").
		example("2026-12-01T13:00:00+09:00"),
	key(
		"ticket",
		func(a *grant.Args) *string { return &a.Ticket },
		text(policy.ValidateTagValue).pattern(tagValuePattern),
	).
		required("write why the grant exists, such as the number of a change").
		doc("Why the grant exists. It becomes part of the role's name, and a tag.").
		example("CHG1234"),
)

// validateTimeZone takes names of the IANA time zone database.
func validateTimeZone(s string) error {
	if _, err := clock.Zone(s); err != nil {
		return says(
			"is no time zone",
			"write a name of the IANA time zone database, such as Asia/Tokyo, Europe/Berlin or UTC",
		)
	}
	return nil
}

// Zone is the zone in which times are said and shown: that of timeZone, or the machine's.
func (s *Stack) Zone() *time.Location {
	if zone, err := clock.Zone(s.TimeZone); err == nil {
		return zone
	}
	return time.Local
}

// OSAccessTemplate is the section "osAccess" complete, nil where there is none.
func (s *Stack) OSAccessTemplate() *osaccess.Args {
	if s.OSAccess == nil {
		return nil
	}
	a := *s.OSAccess
	a.Account, a.ProjectTag, a.UserPaths, a.Quotas, a.Sessions = s.Account.Account, s.Tags.Project, s.userPaths(), s.Quotas, s.Preferences()
	a.StandingUsers, a.StandingPrincipalARNs = s.principals(a.StandingUsers, a.StandingPrincipalARNs)
	return &a
}

// AccessGrants are the grants complete, in the order of the file.
func (s *Stack) AccessGrants() []*grant.Args {
	template := s.OSAccessTemplate()
	out := make([]*grant.Args, len(s.Grants))
	for i, g := range s.Grants {
		g.OSAccess, g.Quotas = template, s.Quotas
		g.User, g.PrincipalARN = s.person(g.Person)
		out[i] = &g
	}
	return out
}

// checkGrants holds what grants have in common.
func (s *Stack) checkGrants(d *decoder) {
	if len(s.Grants) == 0 {
		return
	}
	if s.OSAccess == nil {
		d.report(Problem{
			Path:  stackPath("grants"),
			Kind:  Missing,
			Value: fmt.Sprintf("%d grants", len(s.Grants)),
			Why:   "there is no section osAccess for them to open",
			Fix:   "write guardrails:osAccess, which says what a grant opens; {} has its defaults",
		})
		return
	}
	s.reportAll(d, "", nil, grant.ValidateAll(s.AccessGrants()))
}

// grantSection is the path of a grant without the namespace.
func grantSection(i int) string { return "grants[" + strconv.Itoa(i) + "]" }
