package stack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// complete fills in what depends on several sections and holds the rules that no section can hold alone.
func (s *Stack) complete(d *strictyaml.Decoder) {
	s.Account.Partition = provider.LikelyPartition(s.AWS.Region)
	if s.MFA == nil && len(s.Users) > 0 {
		s.MFA = strictyaml.Ptr(sections.DefaultMFA())
	}
	if s.Sessions == nil && len(s.OperationRoles) > 0 {
		s.Sessions = strictyaml.Ptr(sections.DefaultSessions())
	}
	if s.Sessions != nil && s.Sessions.Regions == nil && !d.Refused(stackPath("sessions.regions")) {
		s.homeAlone = true
		if !d.Refused("aws:region") {
			s.Sessions.Regions = []string{s.AWS.Region}
		}
	}
	for i := range s.Expect {
		s.Expect[i].Account = s.Account.ID
	}
	if !s.checkCounts(d) {
		// What stands in such lists is not worth judging one by one, and takes its time.
		return
	}
	s.checkRegions(d)
	s.checkUsers(d)
	s.checkOSUsers(d)
	s.checkDomainLogins(d)
	s.checkTeams(d)
	s.checkPeople(d)
	s.checkExpectedTeams(d)
	s.checkOrganization(d)
	s.readOwnPolicies(d, s.Folder)
	s.checkIdentityCenter(d)
	s.checkPoliciesOfAccounts(d)
	s.checkTagsOfOthers(d)
	s.readPermissionSetPolicies(d, s.Folder)
	s.readManagedPolicies(d, s.Folder)
	s.checkRoleNames(d)
	s.checkRunAs(d)
	s.checkAWS(d)
	s.checkComponents(d)
	s.checkGrants(d)
	s.checkOwnPolicies(d)
	s.checkAdoption(d)
}

// checkUsers refuses two users whom IAM takes for one.
func (s *Stack) checkUsers(d *strictyaml.Decoder) {
	first := map[string]int{}
	for i, u := range s.Users {
		if u.Name == "" {
			continue
		}
		folded := strings.ToLower(u.Name)
		earlier, repeated := first[folded]
		if !repeated {
			first[folded] = i
			continue
		}
		why := "is a user already"
		if s.Users[earlier].Name != u.Name {
			why = fmt.Sprintf("differs from %q by case only, and IAM takes the two for one", s.Users[earlier].Name)
		}
		d.Report(
			problem.Problem{
				Path:  stackPath("users").Index(i).Child("name"),
				Kind:  problem.Duplicate,
				Value: u.Name,
				Why:   why,
				Fix:   "remove one of the two, or give it another name",
			},
		)
	}
}

// checkOSUsers refuses an OS user that two people of the stack have: neither could be told from the other on a node.
func (s *Stack) checkOSUsers(d *strictyaml.Decoder) {
	first := map[string]int{}
	for i, u := range s.Users {
		if u.RunAs == "" {
			continue
		}
		earlier, repeated := first[u.RunAs]
		if !repeated {
			first[u.RunAs] = i
			continue
		}
		d.Report(problem.Problem{
			Path:  stackPath("users").Index(i).Child("runAs"),
			Kind:  problem.Duplicate,
			Value: u.RunAs,
			Why:   "is the OS user of " + s.Users[earlier].Name + " already",
			Fix:   "give each person their own OS user; what several share is runAs of a role",
		})
	}
}

// checkDomainLogins refuses logins of a domain where nobody said that the nodes are joined to one: an address is
// written by mistake more often.
func (s *Stack) checkDomainLogins(d *strictyaml.Decoder) {
	if s.Sessions != nil && s.Sessions.RunAs.DomainLogins {
		return
	}
	check := func(path problem.Path, login string) {
		if strings.Contains(login, "@") {
			d.Report(
				problem.Problem{
					Path:  path,
					Kind:  problem.Invalid,
					Value: login,
					Why:   "is an address, or the login of a domain",
					Fix:   "write a login name of the nodes, such as os-user1; for nodes that are joined to a directory set sessions.runAs.domainLogins: true",
				},
			)
		}
	}
	for i, u := range s.Users {
		check(stackPath("users").Index(i).Child("runAs"), u.RunAs)
	}
	for i, r := range s.OperationRoles {
		check(stackPath("operationRoles").Index(i).Child("runAs"), r.RunAs)
	}
	if s.Sessions != nil {
		check(stackPath("sessions.runAs.defaultUser"), s.Sessions.RunAs.DefaultUser)
	}
	if s.OSAccess != nil {
		check(stackPath("osAccess.runAs"), s.OSAccess.RunAs)
	}
	for i, g := range s.Grants {
		check(stackPath("grants").Index(i).Child("runAs"), g.RunAs)
	}
}

// checkPeople refuses names that no user of the stack has: a trust policy that names somebody who does not exist
// fails half-way through a deployment.
func (s *Stack) checkPeople(d *strictyaml.Decoder) {
	for _, r := range s.written() {
		path := r.Users.path()
		for i, name := range r.Users.List {
			s.checkNamed(d, path.Index(i), name)
		}
	}
	for i, g := range s.Grants {
		person := stackPath("grants").Index(i).Child("person")
		if !s.teamRefused(
			d,
			person,
			g.Person,
			"is a team, and a grant is for one person",
			"write one grant for each person of it",
		) {
			if _, is := s.identityCenterUser(g.Person); !is {
				s.checkPerson(d, person, g.Person)
			}
		}
	}
}

// checkRoleNames refuses a name that two roles have: names are unique in an account, whatever the paths and their case.
func (s *Stack) checkRoleNames(d *strictyaml.Decoder) {
	taken := map[string]nounPlace{}
	for _, n := range nouns {
		// Whoever writes a delegated role gives it a name. Two operation roles, or two grants, with one name are their
		// component's business: it knows which of the names is derived.
		given := n.key == "delegatedRoles"
		for _, principal := range n.makes(s) {
			_, name, isRole := strings.Cut(principal.arn, ":role/")
			name = name[strings.LastIndexByte(name, '/')+1:]
			if !isRole || name == "" {
				continue
			}
			earlier, repeated := taken[strings.ToLower(name)]
			if !repeated {
				taken[strings.ToLower(name)] = nounPlace{n.key, principal.path}
				continue
			}
			if earlier.noun == n.key && !given {
				continue
			}
			p := problem.Problem{
				Path:  principal.path,
				Kind:  problem.Duplicate,
				Value: name,
				Why:   "is the name of " + string(earlier.path) + " already, and names are unique in an account",
				Fix:   "give that role another name",
			}
			if given {
				p.Path, p.Fix = principal.path.Child("name"), "give one of the two another name"
			}
			d.Report(p)
		}
	}
}

// nounPlace is an entry of the section of a noun.
type nounPlace struct {
	noun string
	path problem.Path
}

// OperationRoleNames are the names of the operation roles, given or derived, in the order of the file.
func (s *Stack) OperationRoleNames() []string {
	names := make([]string, len(s.OperationRoles))
	for i, r := range s.OperationRoles {
		names[i] = r.Name
		if r.Name == "" {
			names[i] = policy.RoleNameFor(strings.Join(r.ProjectList(), "-"), r.RunAs, len(r.Path()))
		}
	}
	return names
}

// checkRunAs refuses roles with an OS user that no shell would start as.
func (s *Stack) checkRunAs(d *strictyaml.Decoder) {
	if s.Sessions == nil || s.Sessions.RunAs.Enabled == nil || *s.Sessions.RunAs.Enabled || len(s.OperationRoles) == 0 {
		return
	}
	d.Report(problem.Problem{
		Path:  stackPath("sessions.runAs.enabled"),
		Kind:  problem.Refused,
		Value: false,
		Why:   "makes every shell of the operation roles ssm-user's, who has sudo, whatever runAs says",
		Fix:   "remove the key, or the operation roles",
	})
}

// checkAWS refuses provider settings that would undo what the stack says.
func (s *Stack) checkAWS(d *strictyaml.Decoder) {
	if ids := s.AWS.AllowedAccountIDs; ids != nil && s.Account.ID != "" && !slices.Contains(ids, s.Account.ID) {
		d.Report(
			problem.Problem{
				Path: "aws:allowedAccountIds",
				Kind: problem.Refused,
				Why:  "leaves out " + strconv.Quote(s.Account.ID) + ", which is guardrails:account.id",
				Fix:  "remove the key: no other account is ever deployed into",
			},
		)
	}
	s.checkDefaultTags(d)
	s.checkIgnoreTags(d)
	s.checkSessionOfDeployer(d)
}

// checkComponents asks the components, which know what AWS takes.
func (s *Stack) checkComponents(d *strictyaml.Decoder) {
	written := s.writtenPeople()
	maps.Copy(written, s.writtenDocuments(d))
	for _, p := range s.parts() {
		reportAll(d, p.section, p.derived, written, validate(p.args))
	}
	if a := s.ServiceControlPolicies(); a != nil {
		reportAll(d, "organization", nil, written, validate(a))
	}
}

// validate is what a component says about its Args, and what no proof can read of the documents that the admin has
// written. What AWS itself refuses of a document is told alone.
func validate(a interface{ Validate() error }) error {
	problems := problem.Of(a.Validate())
	admins, ok := a.(interface {
		OwnDocuments() []guardrail.OwnDocument
	})
	if !ok {
		return problems.Err()
	}
	for _, own := range admins.OwnDocuments() {
		if slices.ContainsFunc(problems, func(p *problem.Problem) bool {
			return p.Path.Within(own.Path)
		}) {
			continue
		}
		for _, err := range prove.Unreadable(own.Document) {
			problems.Add(own.Path, nil, own.What+": "+err.Error(), "mend the statement")
		}
	}
	return problems.Err()
}
