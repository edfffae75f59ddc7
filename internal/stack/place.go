package stack

import (
	"slices"
	"strconv"

	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// stackFile is the file name of a stack of the folder.
func stackFile(stack string) string { return "Pulumi." + stack + ".yaml" }

// ManagementAccount is the id of the management account of the stack's organization, and the file that says so; empty
// where neither this stack nor a sibling has the section "organization".
func (s *Stack) ManagementAccount() (id, file string) {
	if s.Organization != nil {
		return s.Organization.Management, "this file"
	}
	var governing []stackfile.Sibling
	for _, other := range s.Siblings {
		if !s.governedBy(other) {
			continue
		}
		if slices.Contains(other.Governs, s.Account.ID) {
			return other.Management, stackFile(other.Stack)
		}
		governing = append(governing, other)
	}
	if len(governing) != 1 {
		return "", ""
	}
	return governing[0].Management, stackFile(governing[0].Stack)
}

// governedBy reports whether a sibling has the service control policies of the organization that the account is in,
// as far as both say.
func (s *Stack) governedBy(other stackfile.Sibling) bool {
	return other.Governs != nil &&
		(s.Account.Organization == "" || other.Organization == "" || s.Account.Organization == other.Organization)
}

// checkPlace refuses an account that says which organization it is in and stands nowhere in the tree of that
// organization's stack: no service control policy would reach it, and every proof of the organization would leave it
// out. It refuses one that stands in the tree of another organization too: an account is in one.
func (s *Stack) checkPlace(d *strictyaml.Decoder) {
	path := stackPath("account.organization")
	if s.Account.Organization == "" || policy.ValidateAccountID(s.Account.ID) != nil || d.Refused(path) {
		return
	}
	for _, other := range s.Siblings {
		stands := other.Management == s.Account.ID || slices.Contains(other.Governs, s.Account.ID)
		if other.Governs != nil && other.Organization != "" && other.Organization != s.Account.Organization && stands {
			d.Report(problem.Problem{
				Path:  path,
				Kind:  problem.Invalid,
				Value: s.Account.Organization,
				Why: "is not organization.id of " + stackFile(other.Stack) + ", " + problem.Quoted(other.Organization) +
					", in whose organization.tree the account " + strconv.Quote(s.Account.ID) + " stands",
				Fix: "write " + problem.Quoted(other.Organization) + " here, or take the account out of the tree there",

				OtherStack: other.Stack,
			})
			continue
		}
		if other.Organization != s.Account.Organization || other.Governs == nil || stands {
			continue
		}
		d.Report(problem.Problem{
			Path:  path,
			Kind:  problem.NotFound,
			Value: s.Account.Organization,
			Why: "is the organization of " + stackFile(
				other.Stack,
			) + ", in whose tree the account " + strconv.Quote(
				s.Account.ID,
			) +
				" stands nowhere: no service control policy would reach it",
			Fix: "add the account to its unit in organization.tree there",

			OtherStack: other.Stack,
		})
	}
}

// checkTree refuses a tree that leaves out an account whose stack says that it is in the organization, or that has one
// whose stack says that it is in another.
func (s *Stack) checkTree(d *strictyaml.Decoder) {
	path, o := stackPath("organization.tree"), s.Organization
	if d.Refused(path) || o.ID == "" {
		return
	}
	governs := s.Governs()
	missing := func(id, file, stack string) {
		if id == o.Management || slices.Contains(governs, id) || policy.ValidateAccountID(id) != nil {
			return
		}
		d.Report(problem.Problem{
			Path: path,
			Kind: problem.Invalid,
			Why: "leaves out the account " + strconv.Quote(
				id,
			) + ", which is in the organization by account.organization of " + file +
				": no service control policy would reach it",
			Fix: "add it to its unit",

			OtherStack: stack,
		})
	}
	if s.Account.Organization == o.ID {
		missing(s.Account.ID, "this file", "")
	}
	for _, other := range s.Siblings {
		// That two stacks carry one organization is told where they are judged together.
		if other.Organization == o.ID && other.Governs == nil {
			missing(other.AccountID, stackFile(other.Stack), other.Stack)
		}
		if other.Organization != "" && other.Organization != o.ID && other.Governs == nil &&
			(slices.Contains(governs, other.AccountID) || other.AccountID == o.Management) {
			d.Report(problem.Problem{
				Path: path,
				Kind: problem.Invalid,
				Why: "has the account " + strconv.Quote(other.AccountID) + ", which is in " +
					problem.Quoted(other.Organization) + " by account.organization of " + stackFile(other.Stack) +
					" and not in " + problem.Quoted(o.ID) + ", organization.id of this file",
				Fix: "take it out here, or write " + problem.Quoted(o.ID) + " there",

				OtherStack: other.Stack,
			})
		}
	}
}
