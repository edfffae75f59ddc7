package stack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/osaccess"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

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
	a.ManagedPolicies, a.ProjectSeparator = s.knownPolicies(), s.Tags.ProjectSeparator
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

// checkGrants holds what grants have in common.
func (s *Stack) checkGrants(d *strictyaml.Decoder) {
	grants := s.AccessGrants()
	var noTemplate int
	for i, g := range grants {
		path := stackPath("grants").Index(i)
		switch {
		case g.RoleARN() != "" || d.Refused(path.Child("opens")):
		case g.Opens == grant.GrantOSAccess:
			noTemplate++
		default:
			d.Report(problem.Problem{
				Path:  path.Child("opens"),
				Kind:  problem.NotFound,
				Value: string(g.Opens),
				Why:   "is neither osAccess nor a role of operationRoles or delegatedRoles of this stack",
				Fix: strictyaml.DidYouMean(
					string(g.Opens),
					slices.Compact(append([]string{string(grant.GrantOSAccess)}, s.grantable().names()...)),
				),
			})
		}
		if g.IdentityCenter.ID != "" {
			s.checkWayToGrant(d, path.Child("person"), g)
		}
	}
	if noTemplate > 0 {
		count, open := "1 grant", "opens"
		if noTemplate > 1 {
			count, open = fmt.Sprintf("%d grants", noTemplate), "open"
		}
		d.Report(problem.Problem{
			Path:  stackPath("grants"),
			Kind:  problem.Missing,
			Value: problem.Written(count),
			Why:   open + " osAccess, and there is no section osAccess",
			Fix:   "write guardrails:osAccess, which says what a grant opens; {} has its defaults",
		})
		return
	}
	reportAll(d, "", nil, nil, grant.ValidateAll(grants))
}

// checkWayToGrant refuses a grant for somebody of IAM Identity Center where no permission set leads to it.
func (s *Stack) checkWayToGrant(d *strictyaml.Decoder, path problem.Path, g *grant.Args) {
	alias, _ := sections.SplitPerson(g.Person)
	center := s.identityCenterOf(alias)
	if center == nil || s.takesGrants(center) {
		return
	}
	d.Report(problem.Problem{
		Path:  path,
		Kind:  problem.NotFound,
		Value: g.Person,
		Why: "comes from IAM Identity Center, and no permission set with grants: true is assigned in account " + cmp.Or(
			s.Account.Alias,
			s.Account.ID,
		),
		Fix: "add grants: true to a permission set that the person takes there, in Pulumi." + center.Stack + ".yaml",
	})
}

// grantSection is the path of a grant without the namespace.
func grantSection(i int) problem.Path { return problem.Path("grants").Index(i) }
