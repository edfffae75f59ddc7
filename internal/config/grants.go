package config

import (
	"fmt"
	"strconv"
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var grantOpens = strictyaml.WordsOf(grant.GrantOSAccess)

var grantKeys = strictyaml.Keys(
	"OS access for one person, from one instant until another",
	strictyaml.Key("person", func(a *grant.Args) *string { return &a.Person }, strictyaml.Text(nil)).
		Required("name who gets the grant").
		Doc("Who gets the grant: a user of this stack, alias/name for a user of another stack of the organization, or a user ARN.").
		Example("jump/alice"),
	strictyaml.Key("opens", func(a *grant.Args) *grant.Opens { return &a.Opens }, grantOpens).
		OrElse(grant.GrantOSAccess, "it is the only thing that a grant opens").
		Doc("What the grant opens: osAccess is OS access as the section osAccess describes it.").
		Example("osAccess"),
	strictyaml.Key(
		"projects",
		func(a *grant.Args) *[]string { return &a.Projects },
		strictyaml.Words(
			strictyaml.Text(policy.ValidateProject).Pattern(projectPattern),
		).NotEmpty("would read as every project", "list projects, or remove the key to mean those of osAccess"),
	).
		OrNothing("those of osAccess", "the template says what can be reached").
		Doc("The values of the project tag on the nodes that the grant reaches, of those that osAccess lists.").
		Example([]string{"Test Project 1"}),
	strictyaml.Key("runAs", func(a *grant.Args) *string { return &a.RunAs }, strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern)).
		OrNothing("shells start as sessions.runAs.defaultUser, and the grant is refused when there is none", "a shared default may be what is wanted").
		Doc("The OS user of the person's shells. It must exist on the nodes.").
		Example("alice"),
	strictyaml.Key("from", func(a *grant.Args) *time.Time { return &a.From }, strictyaml.Moment{}).
		Required("write when the grant begins").
		Doc("The instant from which the grant holds: a quoted time with its offset.").
		Example("2026-12-01T09:00:00+09:00"),
	strictyaml.Key("until", func(a *grant.Args) *time.Time { return &a.Until }, strictyaml.Moment{}).
		Required("write when the grant ends").
		Doc("The instant at which the grant is over. At most osAccess.grantMaxLength after from.").
		Example("2026-12-01T13:00:00+09:00"),
	strictyaml.Key(
		"ticket",
		func(a *grant.Args) *string { return &a.Ticket },
		strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern),
	).
		Required("write why the grant exists, such as the number of a change").
		Doc("Why the grant exists. It becomes part of the role's name, and a tag.").
		Example("CHG1234"),
)

// validateTimeZone takes names of the IANA time zone database.
func validateTimeZone(s string) error {
	if _, err := clock.Zone(s); err != nil {
		return strictyaml.Says(
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
func (s *Stack) checkGrants(d *strictyaml.Decoder) {
	if len(s.Grants) == 0 {
		return
	}
	if s.OSAccess == nil {
		d.Report(Problem{
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
