package stack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/guardrail/scp"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// readOwnPolicies reads the files of the admin's own policies.
func (s *Stack) readOwnPolicies(d *strictyaml.Decoder, folder string) {
	if s.Organization == nil {
		return
	}
	for i := range s.Organization.Own {
		own := &s.Organization.Own[i]
		path := stackPath("organization.policies").Index(i).Child("file")
		if own.File == "" || d.Refused(path) {
			continue
		}
		if document, ok := readDocument(d, path, folder, own.File); ok {
			own.Document, own.Found = document, true
		}
	}
}

// ServiceControlPolicies is the section "organization" complete, nil where there is none.
func (s *Stack) ServiceControlPolicies() *scp.Args {
	if s.Organization == nil {
		return nil
	}
	a := s.Organization.Args
	a.Account, a.ProjectTag, a.Quotas = s.Account.Account, s.Tags.Project, s.Quotas
	a.EnvironmentTag = s.Tags.Environment
	a.Deployer, a.BreakGlass = s.Account.Deployer, s.Account.BreakGlass
	if s.JustInTime != nil {
		a.JustInTimeAccounts = append(a.JustInTimeAccounts, s.Account.ID)
	}
	if g := s.MFAGroup(); g != nil {
		a.MFAGroups = append(a.MFAGroups, g.ARN())
	}
	for _, other := range s.Siblings {
		if other.JustInTime && policy.ValidateAccountID(other.AccountID) == nil &&
			!slices.Contains(a.JustInTimeAccounts, other.AccountID) {
			a.JustInTimeAccounts = append(a.JustInTimeAccounts, other.AccountID)
		}
		if other.Group != "" && other.Partition == s.Account.Partition {
			a.MFAGroups = append(a.MFAGroups, other.Group)
		}
	}
	if a.ConsolePasswords != nil {
		c := *a.ConsolePasswords
		c.JumpAccounts = s.accountIDs(c.JumpAccounts)
		a.ConsolePasswords = &c
	}
	if a.ProtectGuardrails != nil {
		g := *a.ProtectGuardrails
		g.PeopleAccounts = s.accountIDs(g.PeopleAccounts)
		a.ProtectGuardrails = &g
	}
	for _, own := range s.Organization.Own {
		if own.Found {
			a.Policies = append(a.Policies, own.OwnPolicy)
		}
	}
	return &a
}

// accountID is the id of an account that is written as id or alias; empty where nobody has the alias.
func (s *Stack) accountID(account string) string {
	if policy.ValidateAccountID(account) == nil {
		return account
	}
	if account == s.Account.Alias {
		return s.Account.ID
	}
	for _, other := range s.Siblings {
		if other.Named(account) {
			return other.AccountID
		}
	}
	return ""
}

func (s *Stack) accountIDs(accounts []string) []string {
	var ids []string
	for _, a := range accounts {
		if id := s.accountID(a); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// checkOrganization refuses aliases that no stack of the folder has, and accounts that stand nowhere in the tree.
func (s *Stack) checkOrganization(d *strictyaml.Decoder) {
	o := s.Organization
	if o == nil {
		s.checkPlace(d)
		return
	}
	s.checkTree(d)
	if s.Account.Organization != "" && o.ID != "" && s.Account.Organization != o.ID {
		d.Report(
			problem.Problem{
				Path:  stackPath("organization.id"),
				Kind:  problem.Invalid,
				Value: o.ID,
				Why:   "is not the account.organization of this stack, " + problem.Quoted(s.Account.Organization),
				Fix:   "write the same id",
			},
		)
	}
	var aliases []string
	for _, other := range s.Siblings {
		aliases = append(aliases, cmp.Or(other.Alias, other.Stack))
	}
	check := func(path problem.Path, accounts []string) {
		for i, a := range accounts {
			if a == "" || s.accountID(a) != "" || d.Refused(path.Index(i)) {
				continue
			}
			d.Report(
				problem.Problem{
					Path:  path.Index(i),
					Kind:  problem.NotFound,
					Value: a,
					Why:   "is the alias of no stack of this folder",
					Fix:   strictyaml.Suggest(a, aliases),

					OtherStack: s.unreadSibling(),
				},
			)
		}
	}
	if o.ConsolePasswords != nil {
		check(stackPath("organization.consolePasswords.jumpAccounts"), o.ConsolePasswords.JumpAccounts)
	}
	if o.ProtectGuardrails != nil {
		check(stackPath("organization.protectGuardrails.peopleAccounts"), o.ProtectGuardrails.PeopleAccounts)
		s.checkPeopleAccounts(d)
	}
}

// checkPeopleAccounts refuses to leave out an account whose stack has users: whoever resets the credentials of one
// there comes in wherever a role names that user. An account that the guardrail does not reach is not bound by the
// list.
func (s *Stack) checkPeopleAccounts(d *strictyaml.Decoder) {
	path := stackPath("organization.protectGuardrails.peopleAccounts")
	a := s.ServiceControlPolicies()
	if d.Refused(path) || d.Refused(stackPath("organization.consolePasswords.jumpAccounts")) {
		return
	}
	listed, reached := a.People(), a.Protects()
	for _, other := range s.Siblings {
		if len(other.Users) == 0 || slices.Contains(listed, other.AccountID) ||
			!slices.Contains(reached, other.AccountID) {
			continue
		}
		d.Report(problem.Problem{
			Path:  path,
			Kind:  problem.Refused,
			Value: problem.Written(strings.Join(listed, ", ")),
			Why:   "leaves out " + other.AccountID + ", whose stack " + other.Stack + " has users: whoever resets their credentials there becomes them",
			Fix:   "add " + strconv.Quote(cmp.Or(other.Alias, other.AccountID)) + " beside the jump accounts",

			OtherStack: other.Stack,
		})
	}
}
