package sections

import (
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var grantKeys = strictyaml.Keys(
	"OS access or a role for one person, from one instant until another",
	strictyaml.Key("person", func(a *grant.Args) *string { return &a.Person }, strictyaml.Text(nil)).
		Required("name who gets the grant").
		Doc("Who gets the grant: a user of this stack, alias/name for a user of another stack of the organization, "+
			"or a user ARN; or alias/name for somebody of identityCenter.users "+
			"of that stack, who then assumes the role from a permission set with grants: true.").
		Example("jump/alice"),
	strictyaml.Key("opens", func(a *grant.Args) *grant.Opens { return &a.Opens }, strictyaml.WordType[grant.Opens]{TextType: strictyaml.Text(policy.ValidateRoleName).Pattern(namePattern)}).
		OrElse(grant.GrantOSAccess, "a shell on a machine is what most people ask for").
		Doc("What the grant opens: osAccess is OS access as the section osAccess describes it; anything else is "+
			"the name of a role of operationRoles or delegatedRoles of this stack, "+
			"whose rights the person gets in a role of their own.").
		Example("AdminRole"),
	strictyaml.Key(
		"projects",
		func(a *grant.Args) *[]string { return &a.Projects },
		strictyaml.Words(
			strictyaml.Text(policy.ValidateProject).Pattern(projectPattern),
		).NotEmpty("would read as every project", "list projects, or remove the key to mean those of what it opens"),
	).
		OrNothing("those of osAccess, or of the operation role", "what it opens says what can be reached").
		Doc("The values of the project tag on the nodes that the grant reaches, of those that osAccess or the "+
			"operation role lists. A delegated role has none.").
		Example([]string{"Test Project 1"}),
	strictyaml.Key("runAs", func(a *grant.Args) *string { return &a.RunAs }, strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern)).
		OrNothing("shells start as sessions.runAs.defaultUser, and those of an operation role as users[].runAs of the person, or else as the role's; the grant is refused when there is none",
			"a shared default may be what is wanted").
		Doc("The OS user of the person's shells. It must exist on the nodes. A delegated role has none.").
		Example("alice"),
	strictyaml.Key("from", func(a *grant.Args) *time.Time { return &a.From }, strictyaml.Moment{}).
		Required("write when the grant begins").
		Doc("The instant from which the grant holds: a quoted time with its offset.").
		Example("2030-12-01T09:00:00+09:00"),
	strictyaml.Key("until", func(a *grant.Args) *time.Time { return &a.Until }, strictyaml.Moment{}).
		Required("write when the grant ends").
		Doc("The instant at which the grant is over. At most grantMaxLength of osAccess, or of the role, after from.").
		Example("2030-12-01T13:00:00+09:00"),
	strictyaml.Key(
		"ticket",
		func(a *grant.Args) *string { return &a.Ticket },
		strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern),
	).
		Required("write why the grant exists, such as the number of a change").
		Doc("Why the grant exists. It becomes part of the role's name, and a tag.").
		Example("CHG1234"),
	strictyaml.Key(
		"askedBy",
		func(a *grant.Args) *string { return &a.AskedBy },
		strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern),
	).
		OrNothing("the role carries no tag AskedBy", "who asked may be the person, and stand in the ticket").
		Doc("Who asked for the grant, such as a login of the system in which it was asked for. It becomes the tag "+
			"AskedBy of the role.").
		Example("octocat"),
	strictyaml.Key(
		"approvedBy",
		func(a *grant.Args) *string { return &a.ApprovedBy },
		strictyaml.Text(policy.ValidateTagValue).Pattern(tagValuePattern),
	).
		OrNothing("the role carries no tag ApprovedBy", "the review of the change says it too").
		Doc("Who approved the grant: somebody else than askedBy. It becomes the tag ApprovedBy of the role. The "+
			"example pipelines deploy a grant only when that person approved its pull request.").
		Example("hubot"),
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
