package workspace

import (
	"maps"
	"slices"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/workspace/project"
)

// KnownBy is what the stack files of the folder say about the AWS that exists before them: the accounts with their
// deployers and break-glass principals, the organization, the instance of IAM Identity Center. A file that cannot be
// read says nothing: what is wrong with it is told when it is deployed itself. Of two stacks for one account, or with
// one section, the first by name counts.
func KnownBy(f *project.Folder) sandbox.Known {
	var known sandbox.Known
	seen := map[string]bool{}
	for _, name := range f.Stacks() {
		stack, problems := stack.ReadFile(project.Relative(f.StackFile(name)))
		if len(problems) > 0 {
			continue
		}
		if !seen[stack.Account.ID] {
			seen[stack.Account.ID] = true
			known.Accounts = append(known.Accounts, knownAccount(stack))
		}
		if known.Organization == nil && stack.Organization != nil {
			known.Organization = knownOrganization(stack.Organization)
		}
		if known.IdentityCenter == nil && stack.IdentityCenter != nil {
			known.IdentityCenter = knownIdentityCenter(stack)
		}
	}
	return known
}

// knownAccount leaves out the principals that the stack itself makes.
func knownAccount(stack *stack.Stack) sandbox.KnownAccount {
	account := sandbox.KnownAccount{
		ID:        stack.Account.ID,
		Alias:     stack.Account.Alias,
		Partition: stack.Account.Partition,
	}
	made := map[string]bool{}
	world := stack.World()
	for _, r := range world.Roles {
		made["role"+r.Path+r.Name] = true
	}
	for _, u := range world.Users {
		made["user"+u.Path+u.Name] = true
	}
	for _, principal := range append([]string{stack.Account.Deployer}, stack.Account.BreakGlass...) {
		if principal != "" && !made[principal] && !slices.Contains(account.Principals, principal) {
			account.Principals = append(account.Principals, principal)
		}
	}
	return account
}

func knownOrganization(o *stackfile.Organization) *sandbox.KnownOrganization {
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

// knownIdentityCenter turns the tables of names into tables of ids.
func knownIdentityCenter(stack *stack.Stack) *sandbox.KnownIdentityCenter {
	ic := stack.IdentityCenter
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
		Region:   stack.AWS.Region,
		Account:  stack.Account.ID,
		Users:    byID(ic.Users),
		Groups:   byID(ic.Groups),
	}
}
