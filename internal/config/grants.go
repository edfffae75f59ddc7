package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

var grantKeys = strictyaml.Keys(
	"OS access or a role for one person, from one instant until another",
	strictyaml.Key("person", func(a *grant.Args) *string { return &a.Person }, strictyaml.Text(nil)).
		Required("name who gets the grant").
		Doc("Who gets the grant: a user of this stack, alias/name for a user of another stack of the organization, or a user ARN; or alias/name for somebody of identityCenter.users "+
			"of that stack, who then assumes the role from a permission set with grants: true.").
		Example("jump/alice"),
	strictyaml.Key("opens", func(a *grant.Args) *grant.Opens { return &a.Opens }, strictyaml.WordType[grant.Opens]{TextType: strictyaml.Text(policy.ValidateRoleName).Pattern(namePattern)}).
		OrElse(grant.GrantOSAccess, "a shell on a machine is what most people ask for").
		Doc("What the grant opens: osAccess is OS access as the section osAccess describes it; anything else is the name of a role of operationRoles or delegatedRoles of this stack, "+
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
		Doc("The values of the project tag on the nodes that the grant reaches, of those that osAccess or the operation role lists. A delegated role has none.").
		Example([]string{"Test Project 1"}),
	strictyaml.Key("runAs", func(a *grant.Args) *string { return &a.RunAs }, strictyaml.Text(policy.ValidateOSUser).Pattern(osUserPattern)).
		OrNothing("shells start as sessions.runAs.defaultUser, and those of an operation role as users[].runAs of the person, or else as the role's; the grant is refused when there is none",
			"a shared default may be what is wanted").
		Doc("The OS user of the person's shells. It must exist on the nodes. A delegated role has none.").
		Example("alice"),
	strictyaml.Key("from", func(a *grant.Args) *time.Time { return &a.From }, strictyaml.Moment{}).
		Required("write when the grant begins").
		Doc("The instant from which the grant holds: a quoted time with its offset.").
		Example("2026-12-01T09:00:00+09:00"),
	strictyaml.Key("until", func(a *grant.Args) *time.Time { return &a.Until }, strictyaml.Moment{}).
		Required("write when the grant ends").
		Doc("The instant at which the grant is over. At most grantMaxLength of osAccess, or of the role, after from.").
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
	a := s.OSAccess.Args
	a.Account, a.ProjectTag, a.UserPaths, a.Quotas, a.Sessions = s.Account.Account, s.Tags.Project, s.userPaths(), s.Quotas, s.Preferences()
	a.StandingUsers, a.StandingPrincipalARNs = s.principals(s.OSAccess.StandingUsers, a.StandingPrincipalARNs)
	return &a
}

// AccessGrants are the grants complete, in the order of the file.
func (s *Stack) AccessGrants() []*grant.Args {
	if len(s.Grants) == 0 {
		return nil
	}
	opened := s.grantable()
	osUsers := s.osUsers()
	out := make([]*grant.Args, len(s.Grants))
	for i, g := range s.Grants {
		g.Quotas, g.Sessions = s.Quotas, s.Preferences()
		opened.put(&g)
		g.User, g.PrincipalARN = s.person(g.Person)
		if who, is := s.identityCenterUser(g.Person); is {
			g.IdentityCenter = who
			if !slices.Contains(s.userNames(), g.User) {
				g.User = ""
			}
		}
		g.OSUser = osUsers[s.ARNOf(g.Person)]
		out[i] = &g
	}
	return out
}

// grantable is what grants of a stack can open.
type grantable struct {
	osAccess   *osaccess.Args
	operations *operation.Args
	delegated  []*delegated.Args
}

func (s *Stack) grantable() grantable {
	return grantable{osAccess: s.OSAccessTemplate(), operations: s.Operation(), delegated: s.Delegated()}
}

// names are the words that opens takes.
func (o grantable) names() []string {
	var names []string
	if o.osAccess != nil {
		names = append(names, string(grant.GrantOSAccess))
	}
	if o.operations != nil {
		for _, r := range o.operations.Roles {
			names = append(names, o.operations.RoleName(r))
		}
	}
	for _, r := range o.delegated {
		names = append(names, r.Name)
	}
	return names
}

// put gives a grant what it opens; nothing where nothing describes it.
func (o grantable) put(g *grant.Args) {
	if g.Opens == "" || g.Opens == grant.GrantOSAccess {
		g.OSAccess = o.osAccess
		return
	}
	for _, r := range o.delegated {
		if strings.EqualFold(r.Name, string(g.Opens)) {
			g.DelegatedRole = r
			return
		}
	}
	g.OperationRoles = o.operations
}

// GrantProjects are the projects whose nodes a grant reaches that opens this and names none; none where there are none
// or it is not known.
func (s *Stack) GrantProjects(opens string) []string {
	g := grant.Args{Opens: grant.Opens(opens)}
	s.grantable().put(&g)
	return g.Reaches()
}

// GrantableNames are the words that opens of a grant takes in this stack.
func (s *Stack) GrantableNames() []string { return s.grantable().names() }

// checkGrants holds what grants have in common.
func (s *Stack) checkGrants(d *strictyaml.Decoder) {
	grants := s.AccessGrants()
	var noTemplate int
	for i, g := range grants {
		at := stackPath("grants").Index(i)
		switch {
		case g.RoleARN() != "" || d.Refused(at.Child("opens")):
		case g.Opens == grant.GrantOSAccess:
			noTemplate++
		default:
			d.Report(Problem{
				Path:  at.Child("opens"),
				Kind:  NotFound,
				Value: strictyaml.Quoted(string(g.Opens)),
				Why:   "is neither osAccess nor a role of operationRoles or delegatedRoles of this stack",
				Fix:   DidYouMean(string(g.Opens), append([]string{string(grant.GrantOSAccess)}, s.GrantableNames()...)),
			})
		}
		if g.IdentityCenter.ID != "" {
			s.checkWayToGrant(d, at.Child("person"), g)
		}
	}
	if noTemplate > 0 {
		d.Report(Problem{
			Path:  stackPath("grants"),
			Kind:  Missing,
			Value: fmt.Sprintf("%d grants", noTemplate),
			Why:   "there is no section osAccess for them to open",
			Fix:   "write guardrails:osAccess, which says what a grant opens; {} has its defaults",
		})
		return
	}
	s.reportAll(d, "", nil, grant.ValidateAll(grants))
}

// checkWayToGrant refuses a grant for somebody of IAM Identity Center where no permission set leads to it.
func (s *Stack) checkWayToGrant(d *strictyaml.Decoder, at Path, g *grant.Args) {
	alias, _ := splitPerson(g.Person)
	center := s.identityCenterOf(alias)
	if center == nil || s.takesGrants(center) {
		return
	}
	d.Report(Problem{
		Path:  at,
		Kind:  NotFound,
		Value: strictyaml.Quoted(g.Person),
		Why:   "comes from IAM Identity Center, and no permission set with grants: true is assigned in account " + cmp.Or(s.Account.Alias, s.Account.ID),
		Fix:   "add grants: true to a permission set that the person takes there, in Pulumi." + center.Stack + ".yaml",
	})
}

// grantSection is the path of a grant without the namespace.
func grantSection(i int) string { return "grants[" + strconv.Itoa(i) + "]" }
