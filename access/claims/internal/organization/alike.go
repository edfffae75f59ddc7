package organization

import (
	"cmp"
	"slices"
	"strings"

	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/claims/internal/rests"
	"aws-access-guardrails/access/claims/internal/symmetry"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// alikeAccounts finds accounts about which every proof says the same: they stand in the same unit with the same
// policies, are named in the same lists of policies and of the intent in the same way and nowhere else, and have the
// same roles of deployers and for emergencies. It returns, for the first account of each class, the others.
func alikeAccounts(in *intent.Organization, e *engine.Engine) map[string][]string {
	bare := *withoutAccounts(in, func(string) bool { return false })
	if bare.Doors != nil {
		// Who stays outside is told and not proven.
		bare.Doors.Outside = nil
	}
	if bare.Protected != nil {
		bare.Protected.Outside = nil
	}
	ids := accountsOf(in)
	listed, known := symmetry.ListedAlike(ids, e.World().Organization, &bare)
	if !known {
		return nil
	}
	first := map[rests.Digest]string{}
	others := map[string][]string{}
	for _, id := range ids {
		lists, exchanged := listed[id]
		if !exchanged {
			continue
		}
		key := rests.DigestOf(lists, e.Accounts[id].Partition, emergencies(in, e, id))
		if have, known := first[key]; known {
			others[have] = append(others[have], id)
		} else {
			first[key] = id
		}
	}
	return others
}

// namedAccounts reports which accounts the policies of an organization name.
func namedAccounts(o *world.Organization) map[string]bool {
	return rests.Of(rests.PoliciesOf(o)).Accounts
}

// witnessed are the accounts of which something does not hold that others are like whom policies name: such a policy
// may name the account in what is told of it, so that each of them is looked at.
func witnessed(findings []prove.Finding, others map[string][]string, named map[string]bool) []string {
	var apart []string
	for i := range findings {
		f := &findings[i]
		if !symmetry.Keepable(f) && slices.ContainsFunc(others[f.Subject], func(id string) bool { return named[id] }) {
			apart = append(apart, f.Subject)
		}
	}
	return claim.Unique(apart)
}

// emergencies are the deployer and the roles for emergencies of an account that the world has.
func emergencies(in *intent.Organization, e *engine.Engine, id string) []world.Role {
	var roles []world.Role
	account, err := e.AccountOf(id)
	if err != nil {
		return nil
	}
	for i := range account.Roles {
		r := &account.Roles[i]
		end := policy.ARNResource(r.ARN(account))
		if end == in.MemberDeployer || slices.Contains(in.BreakGlass, end) {
			roles = append(roles, *r)
		}
	}
	return roles
}

// listsOf are the lists of accounts about which proofs are made.
func listsOf(in *intent.Organization) []*[]string {
	all := []*[]string{&in.RootAccounts}
	if in.Doors != nil {
		all = append(all, &in.Doors.Accounts)
	}
	if in.Passwords != nil {
		all = append(all, &in.Passwords.Accounts)
	}
	if in.Protected != nil {
		all = append(all, &in.Protected.Accounts, &in.Protected.PeopleAccounts)
	}
	return all
}

// withoutAccounts is the intent with accounts left out of its lists.
func withoutAccounts(in *intent.Organization, left func(string) bool) *intent.Organization {
	out := *in
	if in.Doors != nil {
		doors := *in.Doors
		out.Doors = &doors
	}
	if in.Passwords != nil {
		passwords := *in.Passwords
		out.Passwords = &passwords
	}
	if in.Protected != nil {
		protected := *in.Protected
		out.Protected = &protected
	}
	for _, list := range listsOf(&out) {
		*list = slices.DeleteFunc(slices.Clone(*list), left)
	}
	return &out
}

// spread repeats the findings about an account for those that are like it: after it, or, for accounts that policies
// name, where they would stand if each were looked at, which is in the order of the accounts.
func spread(
	findings []prove.Finding,
	others map[string][]string,
	named map[string]bool,
	accounts []string,
) []prove.Finding {
	var out []prove.Finding
	ordered := false
	for _, f := range findings {
		out = append(out, f)
		for _, id := range others[f.Subject] {
			like := f
			like.Subject, like.Account = id, id
			if named[id] {
				ordered = true
			} else {
				like.Classes = 0
			}
			like.By = slices.Clone(f.By)
			for i := range like.By {
				if by := &like.By[i]; by.Owner == f.Subject {
					by.Owner = id
				}
			}
			if f.Problem != "" {
				like.Problem = strings.ReplaceAll(f.Problem, f.Subject, id) + " (as in account " + f.Subject + ")"
			}
			out = append(out, like)
		}
	}
	if ordered {
		inOrder(out, others, named, accounts)
	}
	return out
}

// inOrder puts the findings of each proof in the order of the accounts. Whoever is told of after another, and is named
// by no policy, stays behind that one.
func inOrder(findings []prove.Finding, others map[string][]string, named map[string]bool, accounts []string) {
	place := map[string]int{}
	for i, id := range accounts {
		place[id] = i
	}
	for first, ids := range others {
		for _, id := range ids {
			if !named[id] {
				place[id] = place[first]
			}
		}
	}
	for from := 0; from < len(findings); {
		to := from + 1
		for to < len(findings) && findings[to].ID == findings[from].ID {
			to++
		}
		type placed struct {
			position int
			finding  prove.Finding
		}
		list, last := make([]placed, 0, to-from), -1
		for _, f := range findings[from:to] {
			if position, known := place[f.Subject]; known {
				last = position
			}
			list = append(list, placed{last, f})
		}
		slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.position, b.position) })
		for i := range list {
			findings[from+i] = list[i].finding
		}
		from = to
	}
}
