package stack

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strconv"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// AccessControlAttributes are the attributes for access control, nil where the stack has no instance.
func (s *Stack) AccessControlAttributes() *identitycenter.AttributesArgs {
	if s.IdentityCenter == nil {
		return nil
	}
	return &identitycenter.AttributesArgs{
		Account: s.Account.Account, IdentityCenter: s.instance(), ProjectTag: s.Tags.Project,
		Attributes: s.IdentityCenter.Attributes,
	}
}

func (s *Stack) instance() identitycenter.IdentityCenter {
	c := s.IdentityCenter.IdentityCenter
	c.Region = s.AWS.Region
	return c
}

// PermissionSets are the permission sets, in the order of the file.
func (s *Stack) PermissionSets() []*identitycenter.PermissionSetArgs {
	if s.IdentityCenter == nil {
		return nil
	}
	var out []*identitycenter.PermissionSetArgs
	for _, p := range s.IdentityCenter.PermissionSets {
		a := p.PermissionSetArgs
		a.Account, a.IdentityCenter, a.ProjectTag, a.Quotas = s.Account.Account, s.instance(), s.Tags.Project, s.Quotas
		a.AWSManagedPolicies, a.ProjectSeparator = s.AWSManagedPolicies, s.Tags.ProjectSeparator
		if a.Template.OpensSessions() && a.Regions == nil && s.AWS.Region != "" {
			a.Regions = []string{s.AWS.Region}
		}
		a.Assignments = slices.Clone(a.Assignments)
		for i, assignment := range a.Assignments {
			a.Assignments[i].Accounts = s.accountIDs(assignment.Accounts)
		}
		for _, id := range a.Accounts() {
			own, _, _ := s.policiesOf(id)
			a.OwnPolicies = append(a.OwnPolicies, own...)
		}
		out = append(out, &a)
	}
	return out
}

// policiesOf are the names of the customer managed policies that the stack of an account makes, with the name of the
// stack; false where no stack of the folder is for the account.
func (s *Stack) policiesOf(account string) (names []string, stack string, found bool) {
	if account == s.Account.ID {
		return s.knownPolicies().Own, s.Name, true
	}
	for _, other := range s.Siblings {
		if other.AccountID == account {
			return other.ManagedPolicies, other.Stack, true
		}
	}
	return nil, "", false
}

// checkPoliciesOfAccounts refuses a customer managed policy that the stack of an account lacks where the permission set
// is assigned: Identity Center makes no role there, and fails half-way through a deployment.
func (s *Stack) checkPoliciesOfAccounts(d *strictyaml.Decoder) {
	for i, set := range s.PermissionSets() {
		setPath := stackPath(permissionSetSection(i))
		check := func(path problem.Path, name string) {
			own, is := set.CustomerManaged(name)
			if !is || own.Path != guardrail.PolicyPath || d.Refused(path) {
				return
			}
			for _, id := range set.Accounts() {
				names, stack, found := s.policiesOf(id)
				if !found || slices.Contains(names, own.Name) {
					continue
				}
				d.Report(problem.Problem{
					Path:  path,
					Kind:  problem.NotFound,
					Value: name,
					Why: "is not among the managedPolicies of " + stackFile(stack) + ", and " + set.Name +
						" is assigned in account " + strconv.Quote(id),
					Fix: "add it there: Identity Center wants a policy of this name in every account of the assignments",

					OtherStack: stack,
				})
				return
			}
		}
		for j, name := range set.ManagedPolicies {
			check(setPath.Child("managedPolicies").Index(j), name)
		}
		check(setPath.Child("permissionsBoundary"), set.PermissionsBoundary)
	}
}

// permissionSetSection is the path of a permission set.
func permissionSetSection(i int) problem.Path {
	return problem.Path("identityCenter.permissionSets").Index(i)
}

// IdentityCenterIntent is what attributes and permission sets are for, nil where the stack has no instance. Of the
// accounts those count that are given: the world describes no other.
func (s *Stack) IdentityCenterIntent(accounts ...string) *intent.IdentityCenter {
	if s.IdentityCenter == nil {
		return nil
	}
	in := &intent.IdentityCenter{Account: s.Account.ID, ProjectTag: s.Tags.Project}
	for i, a := range s.PermissionSets() {
		for _, id := range a.Accounts() {
			if slices.Contains(accounts, id) {
				in.PermissionSets = append(in.PermissionSets, a.Intent(string(permissionSetSection(i)), id))
			}
		}
	}
	return in
}

// AddIdentityCenter adds the instance to a world that has the accounts already.
func (s *Stack) AddIdentityCenter(w *access.World) {
	if a := s.AccessControlAttributes(); a != nil {
		a.AddToWorld(w)
		for _, set := range s.PermissionSets() {
			set.AddToWorld(w)
		}
	}
}

// checkIdentityCenter refuses aliases that no stack of the folder has, and what a delegated administrator cannot do.
func (s *Stack) checkIdentityCenter(d *strictyaml.Decoder) {
	if s.IdentityCenter == nil {
		return
	}
	var aliases []string
	for _, other := range s.Siblings {
		aliases = append(aliases, cmp.Or(other.Alias, other.Stack))
	}
	for i, p := range s.IdentityCenter.PermissionSets {
		for j, assignment := range p.Assignments {
			for k, account := range assignment.Accounts {
				path := stackPath(permissionSetSection(i)).Child("assignments").Index(j).Child("accounts").Index(k)
				if account == "" || d.Refused(path) {
					continue
				}
				if id := s.accountID(account); id != "" {
					s.checkAssignedAccount(d, path, account, id)
					continue
				}
				d.Report(
					problem.Problem{
						Path:  path,
						Kind:  problem.NotFound,
						Value: account,
						Why:   "is the alias of no stack of this folder",
						Fix:   strictyaml.Suggest(account, aliases),

						OtherStack: s.unreadSibling(),
					},
				)
			}
		}
	}
}

// checkAssignedAccount refuses assignments in the management account by the stack of another account: a delegated
// administrator neither gives nor takes access there, and cannot change a permission set that is provisioned there.
//
// Source: Delegated administration, in the IAM Identity Center User Guide.
func (s *Stack) checkAssignedAccount(d *strictyaml.Decoder, path problem.Path, account, id string) {
	management, file := s.ManagementAccount()
	if id != management || s.Account.ID == management {
		return
	}
	d.Report(problem.Problem{
		Path:  path,
		Kind:  problem.Refused,
		Value: account,
		Why: "is the management account (organization.management in " + file + "), where a delegated administrator can assign nobody, and this stack is that of account " +
			strconv.Quote(
				s.Account.ID,
			),
		Fix: "leave it out, and assign in the management account with a permission set that somebody makes there",
	})
}

// assignedElsewhere tells of assignments in accounts that no stack of the folder and no tree of an organization has: the
// id may be wrong, and AWS then refuses it half-way.
//
// Source: AssignmentTarget and CreateAccountAssignment, in the IAM Identity Center API Reference: an account of the
// organization.
func (s *Stack) assignedElsewhere() (all guardrail.Notices) {
	known, file := s.accountsKnown()
	if file == "" {
		return nil
	}
	for i, p := range s.IdentityCenter.PermissionSets {
		for j, assignment := range p.Assignments {
			for k, account := range assignment.Accounts {
				id := s.accountID(account)
				if id == "" || slices.Contains(known, id) {
					continue
				}
				path := permissionSetSection(i).Child("assignments").Index(j).Child("accounts").Index(k)
				all.Add(path, strconv.Quote(account)+" has no stack file here and stands nowhere in organization.tree of "+file+
					": AWS assigns in accounts of the organization alone, and which policies bind the permission set there is not known; "+
					"look at the id, or add the account to its unit")
			}
		}
	}
	return all
}

// accountsKnown are the accounts of the folder and of the trees of its organization, and the file that has the tree;
// no file where none has.
func (s *Stack) accountsKnown() (ids []string, file string) {
	ids = []string{s.Account.ID}
	for _, other := range s.Siblings {
		ids = append(ids, other.AccountID)
		if s.governedBy(other) {
			ids, file = append(append(ids, other.Governs...), other.Management), stackFile(other.Stack)
		}
	}
	if s.Organization != nil {
		ids, file = append(append(ids, s.Governs()...), s.Organization.Management), stackFile(s.Name)
	}
	return ids, file
}

// readPermissionSetPolicies reads the files of inline policies.
func (s *Stack) readPermissionSetPolicies(d *strictyaml.Decoder, folder string) {
	if s.IdentityCenter == nil {
		return
	}
	for i := range s.IdentityCenter.PermissionSets {
		p := &s.IdentityCenter.PermissionSets[i]
		path := stackPath(permissionSetSection(i)).Child("policyFile")
		s.readPolicyFile(d, path, folder, p.PolicyFile, &p.Policy)
	}
}

// fileProblem is why a file that a value names was not read.
func fileProblem(path problem.Path, file string, err error) problem.Problem {
	p := problem.Problem{
		Path:  path,
		Kind:  problem.NotFound,
		Value: file,
		Why:   "cannot be read: " + err.Error(),
		Fix:   "write a path below the folder of the stack file",
	}
	var words *files.Error
	if errors.As(err, &words) {
		p.Why, p.Fix = words.Why, words.Fix
		if words.Err == nil {
			p.Kind = problem.Refused
		}
		if errors.Is(err, fs.ErrNotExist) {
			p.Why, p.Fix = "cannot be read: there is no such file", "write a path below the folder of the stack file"
		}
	}
	return p
}
