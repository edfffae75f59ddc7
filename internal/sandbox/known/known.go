// Package known is what stack files say about the AWS that exists before they are deployed, so that nobody writes it a
// second time for the sandbox.
package known

import (
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile/sections"
)

// Of is what stack files say: the accounts with their deployers and break-glass principals, the organization, the
// instance of IAM Identity Center. Of two stacks for one account, or with one section, the first counts.
func Of(stacks ...*stack.Stack) sandbox.Known {
	var known sandbox.Known
	seen := map[string]bool{}
	for _, s := range stacks {
		if !seen[s.Account.ID] {
			seen[s.Account.ID] = true
			known.Accounts = append(known.Accounts, account(s))
		}
		if known.Organization == nil && s.Organization != nil {
			known.Organization = organization(s.Organization)
		}
		if known.IdentityCenter == nil && s.IdentityCenter != nil {
			known.IdentityCenter = identityCenter(s)
		}
	}
	return known
}

// account leaves out the principals that the stack itself makes.
func account(s *stack.Stack) sandbox.KnownAccount {
	known := sandbox.KnownAccount{
		ID:        s.Account.ID,
		Alias:     s.Account.Alias,
		Partition: s.Account.Partition,
	}
	existing := map[string]bool{}
	world := s.World()
	for _, r := range world.Roles {
		existing["role"+r.Path+r.Name] = true
	}
	for _, u := range world.Users {
		existing["user"+u.Path+u.Name] = true
	}
	for _, principal := range append([]string{s.Account.Deployer}, s.Account.BreakGlass...) {
		if principal != "" && !existing[principal] && !slices.Contains(known.Principals, principal) {
			known.Principals = append(known.Principals, principal)
		}
	}
	return known
}

func organization(o *sections.Organization) *sandbox.KnownOrganization {
	known := &sandbox.KnownOrganization{
		ID:         o.ID,
		Management: o.Management,
		Root:       o.Tree.ID,
		Accounts:   map[string]string{},
	}
	for _, account := range o.Tree.Accounts {
		known.Accounts[account] = o.Tree.ID
	}
	above := map[string]string{}
	for _, u := range o.Tree.Units {
		above[u.ID] = o.Tree.ID
	}
	for units := slices.Clone(o.Tree.Units); len(units) > 0; units = units[1:] {
		u := units[0]
		known.Units = append(known.Units, sandbox.KnownUnit{ID: u.ID, Name: u.Name, Parent: above[u.ID]})
		for _, account := range u.Accounts {
			known.Accounts[account] = u.ID
		}
		for _, below := range u.Units {
			above[below.ID] = u.ID
		}
		units = append(units, u.Units...)
	}
	return known
}

// identityCenter turns the tables of names into tables of ids.
func identityCenter(s *stack.Stack) *sandbox.KnownIdentityCenter {
	ic := s.IdentityCenter
	byID := func(ids map[string]string) map[string]string {
		names := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(ids)) {
			names[ids[name]] = name
		}
		return names
	}
	return &sandbox.KnownIdentityCenter{
		Instance: ic.Instance,
		Store:    ic.IdentityStore,
		Region:   s.AWS.Region,
		Account:  s.Account.ID,
		Users:    byID(ic.Users),
		Groups:   byID(ic.Groups),
	}
}
